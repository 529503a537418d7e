import Foundation
import PixelMemory
import Testing

@testable import PixelViews

/// What hashlib and NumPy say: `Fixtures/analysis.txt`, written by `make-analysis.py` beside it.
struct MadeImage: Sendable, CustomTestStringConvertible {
  var format = PixelFormat(.gray)
  var width = 0
  var height = 0
  var hash = ""
  var bands: [Band] = []
  var difference: Difference?

  struct Band: Sendable {
    let minimum, maximum, mean, deviation: Double
    /// The parts 0, 17 and 255 of the histogram.
    let counts: [Int]
  }

  struct Difference: Sendable {
    /// The samples that are others in the second image.
    let places: [Int]
    let x, y, count: Int
    let maximum, meanAbsoluteError, meanSquaredError: Double
  }

  var testDescription: String { "\(format.mode.name) \(format.type.rawValue) \(width)x\(height)" }

  static let all: [MadeImage] = {
    let path = (#filePath as NSString).deletingLastPathComponent + "/Fixtures/analysis.txt"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    var images: [MadeImage] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ").map(String.init)
      let numbers = words.dropFirst(4).map { $0.split(separator: ",").compactMap { Double($0) } }
      switch words[0] {
      case "hash":
        guard let mode = Mode(rawValue: words[1]), let type = SampleType(rawValue: words[2]) else {
          Issue.record("what is \(line)?")
          continue
        }
        let size = words[3].split(separator: "x").compactMap { Int($0) }
        images.append(
          MadeImage(
            format: PixelFormat(mode, type), width: size[0], height: size[1], hash: words[4]))
      case "band":
        images[images.count - 1].bands.append(
          Band(
            minimum: numbers[1][0], maximum: numbers[2][0], mean: numbers[3][0],
            deviation: numbers[4][0], counts: numbers[5].map { Int($0) }))
      case "difference":
        images[images.count - 1].difference = Difference(
          places: numbers[0].map { Int($0) }, x: Int(numbers[1][0]), y: Int(numbers[1][1]),
          count: Int(numbers[2][0]), maximum: numbers[3][0], meanAbsoluteError: numbers[4][0],
          meanSquaredError: numbers[5][0])
      default: Issue.record("what is \(line)?")
      }
    }
    return images
  }()

  static let period = 4099

  /// The bytes of sample `index` of every image of the type.
  static func sample(_ index: Int, _ type: SampleType) -> [UInt8] {
    let x = UInt32(truncatingIfNeeded: index % period * 2_654_435_761 + 12345) >> 8
    switch type {
    case .u8: return [UInt8(truncatingIfNeeded: x)]
    case .u16: return bytes(UInt16(truncatingIfNeeded: x))
    case .i32: return bytes(UInt32(truncatingIfNeeded: Int64(x) * 256 - 1 << 31))
    case .f32: return bytes((Float(x % 65536) / 16 - 2000).bitPattern)
    case .f64: return bytes((Double(x) / 7).bitPattern)
    }
  }

  private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
  }

  var sampleCount: Int { width * height * format.mode.bandCount }

  /// The plain rows, little-endian.
  func plainBytes() -> [UInt8] {
    let table = (0..<MadeImage.period).flatMap { MadeImage.sample($0, format.type) }
    let byteCount = sampleCount * format.type.byteCount
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount + table.count)
    while bytes.count < byteCount { bytes += table }
    return Array(bytes[..<byteCount])
  }

  /// An image of plain rows.
  func image(of bytes: [UInt8]) throws -> Image {
    try Image.plain(bytes, format, width: width, height: height)
  }
}

extension Image {
  /// An image with packed rows of plain samples in a buffer of its own.
  static func plain(
    _ bytes: [UInt8], _ format: PixelFormat, width: Int, height: Int, palette: Palette? = nil
  ) throws -> Image {
    let layout = try Rawmode.natural(format).layout(width: width, height: height)
    return try Image(
      buffer: .holding(bytes), layout: layout, format: format, palette: palette)
  }
}

extension Buffer {
  /// A buffer with a copy of the bytes.
  static func holding(_ bytes: [UInt8]) throws -> Buffer {
    let buffer = try Buffer(allocating: bytes.count)
    unsafe try bytes.withUnsafeBytes { bytes in
      unsafe try buffer.copyIn(
        Block(offset: 0, byteCount: bytes.count), from: RawSpan(_unsafeBytes: bytes))
    }
    return buffer
  }
}
