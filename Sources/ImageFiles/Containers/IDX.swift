// IDX, the arrays of MNIST ("The MNIST database", LeCun, Cortes and Burges).
//
//      offset  bytes, big-endian
//           0      2  0
//           2      1  08 u8, 09 i8, 0B i16, 0C i32, 0D f32, 0E f64
//           3      1  the number of axes
//           4    4 n  their sizes, the slowest first; then the samples
//
// Mapped in place; written with two axes. Axes before the last two are frames.

import PixelMemory
import PixelViews

extension FileFormat {
  static let idx = FileFormat(
    name: "idx", summary: "IDX, the arrays of MNIST", suffixes: [".idx", ".idx3-ubyte"],
    modes: [.gray, .integer, .float], honorsRawmode: true, keepsNumbers: true,
    recognize: { prefix in
      prefix.count > 4 && prefix[0...1] == [0, 0] && IDX.types.element(Int(prefix[2])) != nil
        && 1...8 ~= prefix[3]
    },
    // Raw samples may begin so as well.
    isUnmistakable: { _ in false },
    describe: IDX.describe,
    encoding: .plain { image, options throws(FormatError) in
      let array = try ArrayFile(
        image, as: options.rawmode, in: IDX.types, format: IDX.name, isBigEndian: true)
      guard image.mode.bandCount == 1, let type = UInt8(array.typeName) else {
        throw .cannotHold(format: IDX.name, image.format)
      }
      return array.file(
        header: [0, 0, type, 2] + image.height.bytes(4, bigEndian: true)
          + image.width.bytes(4, bigEndian: true))
    })
}

enum IDX {
  static let name = "idx"

  static let types = ElementNames(numbers: [
    ("u8", 8), ("i8", 9), ("i16", 11), ("i32", 12), ("f32", 13), ("f64", 14),
  ])

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    reader.offset = 0
    let magic = try reader.bytes(4, "the magic number")
    guard magic[0...1] == [0, 0], let element = types.element(Int(magic[2]), isBigEndian: true)
    else {
      throw reader.malformed(
        at: 0, found: "\(magic)", expected: "two zeros, a type and the number of axes")
    }
    var axes: [Int] = []
    for _ in 0..<magic[3] {
      axes.append(Int(try reader.integer("a size", bigEndian: true, as: UInt32.self)))
    }
    guard axes.allSatisfy({ $0 > 0 }) else {
      throw reader.malformed(at: 4, found: "sizes \(axes)", expected: "at least 1 each")
    }
    var array = try StoredArray(
      format: name, element, axes: axes.reversed(), bandAxis: nil, sizeOffset: 4)
    array.offset = reader.offset
    return .mapped(try array.pixels(in: reader.byteCount, options))
  }
}
