import PixelMemory

/// Turns the stored samples of one row into plain samples and back, in private memory.
///
/// The kernel is chosen once from the shape of the fields; `generic` can do them all and is the
/// reference for the others.
struct RowCodec: Sendable {
  /// The shapes that have a kernel of their own.
  enum Kernel: Hashable, Sendable {
    /// Stored and plain rows are the same bytes.
    case identity
    /// Whole bytes at any step: channel order, padding bytes, inverted bytes.
    case bytes
    /// The plain samples in the other byte order.
    case swapped
    /// One bit a pixel, first pixel in the most significant bit.
    case bilevel
    /// A few bits of one word for each sample, as ``RowCodec/tables`` say.
    case word
    /// Runs of bits, as ``RowCodec/runs`` say; encoded by `generic`.
    case runs
    case generic
  }

  let fields: [SampleField]
  /// Bits from a stored pixel to the next; may be negative.
  let pixelBits: Int
  /// The first of the fields' bands in the plain pixel.
  let bands: [Int]
  let bandCount: Int
  let type: SampleType
  /// Pixels of the plain row from one that has the fields to the next.
  let plainStep: Int
  let kernel: Kernel
  /// Only for ``Kernel/word``.
  let tables: SampleTables?
  /// Only for ``Kernel/runs``.
  private let runs: [BitRuns]

  /// - Parameters:
  ///   - fields: the stored samples, their offsets counted from the pixel's origin in the row.
  ///   - bands: for each field the band of the plain pixel that it fills.
  ///   - plainStep: of how many pixels of the plain row one has these fields.
  init(
    fields: [SampleField], pixelBits: Int, bands: [Int], bandCount: Int, type: SampleType,
    plainStep: Int = 1
  ) {
    self.fields = fields
    self.pixelBits = pixelBits
    self.bands = bands
    self.bandCount = bandCount
    self.type = type
    self.plainStep = plainStep
    let kernel = RowCodec.kernel(
      fields: fields, pixelBits: pixelBits, bands: bands, bandCount: bandCount, type: type,
      isDense: plainStep == 1)
    tables =
      kernel == .generic && type == .u8 && pixelBits.isWholeBytes
      ? SampleTables(fields) : nil
    let runs =
      kernel == .generic && !type.isFloat && type != .i32 ? fields.compactMap(BitRuns.init) : []
    self.runs = runs.count == fields.count ? runs : []
    self.kernel = tables != nil ? .word : self.runs.isEmpty ? kernel : .runs
  }

  private static func kernel(
    fields: [SampleField], pixelBits: Int, bands: [Int], bandCount: Int, type: SampleType,
    isDense: Bool
  ) -> Kernel {
    let complete = isDense && bands == Array(0..<bandCount)
    let isGapless = complete && pixelBits == bandCount * type.bitCount
    let inOrder = fields.indices.allSatisfy {
      fields[$0].bitOffset == fields[0].bitOffset + $0 * type.bitCount
    }
    if isGapless, inOrder, fields.allSatisfy({ $0.isPlain(type, bigEndian: false) }) {
      return .identity
    }
    if isGapless, inOrder, fields.allSatisfy({ $0.isPlain(type, bigEndian: true) }) {
      return .swapped
    }
    if type == .u8, pixelBits.isWholeBytes, fields.allSatisfy(\.isPlainByte) { return .bytes }
    if type == .u8, pixelBits == 1, complete, fields.count == 1, fields[0].bitCount == 1,
      fields[0].storage == .bits(.mostSignificantFirst), fields[0].scaling == .fullRange
    {
      return .bilevel
    }
    return .generic
  }

  /// Whether a stored row that starts on a byte is the plain row, byte for byte.
  var isIdentity: Bool { kernel == .identity && fields[0].bitOffset.isWholeBytes }

  /// Decodes `count` pixels that start at `startBit` of `source`.
  ///
  /// - Returns: the index of the first pixel whose number no plain sample holds, if there is one.
  /// - Precondition: all that is read and written lies inside the spans.
  func decode(
    count: Int, from source: RawSpan, startBit: Int, to target: inout MutableRawSpan
  ) -> Int? {
    checkBounds(count: count, stored: source.byteCount, startBit: startBit, plain: target.byteCount)
    return unsafe Self.withAddresses(source, &target) { from, to in
      switch kernel {
      case .identity:
        unsafe to.copyMemory(
          from: from + (startBit + fields[0].bitOffset).byteIndex,
          byteCount: count * bandCount * type.byteCount)
        return nil
      case .bytes: unsafe decodeBytes(count, from + startBit.byteIndex, to)
      case .swapped: unsafe swap(count, from + (startBit + fields[0].bitOffset).byteIndex, to)
      case .bilevel: unsafe decodeBilevel(count, from, startBit + fields[0].bitOffset, to)
      case .word:
        if let tables { unsafe decodeWords(count, from + startBit.byteIndex, to, tables) }
      case .runs:
        if type == .u8 {
          unsafe decodeRuns(count, from, startBit, to, runs, as: UInt8.self)
        } else {
          unsafe decodeRuns(count, from, startBit, to, runs, as: UInt16.self)
        }
      case .generic:
        switch type {
        case .u8: return unsafe decodeGeneric(count, from, startBit, to, as: UInt8.self)
        case .u16: return unsafe decodeGeneric(count, from, startBit, to, as: UInt16.self)
        case .i32: return unsafe decodeGeneric(count, from, startBit, to, as: Int32.self)
        case .f32: return unsafe decodeGeneric(count, from, startBit, to, as: Float.self)
        case .f64: return unsafe decodeGeneric(count, from, startBit, to, as: Double.self)
        }
      }
      return nil
    }
  }

  /// Encodes `count` plain pixels to the bits from `startBit` of `target` on; bits between the fields
  /// keep their values.
  ///
  /// - Returns: the index of the first pixel that the fields cannot hold, if there is one.
  /// - Precondition: all that is read and written lies inside the spans.
  func encode(
    count: Int, from source: RawSpan, to target: inout MutableRawSpan, startBit: Int
  ) -> Int? {
    checkBounds(count: count, stored: target.byteCount, startBit: startBit, plain: source.byteCount)
    return unsafe Self.withAddresses(source, &target) { from, to in
      switch kernel {
      case .identity:
        unsafe (to + (startBit + fields[0].bitOffset).byteIndex).copyMemory(
          from: from, byteCount: count * bandCount * type.byteCount)
        return nil
      case .bytes: unsafe encodeBytes(count, from, to + startBit.byteIndex)
      case .swapped: unsafe swap(count, from, to + (startBit + fields[0].bitOffset).byteIndex)
      case .bilevel: unsafe encodeBilevel(count, from, to, startBit + fields[0].bitOffset)
      case .word:
        return tables.flatMap { unsafe encodeWords(count, from, to + startBit.byteIndex, $0) }
      case .runs, .generic:
        switch type {
        case .u8: return unsafe encodeGeneric(count, from, to, startBit, as: UInt8.self)
        case .u16: return unsafe encodeGeneric(count, from, to, startBit, as: UInt16.self)
        case .i32: return unsafe encodeGeneric(count, from, to, startBit, as: Int32.self)
        case .f32: return unsafe encodeGeneric(count, from, to, startBit, as: Float.self)
        case .f64: return unsafe encodeGeneric(count, from, to, startBit, as: Double.self)
        }
      }
      return nil
    }
  }

  /// Calls `body` with the addresses of both spans, of which neither is empty.
  static func withAddresses(
    _ source: RawSpan, _ target: inout MutableRawSpan,
    _ body: (UnsafeRawPointer, UnsafeMutableRawPointer) -> Int?
  ) -> Int? {
    unsafe source.withUnsafeBytes { source in
      unsafe target.withUnsafeMutableBytes { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return nil }
        return unsafe body(from, to)
      }
    }
  }

  /// The bytes of a plain row from the first to the last of so many pixels that have the fields.
  func plainByteCount(_ count: Int) -> Int {
    ((count - 1) * plainStep + 1) * bandCount * type.byteCount
  }

  func checkBounds(count: Int, stored: Int, startBit: Int, plain: Int) {
    precondition(count >= 1 && plainByteCount(count) <= plain)
    let reach = (count - 1) * pixelBits
    for field in fields where !field.isConstant {
      let low = startBit + field.bitOffset + min(0, reach)
      let high = startBit + field.bitOffset + max(0, reach) + field.storedBitCount
      precondition(low >= 0 && high <= stored.inBits)
    }
  }
}

extension SampleField {
  /// Whether the stored word is the plain sample itself, but for its byte order.
  func isPlain(_ type: SampleType, bigEndian: Bool) -> Bool {
    guard case .word(let byteCount, let isBig) = storage, byteCount == type.byteCount,
      bitCount == byteCount.inBits, shift == 0, flippedBits == 0, scaling == .none,
      isBig == bigEndian || byteCount == 1
    else { return false }
    return number == type.number
  }
}
