import PixelMemory
import PixelViews

/// The chunks of a PNG file beside its rows, each where the specification wants it.
package struct PNGExtras: Sendable {
  var beforePalette: [Metadata.Chunk] = []
  var beforeRows: [Metadata.Chunk] = []
  var afterRows: [Metadata.Chunk] = []

  package static let none = PNGExtras()

  /// What must stand before the palette, where there is one.
  private static let early = ["cHRM", "cICP", "gAMA", "iCCP", "mDCV", "cLLI", "sBIT", "sRGB"]

  init() {}

  /// What is said of an image in a file with a header.
  init(_ metadata: Metadata, _ header: PNGHeader) {
    var chunks: [Metadata.Chunk] = []
    if let profile = metadata.profile, let stream = profile.deflated {
      let name = profile.name.latin1.map { $0.prefix(79) } ?? []
      chunks.append(
        .init("iCCP", (name.isEmpty ? Array("ICC".utf8)[...] : name) + [0, 0] + stream))
    }
    if !metadata.significantBits.isEmpty {
      let depth = UInt8(header.colorType == .palette ? 8 : header.bitDepth)
      chunks.append(.init("sBIT", metadata.significantBits.map { max(1, min($0, depth)) }))
    }
    if let numbers = metadata.density?.pngNumbers {
      chunks.append(
        .init("pHYs", numbers.x.bytes + numbers.y.bytes + [numbers.isMeter ? 1 : 0]))
    }
    if let background = metadata.background {
      chunks.append(.init("bKGD", background.bytes(for: header)))
    }
    for chunk in chunks + metadata.chunks {
      if PNGExtras.early.contains(chunk.name) {
        beforePalette.append(chunk)
      } else if chunk.isAfterRows {
        afterRows.append(chunk)
      } else {
        beforeRows.append(chunk)
      }
    }
  }

  /// The chunks as a file has them.
  static func bytes(_ chunks: [Metadata.Chunk]) throws(PNGError) -> [UInt8] {
    var bytes: [UInt8] = []
    if chunks.isEmpty { return bytes }
    let writer = try PNGChunkWriter()
    for chunk in chunks {
      let byteCount = PNGChunkWriter.prefix + chunk.bytes.count + PNGChunkWriter.suffix
      var block = try Scratch.checked(byteCount: byteCount)
      do {
        var target = block.mutableBytes
        unsafe target.put(chunk.bytes.span.bytes, at: PNGChunkWriter.prefix)
      }
      try writer.write(chunk: chunk.name, into: &block)
      unsafe block.bytes.withUnsafeBytes { unsafe bytes += $0 }
    }
    return bytes
  }
}

extension MutableRawSpan {
  /// Puts bytes where they have their place.
  mutating func put(_ bytes: RawSpan, at offset: Int) {
    var part = slice(offset, bytes.byteCount)
    part.copy(from: bytes)
  }
}

extension Metadata.Background {
  fileprivate func bytes(for header: PNGHeader) -> [UInt8] {
    let full = (1 << UInt32(header.bitDepth)) - 1
    func word(_ number: UInt16) -> [UInt8] {
      let scaled = (UInt32(number) * UInt32(full) + 32767) / 65535
      return [UInt8(truncatingIfNeeded: scaled >> 8), UInt8(truncatingIfNeeded: scaled)]
    }
    switch header.colorType {
    case .palette: return [UInt8(truncatingIfNeeded: index ?? 0)]
    case .gray, .grayAlpha: return word(red)
    case .rgb, .rgba: return word(red) + word(green) + word(blue)
    }
  }
}

extension UInt32 {
  /// The most significant byte first.
  fileprivate var bytes: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> UInt32($0)) }
  }
}
