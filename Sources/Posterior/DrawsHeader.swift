/// What the comment lines of a draws file say of its run; nil where they do not say it.
///
/// The words are those of CmdStan, and of rstan's sample files where these differ.
public struct DrawsHeader: Sendable, Equatable {
  /// The method, `sample` for Markov chains.
  public private(set) var method: String?
  /// The number of iterations after warm-up, before thinning.
  public private(set) var samples: Int?
  /// The number of warm-up iterations.
  public private(set) var warmup: Int?
  /// Every so many iterations one is written.
  public private(set) var thin: Int?
  /// Whether warm-up iterations are written too.
  public private(set) var savesWarmup: Bool?
  /// The largest tree depth.
  public private(set) var maxTreeDepth: Int?
  /// The step size after warm-up.
  public private(set) var stepSize: Double?
  /// The diagonal of the inverse metric after warm-up; empty where the file does not say.
  public private(set) var inverseMetric: [Double] = []
  /// Whether the next comment line holds the inverse metric.
  private var metricFollows = false

  /// A header that says nothing.
  init() {}

  /// The number of rows after warm-up that the header promises.
  public var expectedDraws: Int? { samples.map(written) }

  /// The number of warm-up rows that the header promises.
  var expectedWarmup: Int? {
    savesWarmup == true ? warmup.map(written) : 0
  }

  /// How many of some iterations are written: the first, and then every `thin`-th.
  private func written(_ iterations: Int) -> Int {
    let thin = max(thin ?? 1, 1)
    return iterations / thin + (iterations % thin == 0 ? 0 : 1)
  }

  /// Takes in what a comment line after the names says of the adaptation.
  mutating func readAdaptation(_ line: ArraySlice<UInt8>) {
    let text = String(decoding: line, as: UTF8.self)
    if metricFollows {
      metricFollows = false
      let cells = text.drop { $0 == "#" }.split(separator: ",").map {
        Double($0.filter { $0 != " " })
      }
      inverseMetric = cells.contains { $0 == nil } ? [] : cells.compactMap(\.self)
    } else if text.contains("iagonal elements of inverse mass matrix") {
      metricFollows = true
    } else if text.contains("Step size"), let equals = text.firstIndex(of: "=") {
      stepSize = Double(text[text.index(after: equals)...].filter { $0 != " " })
    }
  }

  /// Takes in what one comment line, `# key = value (Default)`, says.
  mutating func read(_ line: ArraySlice<UInt8>) {
    guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return }
    let key = String(decoding: line[..<equals], as: UTF8.self).filter { $0 != "#" && $0 != " " }
    let text = String(decoding: line[(equals + 1)...], as: UTF8.self)
    guard let value = text.split(separator: " ").first.map(String.init) else { return }
    let number = Int(value).flatMap { $0 >= 0 ? $0 : nil }
    switch key {
    case "method": method = value
    case "num_samples": samples = number
    case "num_warmup", "warmup": warmup = number
    case "thin": thin = number
    case "save_warmup": savesWarmup = ["1", "true", "TRUE"].contains(value)
    case "max_depth", "max_treedepth": maxTreeDepth = number
    default: break
    }
  }

  /// The methods whose files hold no Markov chain.
  private static let otherMethods = [
    "optimize", "variational", "pathfinder", "laplace", "diagnose", "log_prob",
  ]

  /// The method, if its files hold no Markov chain.
  var otherMethod: String? {
    method.flatMap { Self.otherMethods.contains($0) ? $0 : nil }
  }
}
