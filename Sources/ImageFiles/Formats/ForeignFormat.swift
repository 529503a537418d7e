/// A kind of file that is not read here, known by its first bytes, with the way to one that is.
package struct ForeignFormat: Sendable, Equatable {
  package let name: String
  /// What stands at the start of the file, or at `offset`.
  let signature: [UInt8]
  let offset: Int
  package let advice: String

  private init(_ name: String, _ signature: String, at offset: Int = 0, _ advice: String) {
    self.name = name
    self.signature = signature.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    self.offset = offset
    self.advice = advice
  }

  private static let convert = "convert it to png first (magick, ffmpeg, vips)"
  private static let decode = "decode it first: ffmpeg -i FILE -f rawvideo -pix_fmt rgb24 OUT.raw"

  private static let all = [
    ForeignFormat(
      "a zip archive, as npz is", "PK\u{3}\u{4}", "unzip it; the npy files in it can be opened"),
    ForeignFormat("JPEG", "\u{FF}\u{D8}\u{FF}", convert),
    ForeignFormat("JPEG XL", "\u{FF}\u{A}", convert),
    ForeignFormat("JPEG 2000", "jP  ", at: 4, convert),
    ForeignFormat("GIF", "GIF8", convert),
    ForeignFormat("WebP", "WEBP", at: 8, convert),
    ForeignFormat("HEIF or AVIF", "ftyp", at: 4, convert),
    ForeignFormat("OpenEXR", "v/1\u{1}", convert),
    ForeignFormat("FITS", "SIMPLE  =", "its pixels can be mapped raw: with an offset"),
    ForeignFormat("HDF5", "\u{89}HDF", "export the array as npy"),
    ForeignFormat("AVI", "AVI ", at: 8, decode),
    ForeignFormat("Matroska", "\u{1A}E\u{DF}\u{A3}", decode),
    ForeignFormat("gzip", "\u{1F}\u{8B}", "gunzip it first"),
    ForeignFormat("xz", "\u{FD}7zXZ", "unxz it first"),
    ForeignFormat("Zstandard", "(\u{B5}/\u{FD}", "unzstd it first"),
    ForeignFormat("PDF", "%PDF", "render it first: pdftoppm"),
  ]

  /// The kind of file that starts with `prefix`.
  static func of(_ prefix: [UInt8]) -> ForeignFormat? {
    all.first { prefix.dropFirst($0.offset).starts(with: $0.signature) }
  }
}
