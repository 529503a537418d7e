import PixelMemory
import PixelViews

extension QOI {
  /// Writes an image of mode `RGB` or `RGBA`.
  ///
  /// - Complexity: O(pixels), on one thread: each pixel depends on the one before.
  static func encode<Sink: ByteSink & ~Copyable>(
    _ image: Image, to sink: inout Sink
  ) throws(FormatError) where Sink.Failure == OutputError {
    guard image.format == PixelFormat(.rgb) || image.format == PixelFormat(.rgba) else {
      throw .cannotHold(format: "qoi", image.format)
    }
    guard image.width <= Int(UInt32.max), image.height <= Int(UInt32.max) else {
      throw .tooLarge(
        format: "qoi", found: "\(image.width)x\(image.height)", limit: "4294967295x4294967295")
    }
    let channels = image.mode.bandCount
    var header = magic
    for size in [image.width, image.height] {
      for shift in [24, 16, 8, 0] { header.append(UInt8(truncatingIfNeeded: size >> shift)) }
    }
    try write(
      header + [UInt8(channels), image.metadata?.chunk("gAMA") == .linear ? 1 : 0], to: &sink)

    let tiling = Tiling(width: image.width, height: image.height, pixelByteCount: channels)
    var encoder = QOIEncoder()
    var workspace = Workspace()
    var plain = Scratch()
    var chunks = Scratch()
    for index in 0..<tiling.count {
      let tile = tiling[index]
      let count = tile.width * tile.height
      try plain.resize(count * channels)
      try chunks.resize(count * longestChunk + 1)
      do throws(ViewError) {
        var bytes = plain.mutableBytes
        try image.read(tile, into: &bytes, workspace: &workspace)
      } catch { throw .view(error) }
      let byteCount: Int
      do {
        var bytes = chunks.mutableBytes
        byteCount = encoder.encode(count, channels, from: plain.bytes, to: &bytes)
      }
      try write(chunks.bytes.slice(0, byteCount), to: &sink)
    }
    try write(encoder.finish() + end, to: &sink)
  }

  private static func write<Sink: ByteSink & ~Copyable>(
    _ bytes: RawSpan, to sink: inout Sink
  ) throws(FormatError) where Sink.Failure == OutputError {
    do throws(OutputError) { try sink.write(bytes) } catch { throw .output(error) }
  }

  private static func write<Sink: ByteSink & ~Copyable>(
    _ bytes: [UInt8], to sink: inout Sink
  ) throws(FormatError) where Sink.Failure == OutputError {
    try write(unsafe bytes.span.bytes, to: &sink)
  }
}

/// Turns pixels into chunks, in the order in which the reference encoder tries them.
struct QOIEncoder {
  private var state = QOIState()
  private var runCount = 0

  /// Encodes the next `count` pixels of 3 or 4 channels; a run that may go on is kept back.
  ///
  /// - Returns: the bytes written.
  /// - Precondition: `target` has room for a longest chunk a pixel, and a run.
  mutating func encode(
    _ count: Int, _ channels: Int, from pixels: RawSpan, to target: inout MutableRawSpan
  ) -> Int {
    var at = 0
    for index in 0..<count {
      let pixel: UInt32
      if channels == 4 {
        pixel = UInt32(littleEndian: pixels.sample(index))
      } else {
        let red: UInt8 = pixels.sample(index * 3)
        let green: UInt8 = pixels.sample(index * 3 + 1)
        let blue: UInt8 = pixels.sample(index * 3 + 2)
        pixel = UInt32(red) | UInt32(green) << 8 | UInt32(blue) << 16 | 0xFF00_0000
      }
      if pixel == state.pixel {
        runCount += 1
        if runCount < QOI.longestRun { continue }
      }
      if runCount > 0 {
        target.setSample(at, to: run)
        at += 1
        runCount = 0
      }
      if pixel != state.pixel { encode(pixel, &at, &target) }
    }
    return at
  }

  /// The run that was kept back.
  mutating func finish() -> [UInt8] {
    defer { runCount = 0 }
    return runCount > 0 ? [run] : []
  }

  private var run: UInt8 { UInt8(0xC0 | runCount - 1) }

  /// Encodes a pixel that differs from the one before.
  @inline(__always)
  private mutating func encode(_ pixel: UInt32, _ at: inout Int, _ target: inout MutableRawSpan) {
    let before = state.pixel
    state.pixel = pixel
    let place = state.place
    if state[place] == pixel {
      append(UInt8(place), &at, &target)
      return
    }
    state[place] = pixel
    let isSameAlpha = pixel >> 24 == before >> 24
    let red = Int8(truncatingIfNeeded: pixel &- before)
    let green = Int8(truncatingIfNeeded: pixel >> 8 &- before >> 8)
    let blue = Int8(truncatingIfNeeded: pixel >> 16 &- before >> 16)
    let (redOfGreen, blueOfGreen) = (red &- green, blue &- green)
    if isSameAlpha, -2...1 ~= red, -2...1 ~= green, -2...1 ~= blue {
      append(UInt8(0x40 | (red + 2) << 4 | (green + 2) << 2 | (blue + 2)), &at, &target)
    } else if isSameAlpha, -32...31 ~= green, -8...7 ~= redOfGreen, -8...7 ~= blueOfGreen {
      append(UInt8(0x80 | Int(green + 32)), &at, &target)
      append(UInt8(Int(redOfGreen + 8) << 4 | Int(blueOfGreen + 8)), &at, &target)
    } else {
      append(isSameAlpha ? 0xFE : 0xFF, &at, &target)
      for band in 0..<(isSameAlpha ? 3 : 4) {
        append(UInt8(truncatingIfNeeded: pixel >> UInt32(band.inBits)), &at, &target)
      }
    }
  }

  @inline(__always)
  private func append(_ byte: UInt8, _ at: inout Int, _ target: inout MutableRawSpan) {
    target.setSample(at, to: byte)
    at += 1
  }
}
