/// A mapping of a file in this process, made by whichever library: a line of `/proc/self/maps`.
package struct FileMap: Equatable, Sendable {
  let range: Range<Address>
  /// Of the range's start, in the file.
  package let offset: Int
  /// Stores, its own and those of others, show through it (`MAP_SHARED`).
  package let isShared: Bool
  /// By the device of the file system that holds the bytes. Where another lies over it (overlayfs),
  /// or one device has several (btrfs), `stat` gives other numbers.
  let identity: FileIdentity
  /// `nil` when the file has no name any more.
  let path: String?

  /// All mappings of files, by their addresses.
  ///
  /// - Throws: `ENOENT` where `/proc` is not mounted.
  /// - Complexity: O(mappings), some hundred microseconds for a few hundred.
  package static func all() throws(SystemError) -> [FileMap] {
    try Syscalls.contents(of: "/proc/self/maps", limit: 1 << 28)
      .split(separator: UInt8(ascii: "\n")).compactMap(FileMap.init(line:))
  }

  /// Reads a line as `proc(5)` has it: `from-to rwxp offset major:minor inode   path`, numbers but
  /// the inode in base 16. `nil` for memory without a file.
  init?(line: some Collection<UInt8>) {
    let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
    guard parts.count >= 5, parts[1].count == 4,
      let inode = UInt64(String(decoding: parts[4], as: UTF8.self)), inode != 0,
      let offset = Int(String(decoding: parts[2], as: UTF8.self), radix: 16),
      let addresses = FileMap.pair(parts[0], "-"), let device = FileMap.pair(parts[3], ":"),
      let start = Address(UInt(addresses.0)), let end = Address(UInt(addresses.1)), start <= end
    else { return nil }
    range = start..<end
    self.offset = offset
    isShared = Array(parts[1])[3] == UInt8(ascii: "s")
    identity = FileIdentity(
      device: Syscalls.device(major: device.0, minor: device.1), inode: inode)
    path = parts.count == 6 ? FileMap.path(Array(parts[5].drop { $0 == UInt8(ascii: " ") })) : nil
  }

  private static func pair(
    _ text: some Collection<UInt8>, _ separator: Unicode.Scalar
  ) -> (UInt64, UInt64)? {
    let parts = text.split(separator: UInt8(ascii: separator))
    guard parts.count == 2,
      let first = UInt64(String(decoding: parts[0], as: UTF8.self), radix: 16),
      let second = UInt64(String(decoding: parts[1], as: UTF8.self), radix: 16)
    else { return nil }
    return (first, second)
  }

  /// The kernel writes the end of a line inside of a name as `\012`, and marks names that are gone.
  private static func path(_ bytes: [UInt8]) -> String? {
    let gone = Array(" (deleted)".utf8)
    if bytes.count > gone.count, bytes.suffix(gone.count).elementsEqual(gone) { return nil }
    let newline = Array("\\012".utf8)
    var name: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.first {
      let isNewline = rest.starts(with: newline)
      name.append(isNewline ? UInt8(ascii: "\n") : byte)
      rest = rest.dropFirst(isNewline ? newline.count : 1)
    }
    return FileName.text(name)
  }

  /// Whether this maps a file that `stat` knows by some identity and name.
  package func maps(_ file: FileIdentity, named name: String) -> Bool {
    if identity == file { return true }
    // Other numbers may be the same file's: then its name leads there.
    guard let path, identity.inode == file.inode || path.hasSuffix("/\(name)") else { return false }
    return (try? Syscalls.status(of: path))?.identity == file
  }
}

extension Buffer {
  /// Where the file has the first byte of the buffer, if a range of it is one shared mapping of one
  /// file; `nil` if it is not.
  ///
  /// - Parameter maps: the mappings of that file.
  package func offset(of range: Range<Int>, in maps: [FileMap]) -> Int? {
    let wanted = addresses(of: range)
    var position = wanted.lowerBound
    var offset: Int?
    // A mapping of which a part was protected otherwise stands there as several.
    for map in maps where map.isShared && map.range.contains(position) {
      let first = map.offset - start.distance(to: map.range.lowerBound)
      guard offset == nil || offset == first else { return nil }
      offset = first
      position = map.range.upperBound
      if position >= wanted.upperBound { return offset }
    }
    return nil
  }

  /// Whether a byte of a range is in a mapping.
  package func touches(_ map: FileMap, in range: Range<Int>) -> Bool {
    map.range.overlaps(addresses(of: range))
  }

  private func addresses(of range: Range<Int>) -> Range<Address> {
    start.advanced(by: range.lowerBound)..<start.advanced(by: range.upperBound)
  }
}
