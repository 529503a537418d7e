/// A TIFF file put together tag by tag, as other programs might do it.
struct TIFFBytes {
  typealias Tag = (number: Int, type: Int, values: [Int])

  var bigEndian = false
  var isBig = false

  /// A file of one page: header, pixels, values, directory.
  func file(_ tags: [Tag], pixels: [UInt8]) -> [UInt8] {
    file(pages: [(tags, pixels)])
  }

  /// Where the first pixels of such a file stand.
  var firstPixel: Int { isBig ? 16 : 8 }

  /// A file of some pages. Each page's tags count offsets from its pixels' start.
  func file(pages: [(tags: [Tag], pixels: [UInt8])], lastLink: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = bigEndian ? [0x4D, 0x4D] : [0x49, 0x49]
    bytes += number(isBig ? 43 : 42, 2)
    if isBig { bytes += number(8, 2) + number(0, 2) }
    var link = bytes.count
    bytes += number(0, word)
    for page in pages {
      let start = bytes.count
      bytes += page.pixels
      var entries: [UInt8] = []
      for tag in page.tags.sorted(by: { $0.number < $1.number }) {
        let isOffset = tag.number == 273 || tag.number == 324
        let values = tag.values.flatMap { number(isOffset ? $0 + start : $0, size(tag.type)) }
        entries += number(tag.number, 2) + number(tag.type, 2) + number(tag.values.count, word)
        if values.count <= word {
          entries += values + [UInt8](repeating: 0, count: word - values.count)
        } else {
          entries += number(bytes.count, word)
          bytes += values
        }
      }
      bytes.replaceSubrange(link..<link + word, with: number(bytes.count, word))
      bytes += number(page.tags.count, isBig ? 8 : 2) + entries
      link = bytes.count
      bytes += number(lastLink, word)
    }
    return bytes
  }

  private var word: Int { isBig ? 8 : 4 }

  private func size(_ type: Int) -> Int { type == 3 ? 2 : type == 16 ? 8 : type == 1 ? 1 : 4 }

  private func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { index in
      UInt8(truncatingIfNeeded: value >> (8 * (bigEndian ? byteCount - 1 - index : index)))
    }
  }

  /// The tags of a chunky image in one strip; others replace and follow.
  static func tags(
    _ width: Int, _ height: Int, bits: [Int], photometric: Int, _ others: Tag...
  ) -> [Tag] {
    var tags: [Tag] = [
      (256, 3, [width]), (257, 3, [height]), (258, 3, bits), (259, 3, [1]),
      (262, 3, [photometric]), (273, 4, [0]), (277, 3, [bits.count]), (278, 3, [height]),
    ]
    for other in others {
      tags.removeAll { $0.number == other.number }
      tags.append(other)
    }
    return tags
  }
}
