/// How far one chain has come.
public struct ProgressEvent: Sendable, Equatable {
  /// The chain, counted from 0.
  public let chain: Int
  /// The iterations done, warm-up included.
  public let completed: Int
  /// The iterations to do, warm-up included.
  public let total: Int
}

/// A listener to the progress of chains; events come from several threads, those of a chain in
/// order.
public protocol ProgressSink: Sendable {
  /// Takes note of an event; called every hundred iterations of a chain and after its last.
  func report(_ event: ProgressEvent)
}

/// How a run of chains is watched and stopped from outside.
public struct RunMonitor: Sendable {
  /// Who hears of progress, if anyone.
  public let sink: (any ProgressSink)?
  /// Whether to stop; asked once an iteration by every chain.
  public let isCancelled: @Sendable () -> Bool

  /// Nobody listens, nobody stops the run.
  public static let silent = RunMonitor()

  /// The number of iterations between two events of a chain.
  static let interval = 100

  /// A monitor of a listener and a question.
  public init(
    sink: (any ProgressSink)? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.sink = sink
    self.isCancelled = isCancelled
  }

  /// Takes note of a finished iteration, counted from 1.
  public func finished(_ iteration: Int, of total: Int, chain: Int) throws(SamplingError) {
    if let sink, iteration % Self.interval == 0 || iteration == total {
      sink.report(ProgressEvent(chain: chain, completed: iteration, total: total))
    }
    if isCancelled() { throw .cancelled }
  }
}
