import PixelMemory
import PixelViews

/// The keys and values of a header of text, each with the byte that it starts at.
struct HeaderFields: Sendable {
  struct Field: Hashable, Sendable {
    var key: String
    var value: String
    /// Where the line starts.
    var offset: Int
  }

  /// The format's name, for errors.
  let format: String
  private(set) var fields: [Field] = []
  /// The index of the last field with each key.
  private var places: [String: Int] = [:]

  init(_ format: String) { self.format = format }

  mutating func append(_ key: String, _ value: String, at offset: Int) {
    places[key] = fields.count
    fields.append(Field(key: key, value: value, offset: offset))
  }

  /// What a line of a header is.
  enum Line {
    case field(key: String, value: String)
    /// A comment, or nothing.
    case idle
    /// After the last field.
    case end
  }

  /// Appends the fields of lines, from where the reader stands to the last or the end of the file.
  ///
  /// - Parameters:
  ///   - last: the key of the last line, where one has it.
  ///   - expected: what each line is, for errors.
  ///   - line: what a line is; `nil` for none that can be.
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)`` for such a line.
  mutating func append(
    linesOf reader: inout HeaderReader, last: String? = nil, expected: String,
    _ line: (String) -> Line?
  ) throws(FormatError) {
    var start = reader.offset
    while let text = try reader.line() {
      switch line(text) {
      case .field(let key, let value):
        append(key, value, at: start)
        if key == last { return }
      case .idle: break
      case .end: return
      case nil:
        throw reader.malformed(
          at: start, found: "\"\(text.prefix(40).description.withoutControls())\"",
          expected: expected)
      }
      start = reader.offset
    }
  }

  /// The last field with one of the keys; a later line takes the place of an earlier one.
  ///
  /// - Complexity: O(keys).
  func field(_ keys: String...) -> Field? { field(keys) }

  private func field(_ keys: [String]) -> Field? {
    keys.compactMap { places[$0] }.max().map { fields[$0] }
  }

  /// The value of the last field with one of the keys.
  subscript(_ keys: String...) -> String? { field(keys)?.value }

  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)`` where the key is missing.
  func required(_ key: String) throws(FormatError) -> Field {
    if let found = field(key) { return found }
    throw .malformed(
      format: format, offset: 0, found: "no \"\(key)\"", expected: "\"\(key)\" in the header")
  }

  /// The whole number of a field.
  ///
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)`` for other texts and numbers.
  func integer(
    _ field: Field, in range: ClosedRange<Int> = 0...Int.max
  ) throws(FormatError) -> Int {
    guard let number = Int(field.value), range.contains(number) else {
      let expected =
        range.upperBound == .max
        ? "a whole number from \(range.lowerBound) on"
        : "\(range.lowerBound) to \(range.upperBound)"
      throw malformed(field, expected: expected)
    }
    return number
  }

  /// The whole numbers of a field, with blanks, tabs or commas between them.
  func integers(_ field: Field, from least: Int = 0) throws(FormatError) -> [Int] {
    let words = field.value.split { " \t,".contains($0) }
    let numbers = words.compactMap { Int($0) }
    guard !numbers.isEmpty, numbers.count == words.count, numbers.allSatisfy({ $0 >= least })
    else { throw malformed(field, expected: "whole numbers from \(least) on") }
    return numbers
  }

  /// The sizes of axes, each at least 1.
  ///
  /// - Parameters:
  ///   - count: the key of the field that says how many there are.
  ///   - title: what errors call that field.
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)`` for others, and as many others.
  func axes(
    _ key: String, count: String, called title: String
  ) throws(FormatError) -> (sizes: [Int], offset: Int) {
    let field = try required(key)
    let sizes = try integers(field, from: 1)
    let dimension = try required(count)
    guard try integer(dimension, in: 1...16) == sizes.count else {
      throw malformed(field, expected: "\(dimension.value) sizes, as \(title) says")
    }
    return (sizes, field.offset)
  }

  /// What is lost where the pixels alone are saved: the fields that say more than where they stand.
  ///
  /// - Parameter isUsual: whether a field says nothing that an image without it lacks.
  func metadata(_ pixels: PixelFormat, _ isUsual: (Field) -> Bool) -> Metadata? {
    var seen: Set<String> = []
    let names = fields.filter { !isUsual($0) && seen.insert($0.key).inserted }.map(\.key)
    guard !names.isEmpty else { return nil }
    var metadata = Metadata(format: pixels)
    metadata.lose("fields of \(format) (\(names.listed()))")
    return metadata
  }

  /// The error for what a field says.
  func malformed(_ field: Field, expected: String) -> FormatError {
    .malformed(
      format: format, offset: field.offset,
      found: "\(field.key) \"\(field.value.prefix(80).description.withoutControls())\"",
      expected: expected)
  }
}

extension HeaderReader {
  /// A header of text that is longer than this has no end in sight.
  static let textByteCount = 1 << 20

  /// The next line without its end (LF or CR LF), as the name of a file would be kept; `nil` at the end of
  /// the file.
  ///
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)`` beyond the first mebibyte.
  mutating func line() throws(FormatError) -> String? {
    if isAtEnd { return nil }
    let start = offset
    var bytes: [UInt8] = []
    while !isAtEnd {
      let byte = try byte("a line")
      if byte == UInt8(ascii: "\n") { break }
      bytes.append(byte)
      guard offset < HeaderReader.textByteCount else {
        throw malformed(
          at: start, found: "no end of the header in the first mebibyte",
          expected: "a header of text")
      }
    }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    return FileName.text(bytes)
  }
}

extension StringProtocol {
  /// The text without blanks and tabs at its ends.
  var trimmed: String {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    let start = drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(start[...last])
  }

  /// What stands before the first separator and after it, both trimmed; `nil` without one.
  func divided(by separator: String) -> (key: String, value: String)? {
    guard let range = firstRange(of: separator) else { return nil }
    return (self[..<range.lowerBound].trimmed, self[range.upperBound...].trimmed)
  }
}
