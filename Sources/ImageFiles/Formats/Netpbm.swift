// Netpbm: PBM, PGM, PPM and PAM, the formats of Netpbm. A header of text, then rows without padding.
//
//   "P4"  width height                         1 bit a pixel, 1 is black, rows padded to bytes
//   "P5"  width height maxval                  gray
//   "P6"  width height maxval                  red, green, blue
//   "P7\n", lines of WIDTH, HEIGHT, DEPTH, MAXVAL, TUPLTYPE in any order, "ENDHDR\n"
//                                              DEPTH samples a pixel
//   "P1", "P2", "P3"                           the first three as text
//
// Words of the header stand apart by white space; one byte of it stands before the rows. "#" starts a
// comment up to the end of the line; other formats get it as a text. A sample is 0…maxval, of one byte, or of two, big-endian, when
// maxval is above 255. Several images may follow each other.
//
// Specification: pbm(5), pgm(5), ppm(5), pam(5) of Netpbm.
//
// Rows of maxval 255 and 65535, and of bits, are mapped in place. Other rows are decoded: their
// samples are spread over 8 or 16 bits, rounded as Netpbm rounds. A sample above maxval is an error.
//
// Refused: modes that would have to be changed to fit. Mode I does not fit 0…65535 without a look at
// each pixel, so it has to be made I;16 first.
import PixelViews

extension FileFormat {
  static let pbm = netpbm(
    "pbm", "portable bitmap", modes: [.bilevel], wide: [], magics: [0x31, 0x34])
  static let pgm = netpbm(
    "pgm", "portable graymap", modes: [.gray, .gray16], wide: [.gray], magics: [0x32, 0x35])
  static let ppm = netpbm(
    "ppm", "portable pixmap", modes: [.rgb], wide: [.rgb], magics: [0x33, 0x36])
  static let pnm = netpbm(
    "pnm", "portable bitmap, graymap or pixmap, as the mode wants",
    modes: [.bilevel, .gray, .gray16, .rgb], wide: [.gray, .rgb], magics: [])
  static let pam = netpbm(
    "pam", "portable arbitrary map", modes: Netpbm.pamModes + [.bilevel, .gray16],
    wide: Netpbm.pamModes, magics: [0x37])

  private static func netpbm(
    _ name: String, _ summary: String, modes: [Mode], wide: [Mode], magics: [UInt8]
  ) -> FileFormat {
    FileFormat(
      name: name, summary: summary, suffixes: ["." + name], modes: modes, wideModes: wide,
      recognize: { prefix in
        prefix.count >= 3 && prefix[0] == Netpbm.letter && magics.contains(prefix[1])
          && (Netpbm.isSpace(prefix[2]) || prefix[2] == Netpbm.comment)
      },
      isUnmistakable: { prefix in
        // A number, a word of PAM or a comment.
        prefix.count > 3
          && ((0x30...0x39).contains(prefix[3]) || prefix[3] == Netpbm.comment
            || prefix[1] == 0x37 && (0x41...0x5A).contains(prefix[3]))
      },
      describe: { reader, options throws(FormatError) in
        try Netpbm.describe(&reader, options)
      },
      encoding: .plain { image, _ throws(FormatError) in
        name == "pam" ? try Netpbm.arbitraryMap(for: image) : try Netpbm.map(for: image, name)
      })
  }
}

enum Netpbm {
  /// "P".
  static let letter: UInt8 = 0x50
  /// "#".
  static let comment: UInt8 = 0x23
  /// Bytes of comments that are kept.
  static let commentLimit = 1 << 16
  static let pamModes: [Mode] = [.gray, .grayAlpha, .rgb, .rgba, .cmyk]

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// The P4, P5 or P6 file that an image becomes.
  static func map(for image: Image, _ name: String) throws(FormatError) -> PlainFile {
    let magic: String
    switch image.mode {
    case .bilevel: magic = "P4"
    case .gray, .gray16: magic = "P5"
    case .rgb: magic = "P6"
    default: throw .cannotHold(format: name, image.format)
    }
    let top = image.mode == .bilevel ? "" : "\(top(of: image))\n"
    let header = "\(magic)\n\(image.width) \(image.height)\n\(top)"
    return try file(for: image, header: header, bilevel: "1;I")
  }

  /// The P7 file that an image becomes.
  static func arbitraryMap(for image: Image) throws(FormatError) -> PlainFile {
    let type: String
    switch image.mode {
    case .bilevel: type = "BLACKANDWHITE"
    case .gray, .gray16: type = "GRAYSCALE"
    case .grayAlpha: type = "GRAYSCALE_ALPHA"
    case .rgb: type = "RGB"
    case .rgba: type = "RGB_ALPHA"
    case .cmyk: type = "CMYK"
    default: throw .cannotHold(format: "pam", image.format)
    }
    let header =
      "P7\nWIDTH \(image.width)\nHEIGHT \(image.height)\nDEPTH \(image.mode.bandCount)\n"
      + "MAXVAL \(top(of: image))\nTUPLTYPE \(type)\nENDHDR\n"
    return try file(for: image, header: header, bilevel: "1;8")
  }

  /// The largest stored sample.
  private static func top(of image: Image) -> UInt64 {
    image.mode == .bilevel ? 1 : .ones(image.format.type.byteCount * 8)
  }

  /// - Parameter bilevel: the rawmode for mode `1`.
  private static func file(
    for image: Image, header: String, bilevel: String
  ) throws(FormatError) -> PlainFile {
    let natural = Rawmode.natural(image.format, isBigEndian: true).name
    let rawmode = image.mode == .bilevel ? bilevel : natural
    let header = Array(header.utf8)
    let layout = try Layout.stored(
      as: rawmode, image.mode, width: image.width, height: image.height, offset: header.count)
    return PlainFile(header: header, layout: layout, format: image.format)
  }
}
