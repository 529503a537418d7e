import PixelMemory
import PixelViews

/// Bounds on what a file may ask for, against headers that lie.
package struct Limits: Sendable {
  /// Pixels of a decoded image: 2³⁰, a gigapixel, is beyond any camera and screen; a file that says
  /// more is a bomb or wants `--limit-pixels`.
  package var pixels = 1 << 30
  /// Bytes of a decoded image: 8 GiB, which is eight for each pixel; more pixels bring more bytes.
  package var bytes: Int { pixels.multiplied(by: 8) ?? .max }
  package init() {}

  /// Refuses an image by arithmetic, before memory is taken.
  ///
  /// - Throws: ``FormatError/tooLarge(format:found:limit:)``.
  func check(
    _ format: String, width: Int, height: Int, byteCount: Int?
  ) throws(FormatError) {
    let count = width.multiplied(by: height)
    guard let count, count <= pixels else {
      throw .tooLarge(
        format: format, found: "\(width)x\(height)",
        limit: "\(pixels) pixels, which --limit-pixels raises")
    }
    guard let byteCount, byteCount <= bytes else {
      throw .tooLarge(
        format: format,
        found: "\(width)x\(height)" + (byteCount.map { ", \($0) bytes when decoded," } ?? ""),
        limit: "\(bytes) bytes, which --limit-pixels raises too")
    }
  }
}
