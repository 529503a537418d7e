import Foundation
import Testing

@testable import PixelViews

/// Pillow's results are in `Fixtures/conversions.txt`, written by `make-conversions.py` beside it.
@Suite struct ConversionReferenceTests {
  struct Source: Sendable, CustomTestStringConvertible {
    let mode: Mode
    let palette: Palette?
    let row: [UInt8]
    /// Rows in other modes; `nil` where Pillow refuses.
    var results: [(mode: Mode, row: [UInt8]?)] = []

    var testDescription: String {
      guard let palette else { return mode.name }
      return "\(mode.name), \(palette.count) entries\(palette.hasAlpha ? " with alpha" : "")"
    }
  }

  static let sources: [Source] = {
    let path = (#filePath as NSString).deletingLastPathComponent + "/Fixtures/conversions.txt"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    var sources: [Source] = []
    var palette: Palette?
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      let bytes = words[2] == "-" ? nil : bytes(hexadecimal: words[2])
      switch (words[0], Mode(rawValue: String(words[1])), bytes) {
      case ("palette", _, let entries?):
        palette = words[1] == "RGBA" ? Palette(rgba: entries) : Palette(rgb: entries)
      case ("source", let mode?, let row?):
        sources.append(Source(mode: mode, palette: mode.isIndexed ? palette : nil, row: row))
      case ("to", let mode?, let row):
        sources[sources.count - 1].results.append((mode, row))
      default: Issue.record("what is \(line.prefix(40))?")
      }
    }
    return sources
  }()

  static func bytes(hexadecimal text: Substring) -> [UInt8] {
    let digits = text.utf8.map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  @Test func `the fixture is whole`() {
    #expect(Self.sources.count == 23)
    #expect(Self.sources.reduce(0) { $0 + $1.results.count } == 388)
    let count = Self.sources.reduce(0) { $0 + $1.results.filter { $0.row != nil }.count }
    #expect(count == 336)
  }

  @Test(arguments: sources)
  func `each pixel comes out as Pillow has it`(source: Source) throws {
    // Where Pillow refuses, there is no row; how many there are is counted above.
    for case (let mode, let expected?) in source.results {
      let conversion = try #require(
        Conversion(from: PixelFormat(source.mode), to: mode, palette: source.palette),
        "to \(mode.name)")
      let found = converted(source.row, by: conversion)
      guard source.mode == .float, let range = sameRange(to: mode) else {
        #expect(found == expected, "to \(mode.name)")
        continue
      }
      // Where Pillow clips at 255 on the way, or has the least integer.
      let size = conversion.target.pixelByteCount
      var compared = 0
      for pixel in 0..<found.count / size {
        let value = unsafe source.row.withUnsafeBytes {
          unsafe $0.loadUnaligned(fromByteOffset: pixel * 4, as: Float.self)
        }
        guard range.contains(value) else { continue }
        compared += 1
        let bytes = pixel * size..<(pixel + 1) * size
        #expect(found[bytes] == expected[bytes], "to \(mode.name), pixel \(pixel)")
      }
      #expect(compared >= 20, "to \(mode.name)")
    }
  }

  /// The numbers of mode `F` that Pillow and this conversion agree on, where it is not all of them.
  private func sameRange(to mode: Mode) -> ClosedRange<Float>? {
    if mode.isGray16 { return 0...255 }
    let largest: Float = 0x1p31
    return mode == .integer ? -largest...largest.nextDown : nil
  }

  @Test func `all sources convert to all modes but LAB, and colors not to indices`() {
    for source in Mode.allCases {
      for target in Mode.allCases where target != source {
        let isColor = !source.isIndexed && source.bandCount > 2
        let refused = source == .lab || target == .lab || (isColor && target.isIndexed)
        let conversion = Conversion(from: PixelFormat(source), to: target, palette: .gray)
        #expect((conversion == nil) == refused, "\(source.name) to \(target.name)")
      }
    }
  }
}

/// The bytes that a conversion makes of all whole pixels of a row.
func converted(_ row: [UInt8], by conversion: Conversion) -> [UInt8] {
  let count = row.count / conversion.source.pixelByteCount
  var result = [UInt8](repeating: 0xAA, count: count * conversion.target.pixelByteCount)
  var samples = result.mutableSpan
  // Any samples of UInt8 are bytes, and any bytes such samples.
  var bytes = unsafe samples.mutableBytes
  unsafe conversion.apply(count: count, from: row.span.bytes, to: &bytes)
  return result
}
