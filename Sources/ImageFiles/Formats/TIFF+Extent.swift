import PixelViews

extension TIFF {
  /// Pages of which the end is looked for though nobody asked.
  static let expectedPageLimit = 1024

  /// The bytes after the last one that a directory, a value or a segment of any page has; `nil` where
  /// a page is damaged.
  ///
  /// - Parameter stack: the bytes of images that lie one after the other without pages of their own.
  /// - Complexity: O(entries and segments).
  static func trailingByteCount(
    _ reader: inout TIFFReader, _ directories: [Int], stack: Range<Int>?
  ) -> Int? {
    do throws(FormatError) {
      var end = stack?.upperBound ?? 0
      var values: Set<Int> = []
      // Directories below a page: small pictures, Exif data, the camera's position.
      var next = Array(directories.reversed())
      var seen: Set<Int> = []
      while let offset = next.popLast(), seen.count < directoryLimit {
        guard seen.insert(offset).inserted else { continue }
        let directory = try reader.directory(at: offset)
        // The link to the next one follows.
        let linkEnd = reader.header.offset + (reader.isBig ? 8 : 4)
        var shared: [TIFFDirectory.Entry] = []
        end = max(end, linkEnd)
        for (tag, entry) in directory.entries.sorted(by: { $0.key < $1.key }) {
          let size = entry.count * TIFFDirectory.byteCount(type: entry.type)
          end = max(end, entry.position.added(to: size) ?? .max)
          if size > (reader.isBig ? 8 : 4), !values.insert(entry.position).inserted {
            shared.append(entry)
          }
          guard [330, 34665, 34853, 40965].contains(tag) else { continue }
          for index in 0..<min(entry.count, directoryLimit) {
            next.append(try reader.value(entry, index))
          }
        }
        end = max(end, try segmentsEnd(&reader, directory))
        end = max(end, copiesEnd(&reader, of: shared, at: linkEnd))
      }
      end = paddedEnd(&reader, end)
      return max(0, reader.header.byteCount - min(end, reader.header.byteCount))
    } catch { return nil }
  }

  /// Where zeros end that pad to an even offset, where directories start, or as Pillow has it to a
  /// multiple of 16.
  private static func paddedEnd(_ reader: inout TIFFReader, _ end: Int) -> Int {
    for unit in [16, 2] where !end.isMultiple(of: unit) {
      let count = min(unit - end % unit, reader.header.byteCount - end)
      reader.header.offset = end
      guard count > 0, let bytes = try? reader.header.bytes(count, "padding") else { continue }
      if bytes.allSatisfy({ $0 == 0 }) { return end + count }
    }
    return end
  }

  /// Where copies of values end that are after a page though its entries name those of an earlier
  /// page, as tifffile writes them.
  private static func copiesEnd(
    _ reader: inout TIFFReader, of entries: [TIFFDirectory.Entry], at start: Int
  ) -> Int {
    var end = start
    for entry in entries {
      let size = entry.count * TIFFDirectory.byteCount(type: entry.type)
      guard size <= HeaderReader.windowByteCount else { return end }
      reader.header.offset = entry.position
      let value = try? reader.header.bytes(size, "a value")
      reader.header.offset = end
      guard value != nil, (try? reader.header.bytes(size, "a copy")) == value else { return end }
      end += size
    }
    return end
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

extension TIFF.Segments {
  /// The bytes of images that lie one after the other from the first segment on; `nil` where the file
  /// has not as many, or they are packed.
  func stack(of count: Int, _ reader: inout TIFFReader) throws(FormatError) -> Range<Int>? {
    guard compression == .none, !isTiled,
      let page = rowByteCount.multiplied(by: height)?.multiplied(by: planeCount),
      let byteCount = page.multiplied(by: count)
    else { return nil }
    let start = try start(0, &reader)
    return byteCount <= reader.header.byteCount - start ? start..<start + byteCount : nil
  }
}
