private import Drawing
private import Figures
private import JSON
private import Posterior
private import Reports

/// The command `plot`.
enum PlotCommand {
  /// Runs the command and returns its exit code.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    let kind = try kind(invocation.operands[0])
    let folder = invocation.operands[1]
    let (out, format) = try target(invocation.settings, kind)
    let path = try kind.needsStability ? StabilityFile.found(folder) : folder + "/fit.json"
    let file = try OutputFile(out, inputs: [path], temporaries: invocation.temporaries)
    let renderer = try renderer(for: format)
    let fit = try kind.needsStability ? stability(path) : fit(path)
    let page = try page(kind, fit, folder: folder, path: path, invocation.settings.figure)
    let (width, height) = (invocation.settings.figure.width, invocation.settings.figure.height)
    let svg = page.svg(width: width, height: height)
    guard let renderer else {
      try file.write(Array(svg.utf8))
      return 0
    }
    let size = page.size(width: width, height: height)
    let document: [UInt8]
    do throws(RenderingError) {
      document = try renderer.document(
        svg, width: size.width, height: size.height, title: page.title, as: format)
    } catch {
      throw CommandError(error)
    }
    try file.write(document)
    return 0
  }

  private static func kind(_ word: String) throws(CommandError) -> FigureKind {
    if let kind = FigureKind(rawValue: word) { return kind }
    let words = FigureKind.allCases.map(\.rawValue)
    let hint = nearest(to: word, among: words).map { "did you mean \($0)?" }
    throw .usage(
      "metamob plot: '\(word)' is no kind of figure; "
        + (hint ?? "there are \(words.joined(separator: ", "))"))
  }

  private static func target(
    _ settings: Settings, _ kind: FigureKind
  ) throws(CommandError) -> (String, FigureFormat) {
    guard let out = settings.out else {
      throw .usage("metamob plot needs --out FILE.svg, FILE.pdf or FILE.png")
    }
    guard let format = FigureFormat(path: out) else {
      throw .usage(
        "option --out: '\(out)' does not end in .svg, .pdf or .png, which tells the form of the figure"
      )
    }
    return (out, format)
  }

  private static func renderer(for format: FigureFormat) throws(CommandError) -> Renderer? {
    guard format != .svg else { return nil }
    do throws(RenderingError) { return try Renderer() } catch { throw CommandError(error) }
  }

  private static func fit(_ path: String) throws(CommandError) -> FigureFit {
    try savedDocument(path) { (document) throws(SavedFitError) in
      _ = try SavedFit(document)
      return try FigureFit(document)
    }
  }

  private static func stability(_ path: String) throws(CommandError) -> FigureFit {
    try savedDocument(path) { (document) throws(SavedFitError) in
      try FigureFit(stability: document)
    }
  }

  private static func page(
    _ kind: FigureKind, _ fit: FigureFit, folder: String, path: String, _ options: FigureOptions
  ) throws(CommandError) -> Page {
    let maker: FigureMaker
    let run: String
    do throws(FigureError) {
      maker = try FigureMaker(fit, options)
      run = try maker.runName(for: kind)
    } catch {
      throw CommandError(error, path)
    }
    let draws =
      kind.needsDraws ? try ChainSource([folder], choice: RunChoice(run)).read() : nil
    do throws(FigureError) { return try maker.page(kind, draws: draws) } catch {
      throw CommandError(error, path)
    }
  }
}

extension CommandError {
  /// Why a figure cannot be made of a fit.
  fileprivate init(_ error: FigureError, _ path: String) {
    switch error {
    case .saved(let error): self.init(saved: error, path)
    case .lacking(let what): self = .data("'\(path)': \(what)")
    case .unknown(let option, let what): self = .data("option \(option): \(what)")
    }
  }

  /// Why a figure cannot be turned into PDF or PNG.
  fileprivate init(_ error: RenderingError) {
    let instead = "or write the figure as .svg"
    switch error {
    case .missingLibrary(let file, let package):
      self = .cannotWrite(
        "PDF and PNG need the library \(file), which is missing; install the Debian package "
          + "\(package), \(instead)")
    case .missingFunction(let name):
      self = .cannotWrite(
        "the installed librsvg or cairo is too old: it lacks \(name); install a later one, \(instead)"
      )
    case .noFont(let package):
      self = .cannotWrite(
        "no font is installed, so that text would be missing; install the Debian package \(package), "
          + instead)
    case .tooLarge(let pixels):
      self = .cannotWrite(
        "a PNG of \(pixels) pixels is larger than cairo can make; choose a smaller --width, or write "
          + "the figure as .svg or .pdf")
    case .failed(let reason):
      self = .internalFault("librsvg cannot draw the figure: \(reason)")
    }
  }
}
