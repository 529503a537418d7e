import PixelMemory
import PixelViews

/// The elements of a data set that say what its picture is.
struct DICOMValues {
  private var elements: [UInt32: DICOMElements.Element] = [:]
  private let reader: HeaderReader
  private let isBigEndian: Bool
  /// Where the elements end.
  let end: Int

  var isBig: Bool { isBigEndian }

  /// Looks at all elements up to the pixels; after those it takes what it can read.
  init(_ reader: HeaderReader, isBigEndian: Bool, isImplicit: Bool) throws(FormatError) {
    self.reader = reader
    self.isBigEndian = isBigEndian
    var list = DICOMElements(reader, isBigEndian: isBigEndian, isImplicit: isImplicit)
    while let element = try list.next() {
      if element.tag >> 16 == 0x0028 || element.tag >> 16 == 0x7FE0 {
        elements[element.tag] = element
      }
      if element.tag >= DICOM.pixelData { break }
    }
    var last = list.offset
    while let next = try? list.next(), next.byteCount != nil { last = list.offset }
    end = last
  }

  subscript(_ tag: UInt32) -> DICOMElements.Element? { elements[tag] }

  /// The bytes of a value.
  func bytes(_ tag: UInt32, atMost limit: Int) throws(FormatError) -> [UInt8]? {
    guard let element = elements[tag], let byteCount = element.byteCount, byteCount > 0 else {
      return nil
    }
    var reader = reader
    reader.offset = element.offset
    return try reader.bytes(min(byteCount, limit), DICOMElements.words(tag))
  }

  /// Whole numbers of two bytes.
  func words(_ tag: UInt32, count: Int = 1) throws(FormatError) -> [Int]? {
    guard let bytes = try bytes(tag, atMost: count * 2), bytes.count == count * 2 else {
      return nil
    }
    return (0..<count).map {
      let (low, high) = (Int(bytes[2 * $0]), Int(bytes[2 * $0 + 1]))
      return isBigEndian ? low << 8 | high : high << 8 | low
    }
  }

  /// A whole number that must be there, in a range.
  func word(
    _ tag: UInt32, _ what: String, in range: ClosedRange<Int>, default usual: Int? = nil
  ) throws(FormatError) -> Int {
    let number = try words(tag)?[0] ?? usual
    guard let number, range.contains(number) else {
      throw reader.malformed(
        at: elements[tag]?.offset ?? 0, found: number.map { "\(what) \($0)" } ?? "no \(what)",
        expected: "\(range.lowerBound) to \(range.upperBound) in \(DICOMElements.words(tag))")
    }
    return number
  }

  /// The first of the texts of a value, without its padding.
  func text(_ tag: UInt32) throws(FormatError) -> String? {
    try bytes(tag, atMost: 64).map {
      String.latin1($0.prefix { $0 != 0 && $0 != UInt8(ascii: "\\") }).trimmed
    }
  }

  /// The first of the numbers that a value has as text.
  func number(_ tag: UInt32) throws(FormatError) -> Double? { try text(tag).flatMap(Double.init) }
}

extension DICOM {
  /// What a pixel is.
  struct Picture {
    var format: PixelFormat
    var palette: Palette?
    /// What the stored numbers are taken from where the largest is black.
    private(set) var largest: Double?
    private let element: DICOMElements.Element
    private let width, height: Int
    private var fields: [SampleField] = []
    private var pixelBits = 0
    private let reader: HeaderReader

    init(_ values: DICOMValues, _ reader: HeaderReader) throws(FormatError) {
      self.reader = reader
      let floats: UInt32? = [0x7FE0_0008, 0x7FE0_0009].first { values[$0] != nil }
      guard let element = values[floats ?? pixelData] else {
        throw .notAnImage(
          format: name, found: "without pixels", expected: "the element (7FE0,0010) is missing")
      }
      guard element.byteCount != nil else {
        throw .unsupported(format: name, feature: "pixels in fragments, as compressed ones are,")
      }
      self.element = element
      height = try values.word(0x0028_0010, "number of rows", in: 1...65535)
      width = try values.word(0x0028_0011, "number of columns", in: 1...65535)
      if let floats {
        let byteCount = floats == 0x7FE0_0008 ? 4 : 8
        format = PixelFormat(.float, byteCount == 4 ? .f32 : .f64)
        (pixelBits, fields) = (
          byteCount.inBits,
          [.word(at: 0, byteCount: byteCount, bigEndian: values.isBig, number: .float)]
        )
        return
      }
      let allocated = try values.word(0x0028_0100, "bits of a sample", in: 1...64)
      guard [1, 8, 16, 32, 64].contains(allocated) else {
        throw .unsupported(format: name, feature: "samples in \(allocated) bits")
      }
      let stored = try values.word(
        0x0028_0101, "bits that mean something", in: 1...allocated, default: allocated)
      let high = try values.word(
        0x0028_0102, "highest bit", in: stored - 1...allocated - 1, default: stored - 1)
      let isSigned = try values.word(0x0028_0103, "sign", in: 0...1, default: 0) == 1
      let bandCount = try values.word(0x0028_0002, "samples of a pixel", in: 1...4, default: 1)
      let arrangement = try values.word(
        0x0028_0006, "arrangement of planes", in: 0...1, default: 0)
      let isPlanar = bandCount > 1 && arrangement == 1
      if allocated == 8, values.isBig, element.kind == "OW" {
        throw .unsupported(format: name, feature: "bytes in big-endian words")
      }
      let kind = try values.text(0x0028_0004) ?? "MONOCHROME2"
      let mode: Mode
      (mode, format, palette) = try Picture.meaning(
        kind, bandCount, allocated, stored, isSigned: isSigned, values)
      if kind == "MONOCHROME1" { largest = isSigned ? -1 : Double(UInt64.ones(stored)) }
      let step = isPlanar ? width * height : 1
      pixelBits = isPlanar ? allocated : allocated * bandCount
      fields = (0..<bandCount).map { band in
        var field = SampleField(
          bitOffset: band * step * allocated,
          storage: allocated == 1
            ? .bits(.leastSignificantFirst)
            : .word(
              byteCount: allocated.inWholeBytes, bigEndian: allocated > 8 && values.isBig),
          shift: high + 1 - stored, bitCount: stored, number: isSigned ? .signed : .unsigned)
        if mode == .bilevel || mode == .rgb, stored < allocated || mode == .bilevel {
          field.scaling = .fullRange
        }
        if kind == "MONOCHROME1" { field.flippedBits = .ones(stored) }
        return field
      }
    }

    /// What the photometric interpretation says.
    private static func meaning(
      _ kind: String, _ bandCount: Int, _ allocated: Int, _ stored: Int, isSigned: Bool,
      _ values: DICOMValues
    ) throws(FormatError) -> (Mode, PixelFormat, Palette?) {
      func format(_ mode: Mode) -> PixelFormat {
        PixelFormat(mode, holding: isSigned ? .signed : .unsigned, bitCount: stored)
      }
      switch (kind, bandCount) {
      case ("MONOCHROME1", 1), ("MONOCHROME2", 1):
        let shown = PixelFormat(
          showing: isSigned ? .signed : .unsigned, bitCount: allocated == 1 ? 1 : max(8, stored))
        return (shown.mode, shown, nil)
      case ("PALETTE COLOR", 1) where allocated == 8 && !isSigned:
        return (.palette, PixelFormat(.palette), try palette(values))
      case ("RGB", 3) where allocated <= 16 && allocated > 1 && !isSigned:
        return (.rgb, format(.rgb), nil)
      case ("YBR_FULL", 3) where allocated == 8 && stored == 8 && !isSigned:
        return (.ycbcr, PixelFormat(.ycbcr), nil)
      default:
        throw .unsupported(
          format: name,
          feature:
            "\(bandCount) \(isSigned ? "signed " : "")\(bandCount == 1 ? "sample" : "samples") of "
            + "\(stored) bits as \(kind.withoutControls())")
      }
    }

    /// The colors behind indices of 8 bits.
    private static func palette(_ values: DICOMValues) throws(FormatError) -> Palette {
      var bands: [[UInt8]] = []
      for band: UInt32 in 1...3 {
        guard let said = try values.words(0x0028_1100 | band, count: 3), 1...256 ~= said[0],
          said[1] == 0, let entries = try values.bytes(0x0028_1200 | band, atMost: said[0] * 2)
        else {
          throw .unsupported(
            format: name, feature: "a palette that is not of 1 to 256 colors from 0 on")
        }
        if entries.count >= said[0] * 2 {
          let numbers = try values.words(0x0028_1200 | band, count: said[0]) ?? []
          bands.append(numbers.map { UInt8(truncatingIfNeeded: said[2] > 8 ? $0 >> 8 : $0) })
        } else {
          bands.append(Array(entries.prefix(said[0])))
        }
      }
      let count = bands.map(\.count).min() ?? 0
      let rgb = (0..<count).flatMap { index in bands.map { $0[index] } }
      guard let palette = Palette(rgb: rgb) else {
        throw .unsupported(format: name, feature: "a palette without colors")
      }
      return palette
    }

    /// Where a frame stands, and how many there are.
    func layout(
      _ values: DICOMValues, _ options: FileFormat.DescribeOptions
    ) throws(FormatError) -> (layout: Layout, count: Int) {
      let said = try values.text(0x0028_0008) ?? "1"
      guard let count = Int(said), count > 0 else {
        throw reader.malformed(
          at: values[0x0028_0008]?.offset ?? 0,
          found: "number of frames \"\(said.withoutControls())\"", expected: "a number from 1 on")
      }
      let isPlanar = fields.count > 1 && fields[1].bitOffset >= pixelBits
      // At most 65535 x 65535 pixels of 4 samples of 64 bits.
      let frameBits = width * height * pixelBits * (isPlanar ? fields.count : 1)
      let available = element.byteCount ?? 0
      guard let bits = frameBits.multiplied(by: count), let padded = bits.added(to: 7),
        padded.inWholeBytes <= available
      else {
        throw reader.malformed(
          at: element.offset, found: "\(available.bytes) of pixels",
          expected: "\(count > 1 ? "\(count) frames of " : "")\(width)x\(height), "
            + "\(frameBits / (width * height)) bits a pixel")
      }
      let frame = try options.frame(of: count, name)
      return (
        Layout(
          width: width, height: height, bitOffset: element.offset.inBits + frame * frameBits,
          rowBits: width * pixelBits, pixelBits: pixelBits, fields: fields), count
      )
    }
  }
}
