import PixelViews

extension TIFF {
  /// The bytes behind the last one that a directory, a value or a segment of any page has; `nil` where
  /// a page is damaged.
  ///
  /// - Complexity: O(entries and segments).
  static func trailingByteCount(_ reader: inout TIFFReader, _ directories: [Int]) -> Int? {
    do throws(FormatError) {
      var end = 0
      // Directories below a page: small pictures, Exif data, the camera's position.
      var next = directories
      var seen: Set<Int> = []
      while let offset = next.popLast(), seen.count < directoryLimit {
        guard seen.insert(offset).inserted else { continue }
        let directory = try reader.directory(at: offset)
        // The link to the next one follows.
        end = max(end, reader.header.offset + (reader.isBig ? 8 : 4))
        for (tag, entry) in directory.entries {
          let size = entry.count * TIFFDirectory.byteCount(type: entry.type)
          end = max(end, entry.position.added(to: size) ?? .max)
          guard [330, 34665, 34853, 40965].contains(tag) else { continue }
          for index in 0..<min(entry.count, directoryLimit) {
            next.append(try reader.value(entry, index))
          }
        }
        end = max(end, try segmentsEnd(&reader, directory))
      }
      return max(0, reader.header.byteCount - min(end, reader.header.byteCount))
    } catch { return nil }
  }

  private static func segmentsEnd(
    _ reader: inout TIFFReader, _ directory: TIFFDirectory
  ) throws(FormatError) -> Int {
    var end = 0
    for (offsets, counts) in [
      (Tag.stripOffsets, Tag.stripByteCounts), (.tileOffsets, .tileByteCounts),
    ] {
      guard let offsets = directory.entry(offsets) else { continue }
      let counts = directory.entry(counts)
      // Without counts a segment may end anywhere.
      guard let counts, counts.count >= offsets.count else { return .max }
      for index in 0..<offsets.count {
        let start = try reader.value(offsets, index)
        end = max(end, start.added(to: try reader.value(counts, index)) ?? .max)
      }
    }
    return end
  }
}
