import CShims

extension TIFF {
  /// How the bytes of strips and tiles are packed: tag 259.
  struct Compression: Hashable, Sendable {
    var number: Int
    init(_ number: Int) { self.number = number }

    static let none = Compression(1)
    static let oldJPEG = Compression(6)
    static let jpeg = Compression(7)

    /// What messages call the compressions that have a name.
    private static let names = [
      2: "CCITT", 3: "CCITT", 4: "CCITT", 5: "LZW", 6: "old-style JPEG", 7: "JPEG", 8: "deflate",
      32766: "NeXT", 32771: "CCITT", 32773: "PackBits", 32809: "ThunderScan", 32909: "PixarLog",
      32946: "deflate", 34661: "JBIG", 34676: "LogLuv", 34677: "LogLuv", 34712: "JPEG 2000",
      34887: "LERC", 34925: "LZMA", 50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL",
    ]

    /// The most bytes that a byte of the file can become, which tells a lie from a picture; `nil` where
    /// a byte can become a whole strip. A code of LZW of at least 9 bits stands for at most 4096 bytes.
    private static let ratios = [1: 1, 5: 4096, 8: 1040, 32773: 64, 32946: 1040]

    var greatestRatio: Int? { Self.ratios[number] }
    /// By its name, or by its number where it has none.
    var name: String { Self.names[number] ?? String(number) }
    var isLogarithmic: Bool { [34676, 34677].contains(number) }
    /// Whether samples may be differences.
    var takesPredictor: Bool { [5, 8, 32946, 34925, 50000].contains(number) }

    /// - Parameter reason: why pixels that are not compressed need libtiff.
    /// - Throws: `FormatError.unsupported`, by its name, for what libtiff was not built with;
    ///   `needsLibrary` in a build without it, `missingLibrary` where it is not installed.
    func check(_ reason: String) throws(FormatError) {
      let library = OptionalLibrary.tiff
      let feature =
        self == .none
        ? reason : Self.names[number] == nil ? "compression \(number)" : "\(name) compression"
      guard library.version != nil else {
        if imgtool_tiff_is_built_in() {
          throw .missingLibrary(
            format: "tiff", feature: feature, library: library.name, package: "libtiff6")
        }
        throw .needsLibrary(
          format: "tiff", feature: feature, library: library.name, package: library.package)
      }
      guard let number = UInt16(exactly: number), imgtool_tiff_decodes(number) else {
        throw .unsupported(format: "tiff", feature: feature)
      }
    }
  }
}
