private import Designs
private import JSON
private import Reports

/// The command `describe`.
enum DescribeCommand {
  /// Runs the command and returns its exit code.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    let builder = try AnalysisInput.builder(invocation).builder
    let description = builder.description(threads: invocation.settings.threads)
    switch invocation.settings.format {
    case .text, .markdown:
      try Terminal.write(ReportContent(description), as: invocation.settings.format)
    case .json:
      do {
        try Terminal.write(try DescriptionDocument(description).json.text())
      } catch {
        throw CommandError(error)
      }
    }
    return 0
  }
}
