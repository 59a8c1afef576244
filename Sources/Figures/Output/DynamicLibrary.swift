import Glibc

/// A library that is looked for when it is wanted, so that the program starts without it.
struct DynamicLibrary {
  private let handle: UnsafeMutableRawPointer

  /// Loads a library by the name of its file; `package` is the Debian package that has it.
  init(_ file: String, package: String) throws(RenderingError) {
    guard let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
      throw .missingLibrary(file, package: package)
    }
    self.handle = handle
  }

  /// A function of the library; `type` must be its C signature.
  func function<Signature>(_ name: String, _ type: Signature.Type) throws(RenderingError)
    -> Signature
  {
    guard let symbol = dlsym(handle, name) else { throw .missingFunction(name) }
    return unsafeBitCast(symbol, to: type)
  }
}
