/// What the elements of an array are: NumPy's dtype, Arrow's and DLPack's type, and the data type in
/// the headers of other programs.
///
/// Which rawmode stores a mode in such elements is what the table of rawmodes says:
/// ``Rawmode/arrayElement`` reads it from there, and everything else asks ``Rawmode``.
package struct ArrayElement: Hashable, Sendable {
  /// The kinds of numbers, by the letters of NumPy.
  package enum Kind: String, Sendable, CaseIterable {
    /// A byte of which zero is false and everything else true.
    case boolean = "b"
    case signed = "i"
    case unsigned = "u"
    case float = "f"
  }

  package let kind: Kind
  package let byteCount: Int
  /// False for single bytes, which have no order.
  package let isBigEndian: Bool

  package init(_ kind: Kind, byteCount: Int, isBigEndian: Bool = false) {
    self.kind = kind
    self.byteCount = byteCount
    self.isBigEndian = isBigEndian && byteCount > 1
  }

  package init(number: SampleField.Number, byteCount: Int, isBigEndian: Bool = false) {
    let kind: Kind =
      switch number {
      case .unsigned: .unsigned
      case .signed: .signed
      case .float: .float
      }
    self.init(kind, byteCount: byteCount, isBigEndian: isBigEndian)
  }

  /// The type with a short name, such as `u16` or `f32`.
  package init?(named name: String, isBigEndian: Bool = false) {
    guard let kind = name.first.flatMap({ Kind(rawValue: String($0)) }),
      let bits = Int(name.dropFirst()), bits.isMultiple(of: 8), 8...64 ~= bits
    else { return nil }
    self.init(kind, byteCount: bits.inWholeBytes, isBigEndian: isBigEndian)
  }

  /// The type of a field that is a whole word; `nil` for other fields.
  package init?(_ field: SampleField) {
    guard case .word(let byteCount, let bigEndian) = field.storage, field.shift == 0,
      field.bitCount == byteCount.inBits
    else { return nil }
    if field.scaling == .nonzero {
      self.init(.boolean, byteCount: byteCount, isBigEndian: bigEndian)
    } else {
      self.init(number: field.number, byteCount: byteCount, isBigEndian: bigEndian)
    }
  }

  /// What number the bits are.
  package var number: SampleField.Number {
    switch kind {
    case .boolean, .unsigned: .unsigned
    case .signed: .signed
    case .float: .float
    }
  }

  /// Whether some rawmode stores samples so.
  package var isStored: Bool { Rawmode.all.contains { $0.arrayElement == self } }

  /// The short name: `u16`, `f32` …
  package var name: String {
    "\(kind == .boolean ? Kind.unsigned.rawValue : kind.rawValue)\(byteCount.inBits)"
  }

  /// NumPy's name: `<u2`, `>f4`, `|b1` …
  package var numPyName: String {
    "\(byteCount == 1 ? "|" : isBigEndian ? ">" : "<")\(kind.rawValue)\(byteCount)"
  }
}

extension Rawmode {
  /// The type of the samples, where each is a whole element of its own and all stand side by side in
  /// the order of the bands, as in an array; `nil` for other storage.
  package var arrayElement: ArrayElement? {
    guard !isDerived, case .elements(let elements, let kind) = shape,
      elements.map(\.band) == mode.bands, !elements.contains(where: \.isInverted),
      kind.order == nil, kind.significantBits == nil
    else { return nil }
    return kind.isNonzero
      ? ArrayElement(.boolean, byteCount: kind.byteCount)
      : ArrayElement(
        number: kind.number, byteCount: kind.byteCount, isBigEndian: kind.bigEndian)
  }

  /// The rawmode that stores a mode in elements of a type; `nil` when none does.
  package static func storing(_ mode: Mode, in type: ArrayElement) -> Rawmode? {
    all.first { $0.mode == mode && $0.arrayElement == type }
  }

  /// The natural storage of a format with its bytes in one of the orders.
  package static func natural(_ format: PixelFormat, isBigEndian: Bool) -> Rawmode {
    let natural = natural(format)
    guard let type = natural.arrayElement else { return natural }
    let ordered = ArrayElement(type.kind, byteCount: type.byteCount, isBigEndian: isBigEndian)
    return storing(format.mode, in: ordered) ?? natural
  }

  /// How pixels of a format are an array: stored naturally, those of mode `1` in a byte each.
  package static func array(_ format: PixelFormat) -> Rawmode {
    let natural = natural(format)
    guard natural.arrayElement == nil else { return natural }
    return storing(format.mode, in: ArrayElement(.boolean, byteCount: 1)) ?? natural
  }
}

extension PixelFormat {
  /// A mode with the narrowest samples that hold numbers of so many bits: of the modes of numbers the
  /// natural ones, or `f64`.
  package init(_ mode: Mode, holding number: SampleField.Number, bitCount: Int) {
    let wider: [SampleType] = mode.isScaled ? [.u16, .i32, .f32] : []
    self.init(
      mode,
      ([mode.naturalType] + wider).first { $0.holds(number, bitCount: bitCount) } ?? .f64)
  }

  /// Whether samples are numbers of colors, which have no largest one that stands for white.
  package var isNumberColor: Bool {
    type.largest == nil && mode.isScaled && mode.hasSamples(of: type)
  }

  /// What one band of numbers is shown as where nothing says what they mean: the narrowest mode that
  /// holds each of them.
  package init(showing number: SampleField.Number, bitCount: Int, isBigEndian: Bool = false) {
    let mode: Mode =
      switch (number, bitCount) {
      case (.float, _): .float
      case (.signed, _): .integer
      case (.unsigned, ...1): .bilevel
      case (.unsigned, ...8): .gray
      case (.unsigned, ...16): isBigEndian && bitCount == 16 ? .gray16Big : .gray16
      case (.unsigned, _): .integer
      }
    self.init(mode, holding: number, bitCount: bitCount)
  }
}

extension Mode {
  /// The mode of an array that names none: by the type of its elements, or, for two to four bands, by
  /// how many there are, if the mode has such samples.
  package init?(showing type: ArrayElement, bandCount: Int) {
    switch bandCount {
    case 1 where type.kind == .boolean: self = .bilevel
    case 1:
      self =
        PixelFormat(
          showing: type.number, bitCount: type.byteCount.inBits, isBigEndian: type.isBigEndian
        ).mode
    case 2...4:
      let mode: Mode = [.grayAlpha, .rgb, .rgba][bandCount - 2]
      guard Rawmode.storing(mode, in: type) != nil else { return nil }
      self = mode
    default: return nil
    }
  }
}
