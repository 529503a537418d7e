// NIfTI-1 and -2, `.nii` or `.hdr` and `.img`, and Analyze 7.5 (nifti1.h and nifti2.h of the NIfTI
// Data Format Working Group; "Analyze 7.5 File Format", Mayo Foundation).
//
//      NIfTI-1  NIfTI-2  numbers in either byte order, which the first one shows
//            0        0  348 or 540
//           40       16  the number of axes and seven sizes, the fastest first: i16 or i64
//           70       12  the type of the samples, i16; then bits of a sample
//          108      168  where the samples start, f32 or i64: 352 or 544 and more
//          112      176  slope and intercept, f32 or f64: a number is slope times the sample, and more
//          344        4  "n+1" or "n+2": the samples are in this file; "ni1" or "ni2": in the .img beside it
//
// Analyze is the header of NIfTI-1 without the text at 344, and without slope. Mapped in place;
// written as one file of version 1, or 2 where a side is beyond 32767 or no 32-bit float is the
// slope. Rows stand as they are stored, the first on top, as in the array that nibabel gives; a
// viewer that knows where the patient is may turn them. Axes after rows and columns are frames.
// Slopes are said and not applied. Refused: complex numbers, f128, bits.

import PixelMemory
import PixelViews

extension FileFormat {
  static let nifti = FileFormat(
    name: "nifti", summary: "NIfTI and Analyze, volumes of medicine", suffixes: [".nii"],
    modes: [
      .gray, .rgb, .rgba, .integer, .float, .gray16, .gray16Little, .gray16Big, .gray16Native,
    ],
    wideModes: [.gray], honorsRawmode: true, keepsNumbers: true,
    recognize: { NIfTI.Version(of: $0) != nil },
    describe: NIfTI.describe,
    metadata: MetadataPlaces(holdsRescaling: { $0.scale != 0 && $1.mode.bandCount == 1 }),
    encoding: .plain { image, options throws(FormatError) in
      try NIfTI.plainFile(image, as: options.rawmode)
    })
}

enum NIfTI {
  static let name = "nifti"

  static let types = ElementNames(numbers: [
    ("u8", 2), ("i16", 4), ("i32", 8), ("f32", 16), ("f64", 64), ("i8", 256), ("u16", 512),
    ("u32", 768), ("i64", 1024), ("u64", 1280),
  ])

  /// The types with several bytes of color.
  static let colors: [(type: Int, bandCount: Int)] = [(128, 3), (2304, 4)]

  /// What the types are called that are not read.
  private static let others = [
    1: "bits", 32: "complex numbers", 1536: "128-bit floats", 1792: "complex numbers",
    2048: "complex numbers",
  ]

  /// Which header it is, and the order of its bytes.
  struct Version {
    enum Kind { case analyze, one, two }
    let kind: Kind
    let isBigEndian: Bool
    /// Whether the samples are in a file of their own.
    let isDetached: Bool

    /// - Parameter prefix: the first 352 bytes.
    init?(of prefix: [UInt8]) {
      guard prefix.count >= 348 else { return nil }
      for isBigEndian in [false, true] {
        switch prefix.number(at: 0, byteCount: 4, isBigEndian) {
        case 540:
          guard prefix[7] == 0,
            ["n+2", "ni2"].contains(where: { prefix[4..<7].elementsEqual($0.utf8) })
          else { return nil }
          (kind, isDetached) = (.two, prefix[5] == UInt8(ascii: "i"))
        case 348:
          if prefix[347] == 0,
            ["n+1", "ni1"].contains(where: { prefix[344..<347].elementsEqual($0.utf8) })
          {
            (kind, isDetached) = (.one, prefix[345] == UInt8(ascii: "i"))
          } else {
            // There is no other sign of Analyze than that all of it makes sense.
            let axes = prefix.number(at: 40, byteCount: 2, isBigEndian)
            let type = prefix.number(at: 70, byteCount: 2, isBigEndian)
            guard 1...7 ~= axes, type > 0, type <= 2304,
              (1...axes).allSatisfy({
                prefix.number(at: 40 + 2 * $0, byteCount: 2, isBigEndian) > 0
              })
            else { return nil }
            (kind, isDetached) = (.analyze, true)
          }
        default: continue
        }
        self.isBigEndian = isBigEndian
        return
      }
      return nil
    }

    /// The bytes of the header with those that say whether extensions follow.
    var byteCount: Int { kind == .two ? 544 : 352 }
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    reader.offset = 0
    let first = try reader.bytes(348, "the header")
    guard let version = Version(of: first) else {
      throw reader.malformed(at: 0, found: "another header", expected: "348 or 540, and a version")
    }
    let fields = try Fields(&reader, version)
    var array = try fields.array()
    let data = version.isDetached ? try options.dataFile(besideWith: [".img"], format: name) : nil
    let least = version.isDetached ? 0 : version.byteCount
    // Some writers leave it out.
    array.offset = fields.offset == 0 ? least : fields.offset
    guard array.offset >= (version.isDetached ? 0 : fields.headerByteCount) else {
      throw reader.malformed(
        at: fields.offsetPlace, found: "samples from byte \(fields.offset) on",
        expected: "byte \(least) or a later one")
    }
    var pixels = try array.pixels(in: data?.buffer.byteCount ?? reader.byteCount, options)
    pixels.data = data
    if array.bandCount == 1 { pixels.rescaling = fields.rescaling }
    let said = try fields.unshown(&reader)
    if !said.isEmpty {
      var metadata = Metadata(format: pixels.format)
      metadata.lose("fields of \(name) (\(said.joined(separator: ", ")))")
      pixels.metadata = metadata
    }
    return .mapped(pixels)
  }

  /// The type of samples with a number, and how many are side by side.
  fileprivate static func samples(
    _ type: Int, isBigEndian: Bool
  ) throws(FormatError) -> (element: ArrayElement, bandCount: Int) {
    if let element = types.element(type, isBigEndian: isBigEndian) { return (element, 1) }
    guard let color = colors.first(where: { $0.type == type }) else {
      throw .unsupported(format: name, feature: others[type] ?? "data type \(type)")
    }
    return (ArrayElement(.unsigned, byteCount: 1), color.bandCount)
  }
}

/// What a header says.
private struct Fields {
  let version: NIfTI.Version
  private let type: Int
  private let axes: [Int]
  let offset: Int
  let rescaling: Rescaling?
  let offsetPlace: Int
  private let axesPlace: Int
  var headerByteCount: Int { version.kind == .two ? 540 : 348 }

  init(_ reader: inout HeaderReader, _ version: NIfTI.Version) throws(FormatError) {
    self.version = version
    let isBigEndian = version.isBigEndian
    let isTwo = version.kind == .two
    axesPlace = isTwo ? 16 : 40
    offsetPlace = isTwo ? 168 : 108
    reader.offset = 0
    let bytes = try reader.bytes(isTwo ? 540 : 348, "the header")
    let size = isTwo ? 8 : 2
    type = bytes.number(at: isTwo ? 12 : 70, byteCount: 2, isBigEndian)
    var numbers: [Int] = []
    for index in 0..<8 {
      numbers.append(bytes.number(at: axesPlace + index * size, byteCount: size, isBigEndian))
    }
    guard 1...7 ~= numbers[0] else {
      throw reader.malformed(at: axesPlace, found: "\(numbers[0]) axes", expected: "1 to 7")
    }
    axes = Array(numbers[1...numbers[0]])
    guard axes.allSatisfy({ $0 > 0 }) else {
      throw reader.malformed(
        at: axesPlace, found: "sizes \(axes.map(String.init).joined(separator: " "))",
        expected: "at least 1 each")
    }
    if isTwo {
      offset = bytes.number(at: offsetPlace, byteCount: 8, isBigEndian)
    } else {
      let number = bytes.float(at: offsetPlace, isBigEndian)
      guard let whole = Int(exactly: number), whole >= 0 else {
        throw reader.malformed(
          at: offsetPlace, found: "samples from byte \(Double(number).plainText) on",
          expected: "a byte of the file")
      }
      offset = whole
    }
    let slope =
      isTwo ? bytes.double(at: 176, isBigEndian) : Double(bytes.float(at: 112, isBigEndian))
    let more =
      isTwo ? bytes.double(at: 184, isBigEndian) : Double(bytes.float(at: 116, isBigEndian))
    let line = Rescaling(scale: slope, bias: more.isFinite ? more : 0)
    let isMeant = version.kind != .analyze && slope != 0 && slope.isFinite && !line.isIdentity
    rescaling = isMeant ? line : nil
  }

  /// What it says that is neither where the samples stand nor what they are, as nouns.
  func unshown(_ reader: inout HeaderReader) throws(FormatError) -> [String] {
    let isTwo = version.kind == .two
    let end = headerByteCount
    reader.offset = 0
    let bytes = try reader.bytes(end, "the header")
    func says(_ one: Int, _ two: Int, _ count: Int) -> Bool {
      let place = isTwo ? two : one
      return bytes[place..<place + count].contains { $0 != 0 }
    }
    let sizes = axes.indices.map { index in
      isTwo
        ? bytes.double(at: 112 + index * 8, version.isBigEndian)
        : Double(bytes.float(at: 80 + index * 4, version.isBigEndian))
    }
    var said: [String] = []
    if sizes.contains(where: { $0 != 0 && $0 != 1 }) { said.append("sizes of a voxel") }
    if says(148, 240, 80) { said.append("description") }
    if says(124, 192, isTwo ? 16 : 8) { said.append("range to show") }
    guard version.kind != .analyze else { return said }
    if says(252, 344, isTwo ? 8 : 4) { said.append("place in space") }
    if says(68, 504, isTwo ? 4 : 2) { said.append("intent") }
    if says(123, 500, 1) { said.append("units") }
    reader.offset = end
    if !reader.isAtEnd, try reader.byte("the mark of extensions") != 0 { said.append("extensions") }
    return said
  }

  func array() throws(FormatError) -> StoredArray {
    let (element, bandCount) = try NIfTI.samples(type, isBigEndian: version.isBigEndian)
    let sizes = axes.count == 1 ? axes + [1] : axes
    return try StoredArray(
      format: NIfTI.name, element, axes: bandCount > 1 ? [bandCount] + sizes : sizes,
      bandAxis: bandCount > 1 ? 0 : nil, sizeOffset: axesPlace)
  }
}

extension NIfTI {
  static func plainFile(
    _ image: Image, as rawmode: Rawmode?
  ) throws(FormatError) -> PlainFile {
    let array = try ArrayFile(image, as: rawmode, in: types, format: name)
    let (element, bandCount) = (array.words.element, image.mode.bandCount)
    let color = colors.first { $0.bandCount == bandCount && element.byteCount == 1 }?.type
    guard bandCount == 1 || color != nil && image.mode.holdsColorsAsTheyAre,
      let type = color ?? Int(array.typeName)
    else { throw .cannotHold(format: name, image.format) }
    let line = image.metadata?.rescaling ?? Rescaling(scale: 1, bias: 0)
    let isTwo =
      max(image.width, image.height) > Int(Int16.max)
      || [line.scale, line.bias].contains { Double(Float($0)) != $0 }
    let isBigEndian = element.isBigEndian
    var header = [UInt8](repeating: 0, count: isTwo ? 544 : 352)
    func put(_ number: Int, at offset: Int, _ byteCount: Int) {
      header.replaceSubrange(
        offset..<offset + byteCount, with: number.bytes(byteCount, bigEndian: isBigEndian))
    }
    func put(_ number: Float, at offset: Int) { put(Int(number.bitPattern), at: offset, 4) }
    let size = isTwo ? 8 : 2
    let axes = isTwo ? 16 : 40
    put(isTwo ? 540 : 348, at: 0, 4)
    for (index, number) in [2, image.width, image.height, 1, 1, 1, 1, 1].enumerated() {
      put(number, at: axes + index * size, size)
    }
    put(type, at: isTwo ? 12 : 70, 2)
    put(element.byteCount.inBits * bandCount, at: isTwo ? 14 : 72, 2)
    if isTwo {
      header.replaceSubrange(4..<12, with: Array("n+2\0\r\n\u{1A}\n".utf8))
      put(544, at: 168, 8)
      for index in 0..<8 { put(Int(Int64(1.0.bitPattern)), at: 104 + index * 8, 8) }
      for (index, number) in [line.scale, line.bias].enumerated() {
        put(Int(truncatingIfNeeded: number.bitPattern), at: 176 + index * 8, 8)
      }
    } else {
      header.replaceSubrange(344..<348, with: Array("n+1\0".utf8))
      put(352, at: 108)
      for index in 0..<8 { put(1, at: 76 + index * 4) }
      put(Float(line.scale), at: 112)
      put(Float(line.bias), at: 116)
      header[38] = UInt8(ascii: "r")
    }
    return array.file(header: header)
  }
}

extension Mode {
  /// Whether three or four bytes are red, green, blue and opacity.
  fileprivate var holdsColorsAsTheyAre: Bool { self == .rgb || self == .rgba }
}
