import PixelViews

extension NPY {
  /// A type of samples: the format and the rawmode that show one of them as a pixel.
  struct Samples {
    var byteCount: Int
    var mode: Mode
    var rawmode: String
    /// Whether several samples make a pixel of `LA`, `RGB` or `RGBA`.
    var makesColors = false
  }

  /// The samples of a type.
  ///
  /// - Throws: ``FormatError/unsupported(format:feature:)``, which names the type.
  static func samples(_ descr: String) throws(FormatError) -> Samples {
    let isBig = descr.first == ">"
    // Every machine that Swift runs on is little-endian, which is what "=" then means.
    let hasOrder = descr.first.map { "<>|=".contains($0) } == true
    let type = hasOrder ? descr.dropFirst() : Substring(descr)
    let big = isBig ? "B" : ""
    switch type {
    case "b1": return Samples(byteCount: 1, mode: .bilevel, rawmode: "1;8")
    case "u1": return Samples(byteCount: 1, mode: .gray, rawmode: "L", makesColors: true)
    case "i1": return Samples(byteCount: 1, mode: .integer, rawmode: "I;8S")
    case "u2":
      return isBig
        ? Samples(byteCount: 2, mode: .gray16Big, rawmode: "I;16B", makesColors: true)
        : Samples(byteCount: 2, mode: .gray16, rawmode: "I;16", makesColors: true)
    case "i2", "i4", "i8":
      let bits = type == "i2" ? 16 : type == "i4" ? 32 : 64
      return Samples(byteCount: bits.inWholeBytes, mode: .integer, rawmode: "I;\(bits)\(big)S")
    case "u4", "u8":
      let bits = type == "u4" ? 32 : 64
      return Samples(byteCount: bits.inWholeBytes, mode: .integer, rawmode: "I;\(bits)\(big)")
    case "f2", "f4", "f8":
      let bits = type == "f2" ? 16 : type == "f4" ? 32 : 64
      return Samples(byteCount: bits.inWholeBytes, mode: .float, rawmode: "F;\(bits)\(big)F")
    default: throw .unsupported(format: name, feature: unreadable(type, descr))
    }
  }

  private static func unreadable(_ type: Substring, _ descr: String) -> String {
    switch type.first {
    case "O": "pickled Python objects (type '\(descr)')"
    case "c": "complex numbers (type '\(descr)')"
    case "S", "a", "U": "text (type '\(descr)')"
    case "V": "a structure or untyped bytes (type '\(descr)')"
    case "m", "M": "dates and times (type '\(descr)')"
    default: "the type '\(descr)'"
    }
  }

  /// One axis of an array, in bytes.
  struct Axis: Hashable {
    var count: Int
    var stride: Int
  }

  /// The axes of an image, or of several.
  struct Axes: Hashable {
    var frames = Axis(count: 1, stride: 0)
    var rows: Axis
    var columns: Axis
    var bands = Axis(count: 1, stride: 0)
  }

  /// Which axis is which.
  static func axes(
    shape: [Int], isFortranOrder: Bool, sampleByteCount: Int
  ) throws(FormatError) -> Axes {
    let numbers = shape.map(String.init).joined(separator: ", ")
    let words = "shape (\(numbers)\(shape.count == 1 ? "," : ""))"
    guard (2...4).contains(shape.count) else {
      throw .notAnImage(format: name, found: words, expected: "2 to 4 axes are needed")
    }
    guard !shape.contains(0) else {
      throw .notAnImage(format: name, found: words, expected: "no axis may be 0")
    }
    var axes: [Axis] = []
    var stride = sampleByteCount
    for count in isFortranOrder ? shape : shape.reversed() {
      axes.append(Axis(count: count, stride: stride))
      guard let next = stride.multiplied(by: count), next.checkedInBits != nil else {
        throw .tooLarge(format: name, found: words, limit: "\(Int.max.inWholeBytes) bytes")
      }
      stride = next
    }
    if !isFortranOrder { axes.reverse() }
    let (first, last) = (axes[0], axes[axes.count - 1])
    switch axes.count {
    case 2: return Axes(rows: first, columns: last)
    case 3 where (1...4).contains(last.count):
      return Axes(rows: first, columns: axes[1], bands: last)
    case 3 where (1...4).contains(first.count):
      return Axes(rows: axes[1], columns: last, bands: first)
    case 3: return Axes(frames: first, rows: axes[1], columns: last)
    case 4 where (1...4).contains(last.count):
      return Axes(frames: first, rows: axes[1], columns: axes[2], bands: last)
    case 4 where (1...4).contains(axes[1].count):
      return Axes(frames: first, rows: axes[2], columns: last, bands: axes[1])
    default:
      throw .notAnImage(format: name, found: words, expected: "an axis of 1 to 4 bands is needed")
    }
  }

  static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    let header = try header(&reader)
    let samples = try samples(header.descr)
    let axes = try axes(
      shape: header.shape, isFortranOrder: header.isFortranOrder,
      sampleByteCount: samples.byteCount)
    let isColor = axes.bands.count > 1 && samples.makesColors
    let framesPerImage = isColor ? 1 : axes.bands.count
    guard let count = axes.frames.count.multiplied(by: framesPerImage) else {
      throw .tooLarge(format: name, found: "\(header.shape)", limit: "\(Int.max) frames")
    }
    let frame = options.frame < 0 ? count + options.frame : options.frame
    guard (0..<count).contains(frame) else {
      throw .noFrame(format: name, frame: options.frame, count: count)
    }
    let (image, band) = frame.quotientAndRemainder(dividingBy: framesPerImage)
    // All strides were checked against the bytes of the whole array, so no sum can overflow but the
    // one with the header.
    let frameOffset = image * axes.frames.stride + band * axes.bands.stride
    guard let offset = header.offset.added(to: frameOffset), offset.checkedInBits != nil else {
      throw .tooLarge(
        format: name, found: "\(header.shape)", limit: "\(Int.max.inWholeBytes) bytes")
    }
    let rawmode = isColor ? colorRawmode(samples, axes.bands.count) : nil
    let mode = rawmode?.mode ?? samples.mode
    guard let rawmode = rawmode ?? Rawmode.named(samples.rawmode, mode: mode) else {
      throw .unsupported(format: name, feature: "the type '\(header.descr)'")
    }
    var layout = try rawmode.stored(width: 1, height: 1)
    layout.width = axes.columns.count
    layout.height = axes.rows.count
    layout.offset = offset
    layout.pixelStride = axes.columns.stride
    layout.stride = axes.rows.stride
    if isColor {
      for index in layout.fields.indices {
        layout.fields[index].offset = index * axes.bands.stride
      }
    }
    let notes =
      framesPerImage > 1
      ? ["no mode has \(framesPerImage) samples of type '\(header.descr)'; each is a frame"]
      : isColor ? planesNote(header, samples, axes, mode) : []
    return .mapped(
      FileFormat.Pixels(
        layout: layout, format: PixelFormat(mode, rawmode.type), frameCount: count, notes: notes))
  }

  /// What planes of colors may be as well: images of their own.
  private static func planesNote(
    _ header: Header, _ samples: Samples, _ axes: Axes, _ mode: Mode
  ) -> [String] {
    guard header.shape.count == 3, !(1...4).contains(header.shape[2]), !header.isFortranOrder else {
      return []
    }
    let shape = header.shape.map(String.init).joined(separator: ", ")
    return [
      "shape (\(shape)) is taken as the planes of one \(mode.name) image; if they are "
        + "\(axes.bands.count) images, give `imgtool frombuffer` these options: --size "
        + "\(axes.columns.count)x\(axes.rows.count) --mode '\(samples.mode.name)' --offset "
        + "\(header.offset) --frame N"
    ]
  }

  private static func colorRawmode(_ samples: Samples, _ bandCount: Int) -> Rawmode? {
    let mode: Mode = bandCount == 2 ? .grayAlpha : bandCount == 3 ? .rgb : .rgba
    let isWide = samples.byteCount == 2
    return Rawmode.named(
      isWide ? Rawmode.words(mode, bigEndian: samples.mode == .gray16Big) : mode.name, mode: mode)
  }
}
