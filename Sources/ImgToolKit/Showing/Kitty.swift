import PixelMemory
import PixelViews

/// The terminal graphics protocol of kitty (sw.kovidgoyal.net/kitty/graphics-protocol), without its
/// answers (`q=2`).
enum Kitty {
  /// How large the picture is on the screen.
  struct Placement: Sendable {
    /// In cells; `nil` for the picture's own pixels.
    var cells: (columns: Int, rows: Int)?
    /// A number that a later picture takes over, for one that is redrawn in its place.
    var identifier: Int?

    fileprivate var keys: String {
      (cells.map { ",c=\($0.columns),r=\($0.rows)" } ?? "")
        + (identifier.map { ",i=\($0),p=1" } ?? "")
    }
  }

  /// The picture itself, as RGB or RGBA in base64, in pieces of 4096 characters.
  static func encode(_ picture: Thumbnail, _ placement: Placement) -> String {
    var bytes: [UInt8] = []
    let hasAlpha = picture.pixels.contains(where: \.isClear)
    bytes.reserveCapacity(picture.pixels.count * (hasAlpha ? 4 : 3))
    for color in picture.pixels {
      bytes.append(color.red)
      bytes.append(color.green)
      bytes.append(color.blue)
      if hasAlpha { bytes.append(color.isClear ? 0 : 255) }
    }
    let data = Array(Base64.encode(bytes))
    let depth = hasAlpha ? 32 : 24
    var keys = "a=T,q=2,f=\(depth),s=\(picture.width),v=\(picture.height)" + placement.keys + ","
    var text = ""
    for start in stride(from: 0, to: data.count, by: 4096) {
      let end = min(start + 4096, data.count)
      text += "\u{1B}_G\(keys)m=\(end < data.count ? 1 : 0);"
      text += String(decoding: data[start..<end], as: UTF8.self) + "\u{1B}\\"
      keys = ""
    }
    return text
  }

  /// Takes away the picture that is redrawn in its place.
  static let removal = "\u{1B}_Ga=d,d=I,i=1,q=2\u{1B}\\"

  /// A part of a file that the terminal reads by itself.
  struct FilePart: Sendable {
    let path: String
    let offset, byteCount: Int
    let width, height: Int
    /// 24 for RGB, 32 for RGBA.
    let bits: Int

    fileprivate var keys: String {
      "t=f,f=\(bits),s=\(width),v=\(height),S=\(byteCount),O=\(offset)"
    }

    fileprivate var payload: String {
      String(decoding: Base64.encode(FileName.bytes(path)), as: UTF8.self)
    }
  }

  /// The order to read a file.
  static func encode(_ part: FilePart, _ placement: Placement) -> String {
    "\u{1B}_Ga=T,q=2,\(part.keys)\(placement.keys);\(part.payload)\u{1B}\\"
  }

  /// The question whether the terminal can read a file.
  static func question(_ part: FilePart) -> String {
    "\u{1B}_Ga=q,i=31,\(part.keys);\(part.payload)\u{1B}\\"
  }

  /// The question whether the terminal has the protocol.
  static let question = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\"

  /// Whether a terminal's answer says yes to one of these.
  static func isYes(_ answer: [UInt8]) -> Bool {
    String(decoding: answer, as: UTF8.self).contains("_Gi=31;OK")
  }
}

extension Kitty.FilePart {
  /// The longest side that kitty takes.
  private static let longestSide = 10000

  /// The bytes of the image in its file, where a terminal that reads them sees the same picture:
  /// 8-bit RGB or RGBA without gaps, no pages of our own, and a file that still has its name.
  init?(_ image: Image) {
    guard !image.isDerived, image.mode == .rgb || image.mode == .rgba,
      image.storedFormat.type == .u8, (try? image.hasDetachedPages()) == false,
      max(image.width, image.height) <= Kitty.FilePart.longestSide,
      image.layout.bitOffset.isWholeBytes, image.layout.bitOffset >= 0,
      case .file(let name, let identity) = image.buffer.origin,
      let path = try? Syscalls.resolvedPath(name),
      (try? Syscalls.status(of: path))?.identity == identity,
      !["/proc/", "/sys/", "/dev/"].contains(where: path.hasPrefix) || path.hasPrefix("/dev/shm/")
    else { return nil }
    var options = Rawmode.Options()
    options.offset = image.layout.offset
    let tight = try? Rawmode.natural(image.mode).layout(
      width: image.width, height: image.height, options: options)
    guard tight == image.layout else { return nil }
    self.path = path
    offset = image.buffer.fileOffset + options.offset
    byteCount = image.byteRange.count
    width = image.width
    height = image.height
    bits = image.mode == .rgb ? 24 : 32
  }
}

/// Base64 of RFC 4648, padded.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var word = Int(bytes[start]) << 16
      if count > 1 { word |= Int(bytes[start + 1]) << 8 }
      if count > 2 { word |= Int(bytes[start + 2]) }
      text.append(alphabet[word >> 18])
      text.append(alphabet[word >> 12 & 63])
      text.append(count > 1 ? alphabet[word >> 6 & 63] : UInt8(ascii: "="))
      text.append(count > 2 ? alphabet[word & 63] : UInt8(ascii: "="))
    }
    return text
  }
}
