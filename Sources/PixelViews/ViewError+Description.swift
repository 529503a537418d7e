import PixelMemory

extension ViewError: CustomStringConvertible, DescribedError {
  public var description: String { line }

  /// The system's number for what went wrong; `nil` where it was not the system that refused.
  public var errno: Int32? { if case .memory(let error) = self { error.errno } else { nil } }

  package var subject: String? { if case .memory(let error) = self { error.subject } else { nil } }

  package var finding: String {
    switch self {
    case .memory(let error): error.finding
    case .overflow(let width, let height, let stride):
      "\(width)x\(height)\(stride == 0 ? "" : " with a stride of \(stride)") needs more bytes than "
        + "64 bits can count"
    case .tooShort(let short):
      ViewError.finding(short)
    case .invalid(let fault): fault.description
    case .strideTooSmall(let stride, let rowByteCount):
      "the stride is \(stride); at least \(rowByteCount) is expected, the bytes of a row"
    case .rowBitsTooFew(let found, let least):
      "a row is \(found) bits; at least \(least) are expected"
    case .wordRows(let rawmode, let rowBits):
      "rows of \(rowBits) bits would not start on bytes, as samples of rawmode \(rawmode) must; a "
        + "multiple of 8 is expected"
    case .chromaStrideTooSmall(let stride, let rowByteCount):
      "the stride is \(stride); at least \(rowByteCount) is expected, the bytes of a row of chroma"
    case .planeRowsTooFew(let found, let height):
      "planes of \(found) rows are too short for an image of \(height)"
    case .emptySize(let width, let height):
      "the size is \(width)x\(height); at least 1x1 is expected"
    case .outside(let area, let width, let height):
      (area.width == 1 && area.height == 1
        ? "pixel \(area.x),\(area.y)" : "\(area.width)x\(area.height)+\(area.x)+\(area.y)")
        + " is outside of the image, which is \(width)x\(height) (0,0 to \(width - 1),\(height - 1))"
    case .sampleOutOfRange(let value, let band, let low, let high):
      "\(value.plainText) is not a sample of band \(band), which holds "
        + (low == 0 && high == 255 && band == Mode.bilevel.bands[0]
          ? "0 or 255" : "\(low.plainText) to \(high.plainText)")
    case .notRepresentable(let x, let y):
      "the number at \(x),\(y) has more than 53 bits and cannot be shown exactly"
    case .cannotStore(let value, let x, let y, let bitCount):
      "pixel \(x),\(y): \(value.plainText) does not fit \(bitCount) bits"
        + (value < 0 ? " without a sign" : "")
    case .doesNotFit(let value, let x, let y, let bits, let nearest):
      "pixel \(x),\(y): \(value.plainText) does not fit \(bits) bit\(bits == 1 ? "" : "s"); "
        + "it would become \(nearest.plainText)"
    case .clamped(let sample): ViewError.finding(sample)
    case .noColor(let index, let x, let y, let colors):
      "pixel \(x),\(y) has index \(index); the palette has \(colors) color\(colors == 1 ? "" : "s"), "
        + "counted from 0"
    case .indexBeyondPalette(let index, let colors):
      "index \(index) is beyond the palette, which has \(colors) color\(colors == 1 ? "" : "s"), "
        + "counted from 0"
    case .readOnly(let reason): "the image is read-only: \(reason)"
    case .sharedSamples(let bands, let across, let down, _):
      "\(across * down) pixels share this \(bands.joined(separator: " and "))"
    case .unsupported(let operation, let mode):
      "\(operation) has no meaning in mode \(mode.name)"
        + (mode.isIndexed ? ", whose samples are indices" : "")
    case .unbounded(let operation, let format):
      "\(operation) has no meaning for \(format.words), which have no largest sample"
    case .noConversion(let from, let to): ViewError.finding(from, to)
    case .paletteMissing(let mode): "mode \(mode.name) needs a palette"
    case .noBand(let band, let mode):
      "there is no band \(band); mode \(mode.name) has "
        + (mode.bandCount == 1 ? "band 0 alone" : "0 to \(mode.bandCount - 1)")
    case .sampleCount(let found, let mode):
      "\(found) sample\(found == 1 ? "" : "s"); mode \(mode.name) has \(mode.bandCount) "
        + "(\(mode.bands.joined(separator: ", ")))"
    case .stepTooSmall(let columns, let rows):
      "the step is \(columns)x\(rows); at least 1x1 is expected"
    case .noMosaic(let mode):
      mode.bandCount == 1
        ? "the colors of the mosaic are not known"
        : "the image is \(mode.name); a mosaic, one sample per pixel, is expected"
    case .mosaicTooSmall(let width, let height):
      "the mosaic is \(width)x\(height); at least a cell of 2x2 is expected, which has all colors"
    case .badLevels(let largest):
      "black must be less than white, both from 0 to \(largest.plainText), and a gain more than 0, at "
        + "most 1000000"
    case .emptyWindow(let low, let high):
      "the window goes from \(low.plainText) to \(high.plainText); two numbers are expected, the "
        + "second larger than the first"
    case .negative(let name, let found):
      "the \(name) is \(found.plainText); 0 or more is expected"
    case .opacityLost(let from, let to):
      "opacity of the \(from.name) would be lost in \(to.name); a picture without is expected"
    case .samplesDiffer(let image, let picture):
      "the image has \(image.type.words) samples, the picture pasted has \(picture.type.words) ones; "
        + "convert one of them first"
    case .oneWord(let rawmode, let interleave):
      "rawmode \(rawmode) keeps its samples in one word, which interleave by \(interleave.rawValue) "
        + "would part"
    case .ownPlanes(let rawmode, let interleave):
      "rawmode \(rawmode) says itself where the samples of a pixel stand, which interleave by "
        + "\(interleave.rawValue) would change"
    case .formatsDiffer(let one, let other):
      "\(one.words) and \(other.words); the same mode and samples are expected"
    case .palettesDiffer(let index, let from, let to):
      "index \(index) is \(ViewError.color(from)) in the picture and \(ViewError.color(to)) in the "
        + "image; the same colors are expected"
    case .sizesDiffer(let width, let height, let otherWidth, let otherHeight):
      "\(width)x\(height) and \(otherWidth)x\(otherHeight); the same size is expected"
    }
  }

  private static func color(_ quad: [UInt8]) -> String {
    let samples = quad.last == 255 ? quad.dropLast() : quad[...]
    return quad.isEmpty ? "no color" : samples.map(String.init).joined(separator: ",")
  }

  private static func finding(_ sample: ClampedSample) -> String {
    let type = sample.source.type
    let picture = sample.range.map {
      "; the picture has \(type.text($0.lowerBound)) to \(type.text($0.upperBound))"
    }
    // A window takes every number.
    let taken =
      sample.lowest.isInfinite
      ? "numbers" : "\(sample.lowest.plainText) to \(sample.highest.plainText)"
    let band = sample.source.mode.bandCount == 1 ? "" : "band \(sample.band) of "
    return "\(band)pixel \(sample.x),\(sample.y) is "
      + (sample.value.isNaN ? "not a number" : type.text(sample.value))
      + ", which a conversion to \(sample.target.name) would clamp: it takes \(taken)"
      + (picture ?? "")
  }

  private static func finding(_ short: TooShort) -> String {
    let pixels = "\(short.width)x\(short.height) pixels"
    guard short.needed > short.available else {
      return
        "\(pixels) with the first at byte \(short.offset) and a stride of \(short.stride) reach "
        + "to before the first byte"
    }
    return "\(pixels) need \(short.needed.bytes) from offset 0 (the first pixel is at byte "
      + "\(short.offset), the stride is \(short.stride)), \(short.available) "
      + "\(short.available == 1 ? "is" : "are") there"
  }

  private static func finding(_ from: PixelFormat, _ to: Mode) -> String {
    let reachable = Mode.allCases.filter {
      $0 != from.mode && Conversion(from: from, to: $0, palette: .gray) != nil
    }
    return "there is no conversion from \(from.mode.name) to \(to.name)"
      + (to == .lab || from.mode == .lab
        ? ", which takes a color profile; ImageMagick and libvips have some" : "")
      + (reachable.isEmpty ? "" : "; there is to \(reachable.map(\.name).joined(separator: ", "))")
  }
}

extension ViewError.ReadOnlyReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .buffer: "its bytes may only be read"
    case .derived: "its pixels are computed from others; a copy can be edited"
    case .layout: "its samples share bytes or have none; a copy can be edited"
    }
  }
}

extension SampleType {
  /// A number as a sample of the type is written.
  func text(_ number: Double) -> String {
    let isFraction = number != number.rounded()
    return self == .f32 && isFraction ? "\(Float(number))" : number.plainText
  }
}
