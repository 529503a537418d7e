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
      prefix: { layout, mode throws(FormatError) in Netpbm.prefix(layout, mode, name) },
      joining: .files,
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
    return try file(for: image, header: Array(header.utf8), bilevel: "1;I")
  }

  /// The header over rows of whole bytes that do not use their highest bits, which maxval says; `nil` for
  /// other rows. No such file is ever written.
  static func prefix(_ layout: Layout, _ mode: Mode, _ name: String) -> [UInt8]? {
    guard let first = layout.fields.first,
      case .word(let byteCount, let isBigEndian) = first.storage,
      isBigEndian || byteCount == 1, byteCount <= 2,
      ((byteCount - 1).inBits + 1..<byteCount.inBits).contains(first.bitCount), first.shift == 0,
      first.number == .unsigned,
      first.flippedBits == 0
    else { return nil }
    for (index, field) in layout.fields.enumerated() {
      var place = first
      place.bitOffset = index * byteCount.inBits
      guard field == place else { return nil }
    }
    let pixelBits = layout.fields.count * byteCount.inBits
    guard layout.width == 1 || layout.pixelBits == pixelBits, layout.bitOffset == 0,
      layout.height == 1 || layout.rowBits == layout.width * pixelBits
    else { return nil }
    let top = "\(UInt64.ones(first.bitCount))"
    let size = (layout.width, layout.height)
    switch (mode, name) {
    case (.gray, "pgm"), (.gray, "pnm"), (.gray16, "pgm"), (.gray16, "pnm"):
      return Array("P5\n\(size.0) \(size.1)\n\(top)\n".utf8)
    case (.rgb, "ppm"), (.rgb, "pnm"):
      return Array("P6\n\(size.0) \(size.1)\n\(top)\n".utf8)
    case (_, "pam"): return tupleType(mode).map { arbitraryHeader(size, mode, $0, top: top) }
    default: return nil
    }
  }

  /// The P7 file that an image becomes.
  static func arbitraryMap(for image: Image) throws(FormatError) -> PlainFile {
    guard let type = tupleType(image.mode) else {
      throw .cannotHold(format: "pam", image.format)
    }
    let header = arbitraryHeader(
      (image.width, image.height), image.mode, type, top: "\(top(of: image))")
    return try file(for: image, header: header, bilevel: "1;8")
  }

  private static func tupleType(_ mode: Mode) -> String? {
    switch mode {
    case .bilevel: "BLACKANDWHITE"
    case .gray, .gray16: "GRAYSCALE"
    case .grayAlpha: "GRAYSCALE_ALPHA"
    case .rgb: "RGB"
    case .rgba: "RGB_ALPHA"
    case .cmyk: "CMYK"
    default: nil
    }
  }

  private static func arbitraryHeader(
    _ size: (Int, Int), _ mode: Mode, _ type: String, top: String
  ) -> [UInt8] {
    Array(
      ("P7\nWIDTH \(size.0)\nHEIGHT \(size.1)\nDEPTH \(mode.bandCount)\n"
        + "MAXVAL \(top)\nTUPLTYPE \(type)\nENDHDR\n").utf8)
  }

  /// The largest stored sample.
  private static func top(of image: Image) -> UInt64 {
    image.mode == .bilevel ? 1 : .ones(image.format.type.byteCount * 8)
  }

  /// - Parameter bilevel: the rawmode for mode `1`.
  private static func file(
    for image: Image, header: [UInt8], bilevel: String
  ) throws(FormatError) -> PlainFile {
    let natural = Rawmode.natural(image.format, isBigEndian: true).name
    let rawmode = image.mode == .bilevel ? bilevel : natural
    let layout = try Layout.stored(
      as: rawmode, image.mode, width: image.width, height: image.height, offset: header.count)
    return PlainFile(header: header, layout: layout, format: image.format)
  }
}
