import Testing

@testable import Figures

@Suite("PDF and PNG")
struct RendererTests {
  private let svg = """
    <svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20">\
    <rect width="100%" height="100%" fill="#fff"/><text x="2" y="14">τ ≤ 1</text></svg>
    """

  @Test("Formats follow from the end of a file's name")
  func formats() {
    #expect(FigureFormat(path: "a.b/c.SVG") == .svg && FigureFormat(path: "x.pdf") == .pdf)
    #expect(FigureFormat(path: "x.png") == .png)
    for path in ["png", "a.png.gz", "a.", ""] { #expect(FigureFormat(path: path) == nil) }
  }

  @Test("A library that is not there is named with its package")
  func missing() {
    #expect(throws: RenderingError.missingLibrary("libnowhere.so.9", package: "nowhere")) {
      try DynamicLibrary("libnowhere.so.9", package: "nowhere")
    }
  }

  @Test("Documents are whole, of the size asked for, and the same every time")
  func documents() throws {
    let renderer = try Renderer()
    let png = try renderer.document(svg, width: 40, height: 20, title: "τ", as: .png)
    #expect(png.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    // Width and height in the header: two pixels for one of the drawing.
    #expect(Array(png[16..<24]) == [0, 0, 0, 80, 0, 0, 0, 40])
    let pdf = try renderer.document(svg, width: 40, height: 20, title: "τ", as: .pdf)
    #expect(String(decoding: pdf.prefix(5), as: UTF8.self) == "%PDF-")
    #expect(String(decoding: pdf.suffix(6), as: UTF8.self) == "%%EOF\n")
    #expect(pdf == (try renderer.document(svg, width: 40, height: 20, title: "τ", as: .pdf)))
    #expect(
      Array(svg.utf8) == (try renderer.document(svg, width: 1, height: 1, title: "", as: .svg)))
  }

  @Test("What is no SVG, and what is too large, is refused")
  func refusals() throws {
    let renderer = try Renderer()
    #expect(throws: RenderingError.self) {
      try renderer.document("<svg", width: 10, height: 10, title: "", as: .png)
    }
    #expect(throws: RenderingError.tooLarge(pixels: 80000)) {
      try renderer.document(svg, width: 40000, height: 10, title: "", as: .png)
    }
  }
}
