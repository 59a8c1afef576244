private import Foundation
import JSON
import Reports
private import Tables

/// Reads a `fit.json`, and makes of it what is wanted; every error names the file.
func savedDocument<Value>(
  _ path: String, _ make: (JSONValue) throws(SavedFitError) -> Value
) throws(CommandError) -> Value {
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
