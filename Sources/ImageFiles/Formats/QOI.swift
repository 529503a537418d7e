// QOI, the "Quite OK Image" format (qoiformat.org/qoi-specification.pdf, version 1.0).
//
//      offset  bytes
//           0      4  "qoif"
//           4      4  width, big-endian
//           8      4  height, big-endian
//          12      1  channels: 3 RGB, 4 RGBA
//          13      1  0 sRGB with linear alpha, 1 all linear (a gamma of 1); changes no pixel
//          14         chunks
//                  8  the end: seven bytes 0 and one byte 1
//
//   chunks; a pixel starts as 0, 0, 0, 255, and every pixel goes to table[(3r + 5g + 7b + 11a) % 64]
//   11111110 r g b       these samples, alpha as before
//   11111111 r g b a     these samples
//   00iiiiii             the pixel table[i]
//   01rrggbb             differences from the pixel before, each - 2
//   10gggggg rrrrbbbb    green's difference - 32; red's and blue's differences from green's, - 8
//   11nnnnnn             the pixel before n + 1 times, n < 62
//
// Pixels depend on all before them, so that a file is decoded into private memory, and written as a
// stream, byte for byte as the reference encoder does. Refused: other modes than RGB and RGBA of 8
// bits, and files whose chunks end before the last pixel.

import PixelMemory
import PixelViews

/// The numbers of the specification.
enum QOI {
  static let magic: [UInt8] = [0x71, 0x6F, 0x69, 0x66]
  static let headerByteCount = 14
  static let end: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1]
  /// The pixels that the longest run has.
  static let longestRun = 62
  /// The bytes of the longest chunk.
  static let longestChunk = 5
}

extension FileFormat {
  static let qoi = FileFormat(
    name: "qoi", summary: "QOI, RGB and RGBA", suffixes: [".qoi"], modes: [.rgb, .rgba],
    recognize: { $0.starts(with: QOI.magic) },
    describe: QOI.describe,
    metadata: MetadataPlaces(holds: { $0 == .linear }),
    encoding: .stream { image, _, output throws(FormatError) in
      try QOI.encode(image, to: &output)
    })
}

/// What one pixel leaves behind for the next.
///
/// A pixel is one number, red in its lowest byte and alpha in its highest.
struct QOIState {
  var pixel: UInt32 = 0xFF00_0000
  private var table = InlineArray<64, UInt32>(repeating: 0)

  /// The table's place for the pixel.
  @inline(__always)
  var place: Int {
    let (r, g, b, a) = (pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255, pixel >> 24)
    return Int((r &* 3 &+ g &* 5 &+ b &* 7 &+ a &* 11) & 63)
  }

  subscript(place: Int) -> UInt32 {
    @inline(__always) get { table[place & 63] }
    @inline(__always) set { table[place & 63] = newValue }
  }
}
