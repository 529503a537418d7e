import ImageFiles
import PixelMemory

/// A size in pixels that a file beside a raw one says: a picture of the same name, or what a program has
/// written about it.
struct SizeBeside {
  var width: Int
  var height: Int
  /// The name of the file that says it.
  let name: String

  private static let pictures = ["png", "jpg", "jpeg", "bmp", "pgm", "ppm", "tif", "tiff"]
  private static let texts = ["json", "txt", "hdr", "yaml", "yml", "log", "ini", "xml"]
  private static let widths = ["width", "w", "cols", "columns", "samples"]
  private static let heights = ["height", "h", "rows", "lines"]
  /// Files that are read, and the bytes of each text.
  private static let most = 8
  private static let textByteCount = 1 << 16

  /// The first size that has room in so many bytes: what texts say, then what pictures have.
  ///
  /// - Complexity: O(1): files of a few names are looked for, and little of them is read.
  static func of(_ path: String, byteCount: Int) -> SizeBeside? {
    guard path != "-" else { return nil }
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? path[...]
    let stem = name.dropFirst().lastIndex(of: ".").map { path[..<$0] } ?? path[...]
    var left = most
    for suffix in texts + pictures {
      for start in stem == path[...] ? [stem] : [stem, path[...]] where left > 0 {
        let other = "\(start).\(suffix)"
        guard other != path, let buffer = try? Buffer(mapping: other, access: .readOnly) else {
          continue
        }
        left -= 1
        let size =
          pictures.contains(suffix) ? picture(buffer, other) : text(buffer, byteCount: byteCount)
        // Fewer bits than 8 a pixel are rare.
        guard let size, let pixels = size.width.multiplied(by: size.height), pixels <= byteCount
        else { continue }
        let last = other.split(separator: "/").last.map(String.init) ?? other
        return SizeBeside(width: size.width, height: size.height, name: last)
      }
    }
    return nil
  }

  private static func picture(_ buffer: Buffer, _ path: String) -> (width: Int, height: Int)? {
    guard let file = try? DescribedFile(buffer, path: path) else { return nil }
    return (file.pixels.layout.width, file.pixels.layout.height)
  }

  private static func text(_ buffer: Buffer, byteCount: Int) -> (width: Int, height: Int)? {
    let bytes = try? buffer.bytes(0..<min(textByteCount, buffer.byteCount))
    guard let bytes, !bytes.contains(0) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).lowercased().split {
      !($0.isASCII && ($0.isLetter || $0.isNumber))
    }
    if let width = number(behind: widths, in: words),
      let height = number(behind: heights, in: words)
    {
      return (width, height)
    }
    // Of several sizes the largest that the file has room for.
    return words.compactMap { LayoutWords.pair(String($0)) }
      .filter { ($0.width.multiplied(by: $0.height) ?? .max) <= byteCount }
      .max { $0.width * $0.height < $1.width * $1.height }
  }

  /// The first number right after a word that ends as one of some names does: `imageWidth: 640`.
  private static func number(behind names: [String], in words: [Substring]) -> Int? {
    for name in names {
      for (word, next) in zip(words, words.dropFirst())
      where name.count > 1 ? word.hasSuffix(name) : word == name {
        if let number = Int(next), number > 0 { return number }
      }
    }
    return nil
  }
}
