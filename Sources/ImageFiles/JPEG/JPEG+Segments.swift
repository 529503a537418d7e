import PixelMemory
import PixelViews

// The parts of a file: a marker of two bytes each, and most have a length of two bytes, which it counts
// with them, and data.
extension JPEG {
  /// A segment of a file to be written.
  struct Segment {
    var marker: UInt8
    var bytes: [UInt8]

    /// The bytes that fit one, without its length.
    static let byteLimit = 65533
  }

  static let startOfImage: UInt8 = 0xD8
  static let endOfImage: UInt8 = 0xD9
  static let startOfScan: UInt8 = 0xDA
  static let comment: UInt8 = 0xFE
  static func application(_ number: UInt8) -> UInt8 { 0xE0 + number }

  /// How segments of applications begin.
  static let jfif = "JFIF\0"
  static let exif = "Exif\0\0"
  static let xmp = "http://ns.adobe.com/xap/1.0/\0"
  static let profile = "ICC_PROFILE\0"
  static let commentKey = "Comment"

  /// Segments that are not kept, by their beginning.
  static let others: [(start: String, words: String)] = [
    ("JFXX\0", "small picture"), ("http://ns.adobe.com/xmp/extension/\0", "rest of the XMP packet"),
    ("MPF\0", "list of further pictures"), ("Photoshop 3.0\0", "Photoshop data"),
    ("FPXR\0", "FlashPix data"), ("Ducky", "Photoshop data"),
  ]

  /// Whether a marker is one of a frame, which says the size.
  static func isFrame(_ marker: UInt8) -> Bool {
    0xC0...0xCF ~= marker && ![0xC4, 0xC8, 0xCC].contains(marker)
  }

  /// Whether a marker has no length.
  static func isAlone(_ marker: UInt8) -> Bool { marker == 0x01 || 0xD0...0xD9 ~= marker }

  /// The next marker; what stands before it is skipped, as libjpeg does.
  static func nextMarker(_ reader: inout HeaderReader) throws(FormatError) -> UInt8 {
    while true {
      while try reader.byte("a marker") != 0xFF {}
      var marker = try reader.byte("a marker")
      while marker == 0xFF { marker = try reader.byte("a marker") }
      if marker != 0 { return marker }
    }
  }

  /// The data of a segment.
  static func segment(_ reader: inout HeaderReader) throws(FormatError) -> [UInt8] {
    let start = reader.offset
    let length = Int(
      try reader.integer("the length of a segment", bigEndian: true, as: UInt16.self))
    guard length >= 2 else {
      throw reader.malformed(at: start, found: "a length of \(length)", expected: "at least 2")
    }
    return try reader.bytes(length - 2, "a segment")
  }

  /// The bytes of a file up to the segment that it ends in: half a table is none, and libjpeg would read
  /// on in what is put after it.
  ///
  /// - Complexity: O(bytes).
  static func usableByteCount(_ buffer: Buffer) -> Int {
    var reader = HeaderReader(buffer, format: name, offset: 2)
    while let marker = try? nextMarker(&reader), marker != endOfImage {
      let start = reader.offset - 2
      if !isAlone(marker), (try? segment(&reader)) == nil { return start }
    }
    return buffer.byteCount
  }

  /// The offset after the end of a file whose first scan begins at the reader.
  ///
  /// - Complexity: O(bytes).
  static func end(_ reader: inout HeaderReader) throws(FormatError) -> Int {
    while true {
      let marker = try nextMarker(&reader)
      if marker == endOfImage { return reader.offset }
      if !isAlone(marker) { _ = try segment(&reader) }
    }
  }
}
