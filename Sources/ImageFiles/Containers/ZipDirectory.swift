import PixelMemory

/// The members of a zip archive, as the directory at its end has them: see `NPZ.swift` for the bytes.
struct ZipDirectory: Sendable {
  /// Directories of more bytes are none of arrays.
  private static let byteLimit = 1 << 24
  private static let endByteCount = 22
  /// What 16 and 32 bits cannot say stands in fields of zip64.
  private static let beyond32 = 0xFFFF_FFFF

  struct Member: Sendable {
    var name: String
    var method: Int
    var isEncrypted: Bool
    var storedByteCount: Int
    var byteCount: Int
    /// Where the member starts.
    var start: Int
  }

  private(set) var members: [Member] = []
  /// The bytes after the archive.
  let trailingByteCount: Int

  init(_ reader: inout HeaderReader, format: String) throws(FormatError) {
    let end = try ZipDirectory.end(&reader)
    trailingByteCount = reader.byteCount - end.end
    guard end.byteCount <= ZipDirectory.byteLimit else {
      throw .tooLarge(
        format: format, found: "a directory of \(end.byteCount) bytes",
        limit: "\(ZipDirectory.byteLimit) bytes")
    }
    reader.offset = end.start
    let stop = end.start + end.byteCount
    while reader.offset < stop { members.append(try ZipDirectory.member(&reader)) }
  }

  /// Where the directory is, from the last end that is in the file.
  private static func end(
    _ reader: inout HeaderReader
  ) throws(FormatError) -> (start: Int, byteCount: Int, end: Int) {
    let most = min(reader.byteCount, endByteCount + Int(UInt16.max))
    let first = reader.byteCount - most
    reader.offset = first
    let tail = try reader.bytes(most, "the end of the archive")
    let mark: [UInt8] = [0x50, 0x4B, 5, 6]
    var index = tail.count - endByteCount
    while index >= 0, !tail[index...].starts(with: mark) { index -= 1 }
    guard index >= 0 else {
      throw reader.malformed(
        at: first, found: "no end of the archive", expected: "PK\\5\\6, as every zip archive has it"
      )
    }
    let place = first + index
    reader.offset = place + 4
    let disk = try reader.integer("its number", as: UInt32.self)
    guard disk == 0 else {
      throw .unsupported(format: reader.format, feature: "an archive in several files")
    }
    reader.offset = place + 12
    var byteCount = Int(try reader.integer("bytes of the directory", as: UInt32.self))
    var start = Int(try reader.integer("where the directory is", as: UInt32.self))
    let comment = Int(try reader.integer("bytes of a comment", as: UInt16.self))
    if byteCount == beyond32 || start == beyond32 {
      // The locator stands before the end, and says where the end of zip64 is.
      reader.offset = place - 20
      guard try reader.integer("the end of zip64", as: UInt32.self) == 0x0706_4B50 else {
        throw reader.malformed(
          at: place - 20, found: "no end of zip64", expected: "one, as the end of the archive says")
      }
      reader.offset += 4
      reader.offset = try count(&reader, "where the end of zip64 is")
      guard try reader.integer("the end of zip64", as: UInt32.self) == 0x0606_4B50 else {
        throw reader.malformed(
          at: reader.offset - 4, found: "no end of zip64", expected: "PK\\6\\6")
      }
      reader.offset += 36
      byteCount = try count(&reader, "bytes of the directory")
      start = try count(&reader, "where the directory is")
    }
    guard byteCount <= place, start <= place - byteCount else {
      throw reader.malformed(
        at: place, found: "a directory of \(byteCount.bytes) at byte \(start)",
        expected: "one before byte \(place)")
    }
    return (start, byteCount, min(reader.byteCount, place + endByteCount + comment))
  }

  /// A number of 8 bytes that is one of bytes in the file.
  private static func count(
    _ reader: inout HeaderReader, _ what: String
  ) throws(FormatError) -> Int {
    let number = try reader.integer(what, as: UInt64.self)
    guard number <= UInt64(reader.byteCount) else {
      throw reader.malformed(
        at: reader.offset - 8, found: "\(what): \(number)",
        expected: "at most the \(reader.byteCount) bytes of the file")
    }
    return Int(number)
  }

  private static func member(_ reader: inout HeaderReader) throws(FormatError) -> Member {
    let place = reader.offset
    guard try reader.integer("a member", as: UInt32.self) == 0x0201_4B50 else {
      throw reader.malformed(
        at: place, found: "no member of the directory", expected: "PK\\1\\2")
    }
    reader.offset = place + 8
    let flags = try reader.integer("flags", as: UInt16.self)
    let method = Int(try reader.integer("the method", as: UInt16.self))
    reader.offset = place + 20
    var numbers: [Int] = []
    for _ in 0..<2 { numbers.append(Int(try reader.integer("bytes", as: UInt32.self))) }
    var counts: [Int] = []
    for _ in 0..<3 { counts.append(Int(try reader.integer("bytes of text", as: UInt16.self))) }
    reader.offset = place + 42
    numbers.append(Int(try reader.integer("where a member is", as: UInt32.self)))
    let name = FileName.text(try reader.bytes(counts[0], "a name"))
    let end = reader.offset + counts[1]
    // Fields of zip64 have the unpacked count first.
    while numbers.contains(beyond32), reader.offset + 4 <= end {
      let number = try reader.integer("a field", as: UInt16.self)
      let fieldEnd = Int(try reader.integer("its bytes", as: UInt16.self)) + reader.offset
      guard number == 1, fieldEnd <= end else {
        reader.offset = fieldEnd
        continue
      }
      for index in [1, 0, 2] where numbers[index] == beyond32 && reader.offset + 8 <= fieldEnd {
        numbers[index] = try count(&reader, "a number of zip64")
      }
      break
    }
    reader.offset = end + counts[2]
    return Member(
      name: name, method: method, isEncrypted: flags & 1 != 0, storedByteCount: numbers[0],
      byteCount: numbers[1], start: numbers[2])
  }
}

extension ZipDirectory.Member {
  /// The bytes of a member that is stored as it is.
  ///
  /// - Throws: ``FormatError/unsupported(format:feature:)`` for one that is packed or encrypted,
  ///   ``FormatError/malformed(format:offset:found:expected:)`` for one beyond the file.
  func range(_ reader: inout HeaderReader) throws(FormatError) -> Range<Int> {
    let title = name.withoutControls()
    if isEncrypted { throw .unsupported(format: reader.format, feature: "\(title) encrypted") }
    guard method == 0 else {
      throw .unsupported(
        format: reader.format,
        feature: "\(title) compressed, as numpy.savez_compressed writes it "
          + "and numpy.savez does not,")
    }
    reader.offset = start
    guard try reader.integer("a member", as: UInt32.self) == 0x0403_4B50 else {
      throw reader.malformed(at: start, found: "no member \(title)", expected: "PK\\3\\4")
    }
    reader.offset = start + 26
    let nameByteCount = Int(try reader.integer("bytes of the name", as: UInt16.self))
    let moreByteCount = Int(try reader.integer("bytes of more fields", as: UInt16.self))
    let first = reader.offset + nameByteCount + moreByteCount
    guard storedByteCount == byteCount, byteCount <= reader.byteCount,
      first <= reader.byteCount - byteCount
    else {
      throw reader.malformed(
        at: start, found: "\(title) of \(byteCount.bytes) at byte \(first)",
        expected: "a member within the \(reader.byteCount) bytes of the file")
    }
    return first..<first + byteCount
  }
}
