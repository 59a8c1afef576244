/// The functions of librsvg, cairo and GObject that turn SVG into PDF and PNG, by their C signatures.
struct Cairo {
  typealias Object = UnsafeMutableRawPointer
  /// Takes bytes of a document; 0 for success.
  typealias Writer =
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<UInt8>?, UInt32) -> Int32
  /// Draws a parsed document into a rectangle, four numbers: x, y, width, height; the last argument takes
  /// the place of an error.
  typealias Render =
    @convention(c) (
      Object, Object, UnsafeRawPointer,
      UnsafeMutableRawPointer?
    ) -> Int32

  typealias ParseFunction =
    @convention(c) (
      UnsafePointer<UInt8>, UInt, UnsafeMutableRawPointer?
    ) -> Object?
  typealias ReleaseFunction = @convention(c) (Object) -> Void
  typealias ImageSurfaceFunction = @convention(c) (Int32, Int32, Int32) -> Object?
  typealias ImageDataFunction = @convention(c) (Object) -> UnsafeMutablePointer<UInt8>?
  typealias ImageStrideFunction = @convention(c) (Object) -> Int32
  typealias PdfSurfaceFunction =
    @convention(c) (Writer, UnsafeMutableRawPointer?, Double, Double) -> Object?
  typealias PdfMetadataFunction = @convention(c) (Object, Int32, UnsafePointer<CChar>) -> Void
  typealias WritePNGFunction = @convention(c) (Object, Writer, UnsafeMutableRawPointer?) -> Int32
  typealias ContextFunction = @convention(c) (Object) -> Object?
  typealias ShowPageFunction = @convention(c) (Object) -> Void
  typealias DestroyContextFunction = @convention(c) (Object) -> Void
  typealias FlushFunction = @convention(c) (Object) -> Void
  typealias FinishFunction = @convention(c) (Object) -> Void
  typealias StatusFunction = @convention(c) (Object) -> Int32
  typealias DestroySurfaceFunction = @convention(c) (Object) -> Void
  typealias StatusTextFunction = @convention(c) (Int32) -> UnsafePointer<CChar>?
  /// GLib's error, whose message alone is read.
  struct GError {
    var domain: UInt32
    var code: Int32
    var message: UnsafePointer<CChar>?
  }

  /// `CAIRO_FORMAT_ARGB32`.
  static let argb32: Int32 = 0
  /// `CAIRO_PDF_METADATA_TITLE` and `CAIRO_PDF_METADATA_CREATE_DATE`.
  static let pdfTitle: Int32 = 0
  static let pdfCreateDate: Int32 = 5

  let parse: ParseFunction
  let render: Render
  let release: ReleaseFunction
  let imageSurface: ImageSurfaceFunction
  let imageData: ImageDataFunction
  let imageStride: ImageStrideFunction
  let pdfSurface: PdfSurfaceFunction
  let pdfMetadata: PdfMetadataFunction
  let writePNG: WritePNGFunction
  let context: ContextFunction
  let showPage: ShowPageFunction
  let destroyContext: DestroyContextFunction
  let flush: FlushFunction
  let finish: FinishFunction
  let status: StatusFunction
  let destroySurface: DestroySurfaceFunction
  let statusText: StatusTextFunction

  init() throws(RenderingError) {
    let rsvg = try DynamicLibrary("librsvg-2.so.2", package: "librsvg2-2")
    let cairo = try DynamicLibrary("libcairo.so.2", package: "libcairo2")
    let gobject = try DynamicLibrary("libgobject-2.0.so.0", package: "libglib2.0-0")
    parse = try rsvg.function("rsvg_handle_new_from_data", ParseFunction.self)
    render = try rsvg.function("rsvg_handle_render_document", Render.self)
    release = try gobject.function("g_object_unref", ReleaseFunction.self)
    imageSurface = try cairo.function("cairo_image_surface_create", ImageSurfaceFunction.self)
    imageData = try cairo.function("cairo_image_surface_get_data", ImageDataFunction.self)
    imageStride = try cairo.function("cairo_image_surface_get_stride", ImageStrideFunction.self)
    pdfSurface = try cairo.function("cairo_pdf_surface_create_for_stream", PdfSurfaceFunction.self)
    pdfMetadata = try cairo.function("cairo_pdf_surface_set_metadata", PdfMetadataFunction.self)
    writePNG = try cairo.function("cairo_surface_write_to_png_stream", WritePNGFunction.self)
    context = try cairo.function("cairo_create", ContextFunction.self)
    showPage = try cairo.function("cairo_show_page", ShowPageFunction.self)
    destroyContext = try cairo.function("cairo_destroy", DestroyContextFunction.self)
    flush = try cairo.function("cairo_surface_flush", FlushFunction.self)
    finish = try cairo.function("cairo_surface_finish", FinishFunction.self)
    status = try cairo.function("cairo_surface_status", StatusFunction.self)
    destroySurface = try cairo.function("cairo_surface_destroy", DestroySurfaceFunction.self)
    statusText = try cairo.function("cairo_status_to_string", StatusTextFunction.self)
  }
}
