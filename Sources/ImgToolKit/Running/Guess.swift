import PixelMemory
import PixelViews

/// A layout that may be that of a raw file.
struct Guess {
  var width: Int
  var height: Int
  var storage: GuessedStorage
  /// The rawmode, where a file's name knows better than the bytes.
  var rawmode: String
  var mode: Mode
  var offset = 0
  /// Bytes from one row to the next.
  var stride: Int
  /// Why, in clauses.
  var reasons: [String]
  /// What speaks against it, in bits a byte; lower is better.
  var penalty: Double

  /// The bytes of a row without its padding.
  var rowByteCount: Int {
    storage.interleave == .plane ? width : width * storage.byteCount
  }

  /// The bytes from the first to the last row.
  var byteCount: Int { stride * height * (storage.interleave == .plane ? 3 : 1) }

  /// The command line that looks at the file so.
  func command(_ path: String) -> String {
    var words = ["imgtool", "frombuffer", Guess.quoted(path), "--size", "\(width)x\(height)"]
    words += ["--mode", Guess.quoted(mode.name)]
    if rawmode != Rawmode.natural(mode).name { words += ["--rawmode", Guess.quoted(rawmode)] }
    if offset > 0 { words += ["--offset", "\(offset)"] }
    if stride != rowByteCount { words += ["--stride", "\(stride)"] }
    if storage.interleave == .plane { words += ["--interleave", "plane"] }
    return (words + ["--show"]).joined(separator: " ")
  }

  /// A word for a shell; for bash, ksh and zsh if there are bytes in it that are no UTF-8.
  private static func quoted(_ word: String) -> String {
    if FileName.hasEscapes(word) {
      let bytes = FileName.bytes(word).map { byte in
        (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "'") && byte != UInt8(ascii: "\\")
          ? String(UnicodeScalar(byte))
          : "\\" + String(repeating: "0", count: byte < 8 ? 2 : byte < 64 ? 1 : 0)
            + String(byte, radix: 8)
      }
      return "$'" + bytes.joined() + "'"
    }
    let plain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"),
        UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return plain && !word.isEmpty
      ? word
      : "'"
        + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        + "'"
  }
}

/// Sizes and headers that many files have.
enum UsualSizes {
  /// Bytes before the pixels: headers of sound length, of BMP, FITS-like and scanner formats.
  static let headers = [
    16, 32, 54, 64, 122, 128, 138, 256, 352, 512, 768, 1024, 1078, 2048, 4096, 8192,
  ]

  /// Screens, cameras, sensors and textures.
  static let all: [(width: Int, height: Int)] = [
    (64, 64), (128, 128), (160, 120), (176, 144), (256, 256), (320, 240), (352, 288), (512, 512),
    (640, 480), (640, 512), (720, 480), (720, 576), (768, 576), (800, 480), (800, 600), (854, 480),
    (1024, 600), (1024, 768), (1024, 1024), (1280, 720), (1280, 800), (1280, 960), (1280, 1024),
    (1366, 768), (1440, 900), (1600, 900), (1600, 1200), (1680, 1050), (1920, 1080), (1920, 1200),
    (2048, 1080), (2048, 1536), (2048, 2048), (2560, 1440), (2560, 1600), (2592, 1944),
    (3264, 2448),
    (3280, 2464), (3840, 2160), (4000, 3000), (4032, 3024), (4056, 3040), (4096, 2160),
    (4096, 4096),
    (4608, 3456), (5472, 3648), (6000, 4000),
  ]

  static func contain(_ width: Int, _ height: Int) -> Bool {
    all.contains { $0.width == width && $0.height == height }
  }
}
