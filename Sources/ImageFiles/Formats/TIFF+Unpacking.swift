import PixelMemory
import PixelViews

/// The bytes of one segment, unpacked from first to last.
struct SegmentStream: ~Copyable {
  private var input: CompressedInput
  private var decoder: Decoder
  private let index: Int

  private enum Decoder: ~Copyable {
    case none
    case packBits(PackBitsDecoder)
    case lzw(LZWDecoder)
    case deflate(DeflateDecoder)
  }

  /// - Parameters:
  ///   - range: the bytes of the segment in the buffer, or more.
  ///   - index: the segment's number, for errors.
  init(
    _ buffer: Buffer, _ range: Range<Int>, _ segments: TIFF.Segments, index: Int
  ) throws(FormatError) {
    decoder =
      switch segments.compression {
      case .none: .none
      case .packBits: .packBits(PackBitsDecoder())
      case .lzw: .lzw(LZWDecoder())
      case .deflate: .deflate(try DeflateDecoder())
      }
    // Bytes are turned around before they are unpacked, whatever they are packed with.
    input = CompressedInput(buffer, range, reversesBits: segments.container.reversesBits)
    self.index = index
  }

  /// Fills `target` with the next bytes.
  ///
  /// - Throws: `FormatError.malformed` when the segment has fewer.
  mutating func read(_ target: inout MutableRawSpan) throws(FormatError) {
    let count: Int
    // The decoder is moved out and in again: a payload cannot be changed in place.
    var current = Decoder.none
    swap(&current, &decoder)
    switch consume current {
    case .none:
      count = try input.copy(to: &target)
    case .packBits(var packBits):
      count = try packBits.read(&input, &target)
      decoder = .packBits(packBits)
    case .lzw(var lzw):
      count = try lzw.read(&input, &target)
      decoder = .lzw(lzw)
    case .deflate(var deflate):
      count = try deflate.read(&input, &target)
      decoder = .deflate(deflate)
    }
    guard count == target.byteCount else {
      throw .malformed(
        format: "tiff", offset: input.position,
        found: "\(count) of \(target.byteCount) bytes of rows in segment \(index)",
        expected: "whole rows")
    }
  }
}

/// Deflate (TIFF Technical Note 2 of Adobe): a zlib stream.
struct DeflateDecoder: ~Copyable {
  private var inflater: Inflater

  init() throws(FormatError) {
    do throws(DeflateError) { inflater = try Inflater() } catch { throw FormatError(error, at: 0) }
  }

  mutating func read(
    _ input: inout CompressedInput, _ target: inout MutableRawSpan
  ) throws(FormatError) -> Int {
    var written = 0
    while written < target.byteCount, !inflater.isEnded, try input.fill() {
      let position = input.position
      do throws(DeflateError) {
        try input.withPiece { piece throws(DeflateError) in
          var rest = target.slice(written, target.byteCount - written)
          let (taken, made) = try inflater.inflate(piece, into: &rest)
          written += made
          return taken
        }
      } catch { throw FormatError(error, at: position) }
    }
    return written
  }
}

extension FormatError {
  fileprivate init(_ error: DeflateError, at position: Int) {
    switch error {
    case .memory(let error): self = .memory(error)
    case .library(let name, let code):
      self = .malformed(
        format: "tiff", offset: position, found: "damaged deflate data (\(name) \(code))",
        expected: "a zlib stream")
    }
  }
}

/// PackBits (TIFF 6.0, section 9): a count byte, then that many bytes or one to repeat.
struct PackBitsDecoder {
  private var literalCount = 0
  private var repeatCount = 0
  private var repeated: UInt8 = 0

  mutating func read(
    _ input: inout CompressedInput, _ target: inout MutableRawSpan
  ) throws(FormatError) -> Int {
    for index in 0..<target.byteCount {
      while literalCount == 0 && repeatCount == 0 {
        guard let control = try input.byte() else { return index }
        switch Int8(bitPattern: control) {
        case -128: continue
        case let count where count < 0:
          guard let byte = try input.byte() else { return index }
          (repeatCount, repeated) = (1 - Int(count), byte)
        case let count: literalCount = Int(count) + 1
        }
      }
      if repeatCount > 0 {
        repeatCount -= 1
        target.setSample(index, to: repeated)
      } else {
        guard let byte = try input.byte() else { return index }
        literalCount -= 1
        target.setSample(index, to: byte)
      }
    }
    return target.byteCount
  }
}

/// LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first, which grow one
/// code early. Before TIFF 5 programs wrote codes least significant bit first, which grow on time; as
/// for libtiff, a segment whose first code tells the two apart is read either way.
struct LZWDecoder {
  private var prefixes = [UInt16](repeating: 0, count: 4096)
  private var suffixes = [UInt8](repeating: 0, count: 4096)
  private var nextCode = 258
  private var previous: Int?
  private var bits: UInt32 = 0
  private var bitCount = 0
  /// Whether codes are those of before TIFF 5; `nil` before the first one.
  private var isOld: Bool?
  /// The bytes of the last code that were not taken yet, last one first.
  private var pending: [UInt8] = []
  private var isEnded = false

  mutating func read(
    _ input: inout CompressedInput, _ target: inout MutableRawSpan
  ) throws(FormatError) -> Int {
    var index = 0
    while index < target.byteCount {
      if let byte = pending.popLast() {
        target.setSample(index, to: byte)
        index += 1
        continue
      }
      guard !isEnded, let code = try code(&input) else { return index }
      switch code {
      case 256: (nextCode, previous) = (258, nil)
      case 257: isEnded = true
      default: try expand(code, input.position)
      }
    }
    return index
  }

  private mutating func code(_ input: inout CompressedInput) throws(FormatError) -> Int? {
    if isOld == nil { isOld = try startsOld(&input) }
    let isOld = isOld == true
    let growth = isOld ? nextCode : nextCode + 1
    let width = growth < 512 ? 9 : growth < 1024 ? 10 : growth < 2048 ? 11 : 12
    while bitCount < width {
      guard let byte = try input.byte() else { return nil }
      bits = isOld ? bits | UInt32(byte) << UInt32(bitCount) : bits << 8 | UInt32(byte)
      bitCount += 8
    }
    bitCount -= width
    let mask = UInt32(truncatingIfNeeded: UInt64.ones(width))
    if !isOld { return Int(bits >> UInt32(bitCount) & mask) }
    defer { bits >>= UInt32(width) }
    return Int(bits & mask)
  }

  /// Whether the first nine bits are the code 256 from the least significant bit on.
  private func startsOld(_ input: inout CompressedInput) throws(FormatError) -> Bool {
    guard try input.fill() else { return false }
    var isOld = false
    input.withPiece { (piece: RawSpan) in
      isOld =
        piece.byteCount > 1 && piece.sample(0, as: UInt8.self) == 0
        && piece.sample(1, as: UInt8.self) & 1 == 1
      return 0
    }
    return isOld
  }

  private mutating func expand(_ code: Int, _ position: Int) throws(FormatError) {
    guard code < nextCode || (code == nextCode && previous != nil), code < 256 || code >= 258 else {
      throw .malformed(
        format: "tiff", offset: position, found: "LZW code \(code)",
        expected: "a code below \(nextCode)")
    }
    // The one code that may be used before it is known: the last string and its own first byte.
    if code == nextCode, let previous { pending.append(firstByte(previous)) }
    var walk = code == nextCode ? previous ?? 0 : code
    while walk >= 258 {
      pending.append(suffixes[walk])
      walk = Int(prefixes[walk])
    }
    pending.append(UInt8(truncatingIfNeeded: walk))
    if let previous, nextCode < 4096 {
      prefixes[nextCode] = UInt16(truncatingIfNeeded: previous)
      suffixes[nextCode] = UInt8(truncatingIfNeeded: walk)
      nextCode += 1
    }
    previous = code
  }

  private func firstByte(_ code: Int) -> UInt8 {
    var walk = code
    while walk >= 258 { walk = Int(prefixes[walk]) }
    return UInt8(truncatingIfNeeded: walk)
  }
}
