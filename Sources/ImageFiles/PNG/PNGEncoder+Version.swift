import CShims

extension PNGEncoder {
  /// The version of libpng at run time.
  package static var libraryVersion: String { unsafe String(cString: imgtool_png_version()) }
}
