import Glibc

/// Turns SVG into PDF and PNG by librsvg and cairo, which are loaded when they are wanted.
///
/// The same SVG gives the same bytes: the PDF's date of creation is fixed.
public struct Renderer {
  private let cairo: Cairo

  /// The pixels of a PNG for each pixel of the drawing, either way.
  public static let pixelRatio = 2.0
  /// Points of a PDF in a pixel of the drawing.
  private static let points = 0.75
  /// The largest extent of a picture in cairo.
  private static let mostPixels = 32767

  /// Loads the libraries, and checks that there is a font.
  public init() throws(RenderingError) {
    cairo = try Cairo()
    guard try drawsText() else { throw .noFont(package: "fonts-dejavu-core") }
  }

  /// The document of an SVG figure of a size in pixels.
  public func document(
    _ svg: String, width: Double, height: Double, title: String, as format: FigureFormat
  ) throws(RenderingError) -> [UInt8] {
    switch format {
    case .svg: return Array(svg.utf8)
    case .png: return try png(svg, width, height)
    case .pdf: return try pdf(svg, width, height, title)
    }
  }

  private func png(
    _ svg: String, _ width: Double, _ height: Double
  ) throws(RenderingError) -> [UInt8] {
    let image = try picture(svg, width, height)
    defer { cairo.destroySurface(image) }
    let sink = Sink()
    let status = cairo.writePNG(image, Sink.writer, sink.pointer)
    try check(status)
    return sink.bytes
  }

  private func picture(
    _ svg: String, _ width: Double, _ height: Double
  ) throws(RenderingError) -> Cairo.Object {
    let size = (
      (width * Self.pixelRatio).rounded(.up), (height * Self.pixelRatio).rounded(.up)
    )
    let largest = max(size.0, size.1)
    guard largest <= Double(Self.mostPixels) else {
      throw .tooLarge(pixels: Int(min(largest, 1e9)))
    }
    guard let surface = cairo.imageSurface(Cairo.argb32, Int32(size.0), Int32(size.1)) else {
      throw .failed("no picture could be made")
    }
    try check(cairo.status(surface))
    try draw(svg, on: surface, size.0, size.1)
    return surface
  }

  private func pdf(
    _ svg: String, _ width: Double, _ height: Double, _ title: String
  ) throws(RenderingError) -> [UInt8] {
    let size = (width * Self.points, height * Self.points)
    let sink = Sink()
    guard let surface = cairo.pdfSurface(Sink.writer, sink.pointer, size.0, size.1) else {
      throw .failed("no document could be made")
    }
    defer { cairo.destroySurface(surface) }
    cairo.pdfMetadata(surface, Cairo.pdfTitle, title)
    cairo.pdfMetadata(surface, Cairo.pdfCreateDate, "2024-01-01T00:00:00Z")
    try draw(svg, on: surface, size.0, size.1)
    cairo.finish(surface)
    try check(cairo.status(surface))
    return sink.bytes
  }

  /// Draws a document over the whole of a surface.
  private func draw(
    _ svg: String, on surface: Cairo.Object, _ width: Double, _ height: Double
  ) throws(RenderingError) {
    let bytes = Array(svg.utf8)
    var error: UnsafeMutablePointer<Cairo.GError>?
    let parsed = bytes.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.flatMap { cairo.parse($0, UInt(bytes.count), &error) }
    }
    guard let handle = parsed else { throw .failed(message(error)) }
    defer { cairo.release(handle) }
    guard let context = cairo.context(surface) else { throw .failed("no drawing could be begun") }
    defer { cairo.destroyContext(context) }
    let rectangle = [0, 0, width, height]
    let isDrawn = rectangle.withUnsafeBytes { rectangle in
      rectangle.baseAddress.map { cairo.render(handle, context, $0, &error) } ?? 0
    }
    guard isDrawn != 0 else { throw .failed(message(error)) }
    cairo.showPage(context)
    cairo.flush(surface)
    try check(cairo.status(surface))
  }

  /// Whether a letter leaves a trace: without a font text vanishes without an error.
  private func drawsText() throws(RenderingError) -> Bool {
    let letter = """
      <svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">\
      <text x="2" y="16" font-size="16" font-family="sans-serif">M</text></svg>
      """
    let surface = try picture(letter, 20, 20)
    defer { cairo.destroySurface(surface) }
    guard let data = cairo.imageData(surface) else { return false }
    let count = Int(cairo.imageStride(surface)) * Int(20 * Self.pixelRatio)
    return UnsafeBufferPointer(start: data, count: count).contains { $0 != 0 }
  }

  private func check(_ status: Int32) throws(RenderingError) {
    guard status != 0 else { return }
    throw .failed(cairo.statusText(status).map { String(cString: $0) } ?? "status \(status)")
  }

  private func message(_ error: UnsafeMutablePointer<Cairo.GError>?) -> String {
    error?.pointee.message.map { String(cString: $0) } ?? "unknown fault"
  }
}

/// Collects the bytes of a document that a C function writes.
private final class Sink {
  var bytes: [UInt8] = []

  /// What stands for the sink in C; it must outlive the writing.
  var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static let writer: Cairo.Writer = { target, data, length in
    guard let target, let data else { return 0 }
    Unmanaged<Sink>.fromOpaque(target).takeUnretainedValue().bytes
      .append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
    return 0
  }
}
