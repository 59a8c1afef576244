private import Foundation
import JSON
import Reports
private import Tables
private import Words

/// Reads a `fit.json`, and makes of it what is wanted; every error names the file.
func savedDocument<Value>(
  _ path: String, _ make: (JSONValue) throws(SavedFitError) -> Value
) throws(CommandError) -> Value {
  if let problem = missingFit(path) { throw .noInput(problem) }
  let file: InputFile
  do throws(TableError) { file = try InputFile(reading: path) } catch {
    throw CommandError(error)
  }
  do throws(SavedFitError) {
    guard let document = try? JSONValue(data: Data(file.bytes)) else {
      throw .notJSON(reason: "the file is not JSON, or was cut off")
    }
    return try make(document)
  } catch {
    throw CommandError(saved: error, path)
  }
}

/// What is wrong with a place that was given for a fit folder, where it is a file or a folder of stability; nil
/// elsewhere.
private func missingFit(_ path: String) -> String? {
  let name = "/fit.json"
  guard path.hasSuffix(name), kind(of: path) == .nothing else { return nil }
  let place = String(path.dropLast(name.count))
  let wanted = "the folder of a fit is wanted, which fit or compare writes with --out"
  if kind(of: place) == .file { return "\(shownFile(place)) is a file; \(wanted)" }
  guard kind(of: "\(place)/stability.json") == .file else { return nil }
  return "\(shownFile(place)) is a folder that stability wrote; \(wanted)"
}
