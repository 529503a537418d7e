import PixelViews

/// A layout that may be that of a raw file.
struct Guess {
  var width: Int
  var height: Int
  var storage: GuessedStorage
  /// The rawmode, where a file's name knows better than the bytes.
  var rawmode: String
  var mode: Mode
  /// Rawmodes that fit the bytes as well.
  var alternatives: [String] = []
  /// The arrangement of a sensor's colors.
  var mosaic: String?
  /// The bytes of a row without its padding, and of a frame, of pixels that stand in groups or planes.
  var grouped: (rowByteCount: Int, byteCount: Int)?
  var offset = 0
  /// Bytes from one row to the next.
  var stride: Int
  var frameCount = 1
  /// Why, in clauses.
  var reasons: [String]
  /// Whether the bytes speak for it, not their number or the file's name alone.
  var isSupported = false
  /// Whether the file's name, or a file beside it, says its size, which fills the file.
  var isNamed = false
  /// What says its size, where something does.
  var sizeSource = "the name"
  /// What speaks against it, in bits; lower is better.
  var penalty: Double

  /// The bytes of a row without its padding.
  var rowByteCount: Int {
    if let grouped { return grouped.rowByteCount }
    if storage.interleave == .plane { return width * storage.byteCount / 3 }
    return (width + storage.pixelCount - 1) / storage.pixelCount * storage.byteCount
  }

  /// The bytes from the first to the last row of a frame.
  var byteCount: Int {
    grouped?.byteCount ?? stride * height * (storage.interleave == .plane ? 3 : 1)
  }
}
