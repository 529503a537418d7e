/// A cursor over the numbers of a TIFF file, in the file's byte order.
struct TIFFReader {
  var header: HeaderReader
  let bigEndian: Bool
  /// Whether offsets and counts have 8 bytes (BigTIFF).
  let isBig: Bool
  /// Where the first directory stands.
  let firstDirectory: Int

  /// Reads the file's header.
  ///
  /// - Throws: `FormatError.malformed` when the file is not a TIFF.
  init(_ header: HeaderReader) throws(FormatError) {
    self.header = header
    self.header.offset = 0
    let mark = try self.header.bytes(4, "byte order mark and version")
    switch mark {
    case [0x49, 0x49, 42, 0]: (bigEndian, isBig) = (false, false)
    case [0x4D, 0x4D, 0, 42]: (bigEndian, isBig) = (true, false)
    case [0x49, 0x49, 43, 0]: (bigEndian, isBig) = (false, true)
    case [0x4D, 0x4D, 0, 43]: (bigEndian, isBig) = (true, true)
    default:
      throw header.malformed(at: 0, found: "\(mark)", expected: "II or MM and version 42 or 43")
    }
    if isBig {
      let size: UInt16 = try self.header.integer("bytes of an offset", bigEndian: bigEndian)
      let zero: UInt16 = try self.header.integer("zero", bigEndian: bigEndian)
      guard size == 8, zero == 0 else {
        throw header.malformed(at: 4, found: "\(size), \(zero)", expected: "8, 0")
      }
    }
    let position = self.header.offset
    var first: UInt64 = 0
    let count = isBig ? 8 : 4
    for index in 0..<count {
      let byte = UInt64(try self.header.byte("offset of the first directory"))
      first = bigEndian ? first << 8 | byte : first | byte << UInt64(index.inBits)
    }
    guard let first = Int(exactly: first), first > 0 else {
      throw header.malformed(at: position, found: "\(first)", expected: "offset of a directory")
    }
    firstDirectory = first
  }

  /// The next unsigned number of 1, 2, 4 or 8 bytes.
  mutating func number(_ byteCount: Int, _ what: String) throws(FormatError) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<byteCount {
      let byte = UInt64(try header.byte(what))
      value = bigEndian ? value << 8 | byte : value | byte << UInt64(index.inBits)
    }
    return value
  }

  /// The next offset or count, as large as the kind of file has them.
  mutating func large(_ what: String) throws(FormatError) -> Int {
    let position = header.offset
    let value = try number(isBig ? 8 : 4, what)
    guard let small = Int(exactly: value) else {
      throw header.malformed(at: position, found: "\(value)", expected: "\(what) below 2^63")
    }
    return small
  }

  /// The offsets of all directories, in their order, and why there are no more, if that is not as
  /// it should be. A broken link after a page does not hide the page.
  ///
  /// - Complexity: O(directories).
  mutating func directories() -> (offsets: [Int], failure: FormatError?) {
    var offsets: [Int] = []
    var seen: Set<Int> = []
    var next = firstDirectory
    do throws(FormatError) {
      while next != 0 {
        guard seen.insert(next).inserted else {
          throw header.malformed(
            at: header.offset - (isBig ? 8 : 4), found: "directory \(next) a second time",
            expected: "a directory that was not seen, or 0")
        }
        guard offsets.count < TIFF.directoryLimit else {
          throw .tooLarge(
            format: "tiff", found: "more directories", limit: "\(TIFF.directoryLimit) directories")
        }
        let following = try directory(after: next)
        offsets.append(next)
        next = following
      }
      return (offsets, nil)
    } catch { return (offsets, error) }
  }

  private mutating func directory(after offset: Int) throws(FormatError) -> Int {
    header.offset = offset
    let count = try entryCount()
    guard let end = header.offset.added(to: count * entryByteCount) else {
      throw header.malformed(at: offset, found: "\(count) entries", expected: "entries in the file")
    }
    header.offset = end
    // Some writers forget the link of the last directory.
    return end == header.byteCount ? 0 : try large("offset of the next directory")
  }

  /// The directory at an offset.
  ///
  /// - Throws: `FormatError.malformed` when it is not whole.
  mutating func directory(at offset: Int) throws(FormatError) -> TIFFDirectory {
    header.offset = offset
    let count = try entryCount()
    var directory = TIFFDirectory(offset: offset)
    for _ in 0..<count {
      let tag = UInt16(try number(2, "tag"))
      let type = UInt16(try number(2, "type of tag \(tag)"))
      let valueCount = try large("count of tag \(tag)")
      let inline = header.offset
      let value = try number(isBig ? 8 : 4, "value of tag \(tag)")
      let size = TIFFDirectory.byteCount(type: type)
      guard size > 0, directory.entries[tag] == nil else { continue }
      guard let byteCount = valueCount.multiplied(by: size) else {
        throw header.malformed(
          at: inline, found: "\(valueCount) values of tag \(tag)", expected: "values in the file")
      }
      directory.entries[tag] = TIFFDirectory.Entry(
        type: type, count: valueCount,
        position: byteCount <= (isBig ? 8 : 4) ? inline : Int(clamping: value))
    }
    return directory
  }

  private mutating func entryCount() throws(FormatError) -> Int {
    let position = header.offset
    let count = try number(isBig ? 8 : 2, "count of directory entries")
    guard (1...65535).contains(count) else {
      throw header.malformed(at: position, found: "\(count)", expected: "1 to 65535 entries")
    }
    return Int(count)
  }

  private var entryByteCount: Int { isBig ? 20 : 12 }
}

/// The entries of one directory: where their values stand.
struct TIFFDirectory: Sendable {
  struct Entry: Hashable, Sendable {
    var type: UInt16
    var count: Int
    /// Where in the file the values stand.
    var position: Int
  }

  var offset: Int
  var entries: [UInt16: Entry] = [:]

  /// The bytes of one value of a type; 0 for types that no specification knows.
  static func byteCount(type: UInt16) -> Int {
    switch type {
    case 1, 2, 6, 7: 1
    case 3, 8: 2
    case 4, 9, 11, 13: 4
    case 5, 10, 12, 16, 17, 18: 8
    default: 0
    }
  }

  func has(_ tag: TIFF.Tag) -> Bool { entries[tag.rawValue] != nil }
  func entry(_ tag: TIFF.Tag) -> Entry? { entries[tag.rawValue] }
}

extension TIFFReader {
  /// Value `index` of an entry, as a whole number.
  ///
  /// - Precondition: the entry has that many values.
  mutating func value(_ entry: TIFFDirectory.Entry, _ index: Int = 0) throws(FormatError) -> Int {
    precondition(index >= 0 && index < entry.count)
    let size = TIFFDirectory.byteCount(type: entry.type)
    guard let position = entry.position.added(to: index * size) else {
      throw header.malformed(
        at: entry.position, found: "offset \(entry.position)", expected: "offset in the file")
    }
    header.offset = position
    switch entry.type {
    case 1, 3, 4, 6...9, 13, 16...18: break
    default:
      throw header.malformed(
        at: position, found: "values of type \(entry.type)", expected: "whole numbers")
    }
    let value = try number(size, "value of a tag")
    guard let small = Int(exactly: value) else {
      throw header.malformed(at: position, found: "\(value)", expected: "a number below 2^63")
    }
    return small
  }

  /// The only or first value of a tag.
  mutating func value(
    _ tag: TIFF.Tag, of directory: TIFFDirectory, default: Int? = nil
  ) throws(FormatError) -> Int {
    if let entry = directory.entry(tag), entry.count > 0 { return try value(entry) }
    guard let fallback = `default` else {
      throw header.malformed(
        at: directory.offset, found: "no tag \(tag.rawValue)", expected: "\(tag)")
    }
    return fallback
  }

  /// All values of a tag, but no more than `limit`; empty when it is absent.
  mutating func values(
    _ tag: TIFF.Tag, of directory: TIFFDirectory, limit: Int
  ) throws(FormatError) -> [Int] {
    guard let entry = directory.entry(tag) else { return [] }
    var values: [Int] = []
    for index in 0..<min(entry.count, limit) { values.append(try value(entry, index)) }
    return values
  }
}
