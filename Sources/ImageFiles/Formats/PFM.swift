// PFM: portable float map.
//
//   "Pf\n" width " " height "\n" scale "\n"     one float a pixel ("PF": red, green and blue)
//   then the rows, the lowest first, of 32-bit floats: little-endian when scale is negative
//
// Specification: pfm(5) of Netpbm. Pillow writes the scale -1.0, and so does this.
import PixelViews

extension FileFormat {
  static let pfm = FileFormat(
    name: "pfm", summary: "portable float map", suffixes: [".pfm"], modes: [.float],
    numberColors: [PixelFormat(.rgb, .f32)],
    recognize: { prefix in
      prefix.count >= 3 && prefix[0] == Netpbm.letter && [0x66, 0x46].contains(prefix[1])
        && Netpbm.isSpace(prefix[2])
    },
    isUnmistakable: { $0.count > 3 && (0x30...0x39).contains($0[3]) },
    describe: { reader, options throws(FormatError) in
      try PFM.describe(&reader, options)
    },
    encoding: .plain { image, _ throws(FormatError) in
      let isColor = image.format == PixelFormat(.rgb, .f32)
      guard isColor || image.mode == .float else {
        throw .cannotHold(format: "pfm", image.format)
      }
      let mark = isColor ? "PF" : "Pf"
      let header = Array("\(mark)\n\(image.width) \(image.height)\n-1.0\n".utf8)
      let layout = try PFM.layout(
        isColor ? .rgb : .float, width: image.width, height: image.height, offset: header.count,
        bigEndian: false)
      return PlainFile(header: header, layout: layout, format: image.format)
    })
}

enum PFM {
  static func layout(
    _ mode: Mode, width: Int, height: Int, offset: Int, bigEndian: Bool
  ) throws(FormatError) -> Layout {
    try Layout.stored(
      as: "\(mode.name);\(bigEndian ? "32BF" : "32F")", mode, width: width, height: height,
      offset: offset, bottomUp: true)
  }

  static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    try options.checkOnlyFrame("pfm")
    let magic = try reader.bytes(2, "\"Pf\"")
    let isColor = magic == [Netpbm.letter, 0x46]
    guard isColor || magic == [Netpbm.letter, 0x66] else {
      throw reader.malformed(at: 0, found: "\(magic)", expected: "\"Pf\" or \"PF\"")
    }
    let width = try reader.size("width")
    let height = try reader.size("height")
    let (word, start) = try reader.word("the scale")
    guard let scale = Double(word), scale.isFinite, scale != 0 else {
      throw reader.malformed(at: start, found: word, expected: "a scale that is not 0")
    }
    let format = isColor ? PixelFormat(.rgb, .f32) : PixelFormat(.float)
    let layout = try layout(
      format.mode, width: width, height: height, offset: reader.offset, bigEndian: scale > 0)
    var pixels = FileFormat.Pixels(
      layout: layout, format: format,
      notes: abs(scale) == 1 ? [] : ["scale factor \(abs(scale)) is not applied"])
    if abs(scale) != 1 {
      var metadata = Metadata(format: format)
      metadata.lose("scale factor")
      pixels.metadata = metadata
    }
    pixels.endFile(reader)
    return .mapped(pixels)
  }
}
