// safetensors, `.safetensors` (huggingface.co/docs/safetensors).
//
//      offset  bytes, numbers little-endian
//           0      8  byte count of the header, n
//           8      n  JSON: {"NAME": {"dtype": "F32", "shape": [3, 480, 640], "data_offsets": [0, 3686400]},
//                     …, "__metadata__": {"KEY": "TEXT"}}, with blanks at its end
//       8 + n      …  the tensors; their offsets are counted from here
//
// Mapped in place. `--tensor` chooses one, else the first that is an image is shown; its axes are taken as those of an
// NPY file. Not written. Refused: the types that no view has (BF16, F8 …), tensors beyond the file.

import PixelMemory
import PixelViews

extension FileFormat {
  static let safetensors = FileFormat(
    name: "safetensors", summary: "named tensors, of which --tensor chooses one",
    suffixes: [".safetensors"], modes: [], namesBands: false, arrays: .named,
    recognize: Safetensors.isHeader,
    describe: Safetensors.describe)
}

enum Safetensors {
  static let name = "safetensors"
  /// Headers of real files have some hundred kilobytes.
  static let headerByteLimit = 1 << 24

  private static let types = [
    "BOOL": "|b1", "U8": "|u1", "I8": "|i1", "U16": "<u2", "I16": "<i2", "U32": "<u4",
    "I32": "<i4", "U64": "<u8", "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
  ]

  /// A brace after a length that fits: no other signature is there.
  @Sendable static func isHeader(_ prefix: [UInt8]) -> Bool {
    guard prefix.count >= 10, prefix[8] == UInt8(ascii: "{"),
      [UInt8(ascii: "\""), UInt8(ascii: "}")].contains(prefix[9])
    else { return false }
    return prefix[3..<8].allSatisfy { $0 == 0 } || prefix[4..<8].allSatisfy { $0 == 0 }
  }

  struct Tensor: Hashable {
    var name: String
    var type: String
    var shape: [Int]
    /// Of the file.
    var range: Range<Int>
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    let contents = try options.contents { () throws(FormatError) in try Contents(&reader) }
    let choice = ArrayChoice(format: name, what: "tensor", options)
    var pixels = try choice.pixels(of: contents.names) { index throws(FormatError) in
      let tensor = contents.tensors[index]
      guard let descr = types[tensor.type] else {
        throw .unsupported(format: name, feature: "the type \(tensor.type.withoutControls())")
      }
      let header = NPY.Header(
        descr: descr, isFortranOrder: false, shape: tensor.shape, offset: tensor.range.lowerBound)
      return try NPY.pixels(header, in: reader.byteCount, options, format: name)
    }
    pixels.notes += contents.notes
    pixels.trailingByteCount = reader.byteCount - contents.end
    if let loss = contents.loss {
      var metadata = Metadata(format: pixels.format)
      metadata.lose(loss)
      pixels.metadata = metadata
    }
    return .mapped(pixels)
  }

  /// What the header says of all tensors.
  private struct Contents: Sendable {
    let tensors: [Tensor]
    let names: [String]
    let notes: [String]
    /// Where the last tensor ends.
    let end: Int
    /// What it says beside them, as a noun.
    private(set) var loss: String?

    init(_ reader: inout HeaderReader) throws(FormatError) {
      let members = try Safetensors.members(&reader)
      var tensors: [Tensor] = []
      for member in members where member.key != "__metadata__" {
        tensors.append(try tensor(member, from: reader.offset, in: reader))
      }
      self.tensors = tensors
      names = tensors.map(\.name)
      notes = overlapNotes(tensors)
      end = tensors.map(\.range.upperBound).max() ?? reader.offset
      guard case .object(let said)? = members.first(where: { $0.key == "__metadata__" })?.value,
        !said.isEmpty
      else { return }
      loss = "metadata of safetensors (\(said.map(\.key).listed()))"
    }
  }

  /// The members of the header; the reader is after it then.
  private static func members(
    _ reader: inout HeaderReader
  ) throws(FormatError) -> [JSON.Member] {
    reader.offset = 0
    let length = try reader.integer("the byte count of the header", as: UInt64.self)
    guard length <= UInt64(headerByteLimit) else {
      throw .tooLarge(
        format: name, found: "a header of \(length) bytes", limit: "\(headerByteLimit) bytes")
    }
    let text = try reader.bytes(Int(length), "the header")
    var bounds = JSON.Bounds()
    bounds.byteCount = headerByteLimit
    let json: JSON
    do throws(JSON.ParseError) { json = try JSON.parse(text, bounds: bounds) } catch {
      throw reader.malformed(
        at: 8 + error.offset, found: error.found.withoutControls(),
        expected: error.expected)
    }
    guard case .object(let members) = json else {
      throw reader.malformed(
        at: 8, found: "no object of JSON", expected: "one, by the names of tensors")
    }
    return members
  }

  /// What the header says of a tensor.
  private static func tensor(
    _ member: JSON.Member, from start: Int, in reader: HeaderReader
  ) throws(FormatError) -> Tensor {
    let title = "tensor \"\(member.key.withoutControls())\""
    func wrong(_ found: String, _ expected: String) -> FormatError {
      reader.malformed(at: 8, found: "\(title) \(found)", expected: expected)
    }
    guard case .string(let type)? = member.value["dtype"],
      let shape = member.value["shape"]?.counts, let offsets = member.value["data_offsets"]?.counts
    else {
      throw wrong("without its numbers", "\"dtype\", \"shape\" and \"data_offsets\"")
    }
    let room = reader.byteCount - start
    guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= room else {
      throw wrong(
        "at \(offsets)", "two offsets within the \(room) bytes that follow the header")
    }
    let byteCount = types[type]?.last?.wholeNumberValue
    let needed = byteCount.flatMap { shape.reduce($0) { $0?.multiplied(by: $1) } }
    guard byteCount == nil || needed == offsets[1] - offsets[0] else {
      throw wrong(
        "of shape \(shape) and type \(type) in \(offsets[1] - offsets[0]) bytes",
        "as many bytes as its shape has")
    }
    return Tensor(
      name: member.key, type: type, shape: shape, range: start + offsets[0]..<start + offsets[1])
  }

  private static func overlapNotes(_ tensors: [Tensor]) -> [String] {
    let sorted = tensors.filter { !$0.range.isEmpty }
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
    let pair = zip(sorted, sorted.dropFirst()).first { $0.range.overlaps($1.range) }
    return pair.map {
      [
        "the tensors \($0.name.withoutControls()) and \($1.name.withoutControls()) share bytes of the "
          + "file: an edit of one changes the other"
      ]
    } ?? []
  }
}

extension JSON {
  /// The value of a key of an object.
  fileprivate subscript(_ key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// Whole numbers that count something.
  fileprivate var counts: [Int]? {
    guard case .array(let values) = self else { return nil }
    let numbers = values.compactMap { value in
      if case .integer(let number) = value, number >= 0 { number } else { nil }
    }
    return numbers.count == values.count ? numbers : nil
  }
}
