import CShims

/// A library that a build has where it was found.
package struct OptionalLibrary: Sendable {
  /// What it is for, as `--version` has it; in lower case it is a key of JSON.
  package let purpose: String
  package let name: String
  /// The Debian package with its header.
  package let package: String
  /// `nil` in a build that was made without the library.
  package let version: String?

  /// The libraries in the order of `--version`.
  package static let all = [
    jpeg, tiff,
  ]

  static let jpeg = OptionalLibrary(
    purpose: "JPEG", name: "libjpeg-turbo", package: "libjpeg62-turbo-dev",
    version: unsafe imgtool_jpeg_version().map { unsafe String(cString: $0) })

  static let tiff = OptionalLibrary(
    purpose: "TIFF", name: "libtiff", package: "libtiff-dev",
    version: unsafe imgtool_tiff_version().flatMap { said in
      unsafe String(cString: said).split(separator: "\n").first?.split(separator: " ").last
        .map(String.init)
    })
}
