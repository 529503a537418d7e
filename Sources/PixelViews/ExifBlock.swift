/// The bytes of Exif data (a TIFF file without pixels, Exif 2.32), to change what a view makes untrue.
///
/// The bytes are untrusted: what does not lie inside of them is left alone.
struct ExifBlock {
  private(set) var bytes: [UInt8]
  private let isBigEndian: Bool

  private enum Tag {
    static let orientation = 0x0112
    static let exifDirectory = 0x8769
    static let pixelWidth = 0xA002
    static let pixelHeight = 0xA003
    static let width = 0x0100
    static let height = 0x0101
  }

  /// The entries of a directory: more than any camera writes.
  private static let entryLimit = 4096

  /// - Returns: `nil` unless the bytes begin as Exif data does.
  init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    switch bytes.prefix(4) {
    case [0x49, 0x49, 42, 0]: isBigEndian = false
    case [0x4D, 0x4D, 0, 42]: isBigEndian = true
    default: return nil
    }
    guard number(at: 4, 4) != nil else { return nil }
  }

  /// How the picture is to be turned, from 1 to 8; `nil` where nothing is said.
  var orientation: Int? {
    number(at: 4, 4).flatMap { entry(Tag.orientation, in: $0) }.flatMap { value($0) }
  }

  /// Makes what is said of the picture true for one of another size, and for one that was turned.
  ///
  /// The small pictures of the old one are overwritten, so that what was cropped away is not in them.
  /// - Returns: what was changed, a sentence each; `nil` where it is not known which bytes are those
  ///   of a small picture.
  mutating func fit(width: Int, height: Int, isTurned: Bool) -> [String]? {
    var changes: [String] = []
    guard let first = number(at: 4, 4), let hasThumbnail = eraseThumbnails(after: first) else {
      return nil
    }
    if isTurned, let entry = entry(Tag.orientation, in: first), let old = value(entry), old != 1 {
      if set(entry, to: 1) { changes.append("the Exif orientation was \(old) and is now 1") }
    }
    var hasNewSize = false
    var directories = [first]
    if let entry = entry(Tag.exifDirectory, in: first), let place = value(entry) {
      directories.append(place)
    }
    for directory in directories {
      for (tag, size) in [
        (Tag.pixelWidth, width), (Tag.pixelHeight, height), (Tag.width, width),
        (Tag.height, height),
      ] {
        if let entry = entry(tag, in: directory), let old = value(entry), old != size {
          hasNewSize = set(entry, to: size) || hasNewSize
        }
      }
    }
    if hasNewSize { changes.append("the Exif size is now \(width)x\(height)") }
    if hasThumbnail {
      changes.append("the Exif thumbnail, which showed the old picture, was removed")
    }
    return changes
  }

  /// Ends the chain of directories before the second, which is that of the thumbnail, and zeros the
  /// pictures of all that follow.
  ///
  /// - Returns: whether there were some; `nil` where a picture is not found.
  private mutating func eraseThumbnails(after first: Int) -> Bool? {
    guard let link = link(of: first), let second = number(at: link, 4) else { return nil }
    var next = second
    var seen: Set = [first]
    while next != 0, seen.insert(next).inserted {
      guard let link = self.link(of: next) else { return nil }
      // JPEG's offset and length, and those of strips and tiles.
      for (places, lengths) in [(0x0201, 0x0202), (0x0111, 0x0117), (0x0144, 0x0145)] {
        guard let places = entry(places, in: next) else { continue }
        guard let lengths = entry(lengths, in: next), let starts = values(places),
          let counts = values(lengths), starts.count == counts.count
        else { return nil }
        for (start, count) in zip(starts, counts) where start < bytes.count {
          for index in start..<start + min(count, bytes.count - start) { bytes[index] = 0 }
        }
      }
      next = number(at: link, 4) ?? 0
    }
    put(0, at: link, 4)
    return second != 0
  }

  /// Where a directory says what the next one is.
  private func link(of directory: Int) -> Int? {
    guard let count = number(at: directory, 2), count <= ExifBlock.entryLimit else { return nil }
    let link = directory + 2 + 12 * count
    return number(at: link, 4) == nil ? nil : link
  }

  /// All numbers of an entry, of 16 or 32 bits each.
  private func values(_ entry: Int) -> [Int]? {
    let sizes = [3: 2, 4: 4, 13: 4]
    guard let size = number(at: entry + 2, 2).flatMap({ sizes[$0] }),
      let count = number(at: entry + 4, 4), count <= bytes.count,
      let start = count * size <= 4 ? entry + 8 : number(at: entry + 8, 4)
    else { return nil }
    let found = (0..<count).compactMap { number(at: start + $0 * size, size) }
    return found.count == count ? found : nil
  }

  /// Where the entry of a tag stands.
  private func entry(_ tag: Int, in directory: Int) -> Int? {
    guard let count = number(at: directory, 2), count <= ExifBlock.entryLimit else { return nil }
    for index in 0..<count where number(at: directory + 2 + 12 * index, 2) == tag {
      return directory + 2 + 12 * index
    }
    return nil
  }

  /// The bytes of an entry's only number, of 16 or 32 bits.
  private func byteCount(_ entry: Int) -> Int? {
    guard number(at: entry + 4, 4) == 1 else { return nil }
    switch number(at: entry + 2, 2) {
    case 3: return 2
    case 4, 13: return 4
    default: return nil
    }
  }

  private func value(_ entry: Int) -> Int? {
    byteCount(entry).flatMap { number(at: entry + 8, $0) }
  }

  private mutating func set(_ entry: Int, to value: Int) -> Bool {
    guard let size = byteCount(entry), number(at: entry + 8, size) != nil,
      value < 1 << (8 * size)
    else { return false }
    put(value, at: entry + 8, size)
    return true
  }

  /// A number of 2 or 4 bytes; `nil` where the bytes end before it does.
  private func number(at offset: Int, _ size: Int) -> Int? {
    // An offset has 32 bits and a sum of them no more than 33.
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    return bytes[offset..<offset + size].enumerated().reduce(0) { sum, byte in
      sum | Int(byte.element) << (8 * (isBigEndian ? size - 1 - byte.offset : byte.offset))
    }
  }

  private mutating func put(_ value: Int, at offset: Int, _ size: Int) {
    for index in 0..<size {
      bytes[offset + index] = UInt8(
        truncatingIfNeeded: value >> (8 * (isBigEndian ? size - 1 - index : index)))
    }
  }
}

extension Metadata {
  /// How the Exif data have the picture turned, from 1 to 8; `nil` where they say nothing.
  package var exifOrientation: Int? { chunk("eXIf").flatMap { ExifBlock($0.bytes)?.orientation } }
}
