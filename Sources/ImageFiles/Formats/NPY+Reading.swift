import PixelViews

extension NPY {
  /// The type of the samples.
  ///
  /// - Throws: ``FormatError/unsupported(format:feature:)``, which names the type.
  static func element(
    _ descr: String, format: String = name
  ) throws(FormatError) -> ArrayElement {
    // Every machine that Swift runs on is little-endian, which is what "=" then means.
    let hasOrder = descr.first.map { "<>|=".contains($0) } == true
    let type = hasOrder ? descr.dropFirst() : Substring(descr)
    let kind = type.first.flatMap { ArrayElement.Kind(rawValue: String($0)) }
    guard let kind, let byteCount = Int(type.dropFirst()), "\(byteCount)" == type.dropFirst() else {
      throw .unsupported(format: format, feature: unreadable(type, descr))
    }
    let element = ArrayElement(kind, byteCount: byteCount, isBigEndian: descr.first == ">")
    guard element.isStored else {
      throw .unsupported(format: format, feature: unreadable(type, descr))
    }
    return element
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
  ///
  /// - Parameter hasPlanes: whether the bands come before rows and columns; `nil` to see it from the counts.
  static func axes(
    shape: [Int], isFortranOrder: Bool, sampleByteCount: Int, hasPlanes: Bool? = nil,
    format: String = name
  ) throws(FormatError) -> Axes {
    let numbers = shape.map(String.init).joined(separator: ", ")
    let words = "shape (\(numbers)\(shape.count == 1 ? "," : ""))"
    guard (2...4).contains(shape.count) else {
      throw .notAnImage(format: format, found: words, expected: "2 to 4 axes are needed")
    }
    guard !shape.contains(0) else {
      throw .notAnImage(format: format, found: words, expected: "no axis may be 0")
    }
    var axes: [Axis] = []
    var stride = sampleByteCount
    for count in isFortranOrder ? shape : shape.reversed() {
      axes.append(Axis(count: count, stride: stride))
      guard let next = stride.multiplied(by: count), next.checkedInBits != nil else {
        throw .tooLarge(format: format, found: words, limit: "\(Int.max.inWholeBytes) bytes")
      }
      stride = next
    }
    if !isFortranOrder { axes.reverse() }
    let (first, last) = (axes[0], axes[axes.count - 1])
    switch axes.count {
    case 2: return Axes(rows: first, columns: last)
    case 3 where hasPlanes != true && (1...4).contains(last.count):
      return Axes(rows: first, columns: axes[1], bands: last)
    case 3 where hasPlanes != false && (1...4).contains(first.count):
      return Axes(rows: axes[1], columns: last, bands: first)
    case 3 where hasPlanes == nil: return Axes(frames: first, rows: axes[1], columns: last)
    case 4 where hasPlanes != true && (1...4).contains(last.count):
      return Axes(frames: first, rows: axes[1], columns: axes[2], bands: last)
    case 4 where hasPlanes != false && (1...4).contains(axes[1].count):
      return Axes(frames: first, rows: axes[2], columns: last, bands: axes[1])
    default:
      let place = hasPlanes.map { $0 ? " before rows and columns" : " after rows and columns" }
      throw .notAnImage(
        format: format, found: words, expected: "an axis of 1 to 4 bands is needed\(place ?? "")")
    }
  }

  static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    return .mapped(try pixels(header(&reader), in: reader.byteCount, options))
  }

  /// The pixels of an array that a header describes, which may stand in a file of another format.
  static func pixels(
    _ header: Header, in fileByteCount: Int, _ options: FileFormat.DescribeOptions,
    format: String = name
  ) throws(FormatError) -> FileFormat.Pixels {
    let element = try element(header.descr, format: format)
    let axes = try axes(
      shape: header.shape, isFortranOrder: header.isFortranOrder,
      sampleByteCount: element.byteCount, hasPlanes: options.hasPlanes, format: format)
    let colors = axes.bands.count > 1 ? Mode(showing: element, bandCount: axes.bands.count) : nil
    let isColor = colors != nil
    let framesPerImage = isColor ? 1 : axes.bands.count
    guard let count = axes.frames.count.multiplied(by: framesPerImage) else {
      throw .tooLarge(format: format, found: "\(header.shape)", limit: "\(Int.max) frames")
    }
    let frame = try options.frame(of: count, format)
    let (image, band) = frame.quotientAndRemainder(dividingBy: framesPerImage)
    // All strides were checked against the bytes of the whole array, so no sum can overflow but the
    // one with the header.
    let frameOffset = image * axes.frames.stride + band * axes.bands.stride
    guard let offset = header.offset.added(to: frameOffset), offset.checkedInBits != nil else {
      throw .tooLarge(
        format: format, found: "\(header.shape)", limit: "\(Int.max.inWholeBytes) bytes")
    }
    guard let mode = colors ?? Mode(showing: element, bandCount: 1),
      let rawmode = Rawmode.storing(mode, in: element)
    else { throw .unsupported(format: format, feature: "the type '\(header.descr)'") }
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
      : isColor && options.hasPlanes == nil ? planesNote(header, element, axes, mode) : []
    var pixels = FileFormat.Pixels(
      layout: layout, format: PixelFormat(mode, rawmode.type), frameCount: count, notes: notes)
    // The axes were checked for this product.
    let byteCount = header.shape.reduce(element.byteCount, &*)
    let rest = fileByteCount - header.offset - byteCount
    pixels.trailingByteCount = max(0, rest)
    if rest < 0, count > 1 {
      pixels.notes.append(
        "\((-rest).bytes) of the \(byteCount) in its \(count) frames \(rest == -1 ? "is" : "are") "
          + "missing at the end of the file")
    }
    return pixels
  }

  /// What planes of colors may be as well: images of their own.
  private static func planesNote(
    _ header: Header, _ element: ArrayElement, _ axes: Axes, _ mode: Mode
  ) -> [String] {
    guard header.shape.count == 3, !(1...4).contains(header.shape[2]), !header.isFortranOrder,
      let single = Mode(showing: element, bandCount: 1),
      let rawmode = Rawmode.storing(single, in: element)
    else { return [] }
    let shape = header.shape.map(String.init).joined(separator: ", ")
    return [
      "shape (\(shape)) is read as the planes of one \(mode.name) image; if they are "
        + "\(axes.bands.count) images, give `imgtool frombuffer` these options: --size "
        + "\(axes.columns.count)x\(axes.rows.count) --mode '\(single.name)' "
        + "--rawmode '\(rawmode.name)' --offset \(header.offset) --frame N"
    ]
  }
}
