import Foundation
import Glibc
import JSON

/// The machine that results were measured on, and when.
struct Machine {
  let date: String
  let processor: String
  let cores: Int
  let memory: Double
  let system: String
  let loadBefore: Double?

  init() {
    let format = ISO8601DateFormatter()
    format.formatOptions = [.withFullDate]
    date = format.string(from: Date())
    let processors = Self.field("model name", in: "/proc/cpuinfo")
    processor = processors ?? "unknown processor"
    cores = ProcessInfo.processInfo.activeProcessorCount
    memory = Double(ProcessInfo.processInfo.physicalMemory) / 1e9
    system = ProcessInfo.processInfo.operatingSystemVersionString
    loadBefore = Self.load
  }

  /// The mean number of runnable processes over the last minute.
  static var load: Double? {
    var loads = [Double](repeating: 0, count: 1)
    return getloadavg(&loads, 1) == 1 ? loads[0] : nil
  }

  func description(loadAfter: Double?) -> String {
    let load = [loadBefore, loadAfter].map { $0.map { String(format: "%.1f", $0) } ?? "–" }
    return "\(date), \(cores) cores (\(processor)), \(Int(memory.rounded())) GB, \(system), "
      + "load \(load[0]) before and \(load[1]) after."
  }

  var json: JSONValue {
    .object([
      "date": .string(date), "processor": .string(processor), "cores": JSONValue(cores),
      "memory_gb": JSONValue(memory), "system": .string(system),
      "load_before": JSONValue(loadBefore),
    ])
  }

  private static func field(_ name: String, in path: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
