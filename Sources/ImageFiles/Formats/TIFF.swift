// TIFF 6.0 (Adobe, 1992), with its technical notes, and BigTIFF.
//
//      offset  bytes
//           0      2  "II": numbers are little-endian; "MM": big-endian
//           2      2  42, or 43 for BigTIFF, whose offsets have 8 bytes
//           4      4  offset of the first directory     (BigTIFF: 2 x 8, 2 x 0, then 8 bytes)
//
//   a directory: 2 bytes count, entries in ascending order of tags, 4 bytes offset of the next
//   an entry:    2 bytes tag, 2 bytes type, 4 bytes count, 4 bytes value, or offset of the values
//                (BigTIFF: 8 bytes for all but tag and type)
//
//   256 width             257 height            258 bits of each sample   259 compression
//   262 photometric       266 fill order        273 offsets of strips     274 orientation
//   277 samples a pixel   278 rows of a strip   279 bytes of strips       284 1 chunky, 2 planar
//   317 predictor         320 color map         322 323 tile size         324 325 tiles
//   338 extra samples     339 sample format     530 chroma subsampling
//
//   of a sensor's mosaic (TIFF/EP, DNG): 33421 its size, 33422 its colors, 0 red, 1 green, 2 blue; a DNG
//   file has it in one of the directories that 330 names, and in the first one a small picture
//
//   said beside the pixels: 269 title, 270 description, 271 make, 272 model, 282 283 296 density, 305
//   software, 306 time, 315 artist, 316 host, 318 319 chromaticities, 700 XMP, 33432 copyright, 34675 profile
//
// Rows of strips are padded to whole bytes. Strips that follow each other, or of one row at a
// constant distance, are one layout, and so are planes wherever they stand: these are mapped in
// place. libtiff puts all others together in private memory: other strips, tiles, and those that are
// compressed in any way that it knows; subsampled YCbCr it makes RGB, LogLuv numbers of linear RGB. A
// color map of which no number is above 255 has 8 bits, and one for indices of 16 bits is looked up. Refused:
// strips of planes in a number that 278 does not make, other colors than RGB of more than 16 bits or with
// signs, samples of different sizes in a pixel.
//
// Written: one strip right after the directory, so that a TIFF is a header and raw rows; in the
// image's own byte order and width of numbers where TIFF has them, else little-endian.

import PixelMemory
import PixelViews

/// The numbers of the specification.
enum TIFF {
  enum Tag: UInt16, Sendable {
    case width = 256
    case height = 257
    case bitsPerSample = 258
    case compression = 259
    case photometric = 262
    case fillOrder = 266
    case stripOffsets = 273
    case orientation = 274
    case samplesPerPixel = 277
    case rowsPerStrip = 278
    case stripByteCounts = 279
    case planarConfiguration = 284
    case predictor = 317
    case colorMap = 320
    case tileWidth = 322
    case tileHeight = 323
    case tileOffsets = 324
    case tileByteCounts = 325
    case inkSet = 332
    case extraSamples = 338
    case sampleFormat = 339
    case ycbcrSubsampling = 530
    case documentName = 269
    case imageDescription = 270
    case make = 271
    case model = 272
    case xResolution = 282
    case yResolution = 283
    case resolutionUnit = 296
    case software = 305
    case dateTime = 306
    case artist = 315
    case hostComputer = 316
    case whitePoint = 318
    case primaryChromaticities = 319
    case subdirectories = 330
    case xmp = 700
    case imageDepth = 32997
    case mosaicSize = 33421
    case mosaic = 33422
    case copyright = 33432
    case iccProfile = 34675
    case dngVersion = 50706
  }

  /// Directories of a file: more than a camera's burst or a microscope's stack has.
  static let directoryLimit = 1 << 20
  /// Samples of a pixel: a hyperspectral cube has hundreds.
  static let sampleLimit = 4096
}

extension FileFormat {
  static let tiff = FileFormat(
    name: "tiff", summary: "TIFF 6.0 and BigTIFF, every page", suffixes: [".tif", ".tiff"],
    modes: [
      .bilevel, .gray, .grayAlpha, .grayPremultiplied, .palette, .paletteAlpha, .rgb, .rgba, .rgbx,
      .rgbPremultiplied, .cmyk, .ycbcr, .lab, .integer, .float, .gray16, .gray16Little, .gray16Big,
      .gray16Native,
    ],
    wideModes: [
      .gray, .grayAlpha, .grayPremultiplied, .rgb, .rgba, .rgbx, .rgbPremultiplied, .cmyk,
    ],
    numberColors: PixelFormat.numberColors,
    honorsRawmode: true, keepsNumbers: true, keepsPalette: true,
    recognize: { prefix in
      let mark = prefix.prefix(4)
      return mark == [0x49, 0x49, 42, 0] || mark == [0x4D, 0x4D, 0, 42]
        || mark == [0x49, 0x49, 43, 0] || mark == [0x4D, 0x4D, 0, 43]
    },
    describe: TIFF.describe,
    metadata: .tiff,
    encoding: .plain(TIFF.plainFile))
}

extension TIFF {
  @Sendable static func describe(
    _ header: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    var reader = try TIFFReader(header)
    let walk = try options.walk { () throws(FormatError) in
      let (offsets, failure) = reader.directories()
      return FrameIndex.Walk(starts: offsets, failure: failure)
    }
    var directories = walk.starts
    let failure = walk.failure
    var frameNumber = options.frameNumber
    if let mosaic = try appendSubdirectories(&reader, &directories), options.frame == nil {
      frameNumber = mosaic
    }
    let frame = frameNumber < 0 ? directories.count + frameNumber : frameNumber
    if let failure, options.frameNumber < 0 || frame >= directories.count { throw failure }
    guard directories.indices.contains(frame) else {
      throw .noFrame(format: "tiff", frame: options.frameNumber, count: directories.count)
    }
    let directory = try reader.directory(at: directories[frame])
    let compression = Compression(try reader.value(.compression, of: directory, default: 1))
    var samples = try Samples(&reader, directory, compression)
    let segments = try Segments(&reader, directory, samples, compression)
    let orientation = try reader.value(.orientation, of: directory, default: 1)
    var notes = samples.notes
    let palette = try palette(&reader, directory, samples, &notes)
    let colors = try colors(&reader, directory, &samples)
    if failure != nil {
      notes.append("the link from page \(directories.count - 1) to the next is broken")
    }
    if orientation != 1, (1...8).contains(orientation) {
      notes.append("orientation \(orientation) is shown upright")
    }
    var hidden: [Loss] = []
    if samples.count > samples.format.mode.bandCount { hidden.append("extra samples") }
    var stack: Range<Int>?
    if let found = stackCount(
      &reader, directory, samples, (segments.width, segments.height)), found.count > 1,
      directories.count == 1
    {
      notes.append(
        "\(found.program) keeps \(found.count) images after the only page; the first is shown")
      hidden.append(Loss("other images of the \(found.program) stack"))
      stack = try segments.stack(of: found.count, &reader)
    }
    let depth = try reader.value(.imageDepth, of: directory, default: 1)
    if depth > 1 {
      notes.append("the page is \(depth) slices deep; the first is shown")
      hidden.append("other slices of the page")
    }
    let metadata = metadata(&reader, directory, samples.format)

    let inPlace = samples.source == .samples ? try segments.planesInPlace(&reader) : nil
    var decoding: Decoding?
    let layout: Layout
    if let inPlace {
      layout = try samples.layout(segments, inPlace, byteCount: header.byteCount).checked()
    } else {
      let other = try Decoding(
        segments, samples, directory: directory.offset, colors: colors, threads: options.threads)
      layout = try other.samples.layout(segments, other.planes, byteCount: .max).checked()
      decoding = other
    }
    if stack != nil, inPlace != nil, let options = rawOptions(layout, samples.format) {
      notes.append(
        "to see the others, give `imgtool frombuffer` these options: \(options) --frame N")
    }
    var pixels = FileFormat.Pixels(
      layout: reorientations(orientation).reduce(layout) { $0.reoriented($1) },
      format: samples.format, palette: palette, frameCount: directories.count, notes: notes,
      metadata: metadata)
    pixels.mosaic = try mosaic(&reader, directory, layout, reorientations(orientation))
    pixels.hidden = hidden
    pixels.frameFailure = failure
    if failure == nil, options.findsEnd || directories.count <= expectedPageLimit {
      pixels.trailingByteCount = trailingByteCount(&reader, directories, stack: stack)
    }
    guard let decoding else { return .mapped(pixels) }
    let reason = segments.copyReason(samples)
    return .decoded(pixels, reason: reason) { buffer, limits throws(FormatError) in
      FileFormat.Decoded(buffer: try decoding.decode(buffer, limits: limits))
    }
  }

  /// The options that read rows which follow each other as a raw file; `nil` for other layouts.
  private static func rawOptions(_ layout: Layout, _ format: PixelFormat) -> String? {
    var options = Rawmode.Options()
    options.offset = layout.offset
    let rawmode = Rawmode.all.first {
      $0.storedFormat == format && !$0.isDerived
        && (try? $0.layout(width: layout.width, height: layout.height, options: options)) == layout
    }
    return rawmode.map {
      "--size \(layout.width)x\(layout.height) --mode '\(format.mode.name)' --rawmode '\($0.name)' "
        + "--offset \(layout.offset)"
    }
  }

  /// The numbers of the color map: all red ones, then the green and the blue.
  private static func colorMap(
    _ reader: inout TIFFReader, _ directory: TIFFDirectory, _ samples: Samples
  ) throws(FormatError) -> [Int] {
    let count = 3 << samples.bits
    let map = try reader.values(.colorMap, of: directory, limit: count)
    guard map.count == count else {
      throw reader.header.malformed(
        at: directory.entry(.colorMap)?.position ?? directory.offset,
        found: "\(map.count) numbers of a color map", expected: "\(count)")
    }
    return map
  }

  private static func palette(
    _ reader: inout TIFFReader, _ directory: TIFFDirectory, _ samples: Samples,
    _ notes: inout [String]
  ) throws(FormatError) -> Palette? {
    guard samples.format.mode.isIndexed else { return nil }
    let count = 1 << samples.bits
    let map = try colorMap(&reader, directory, samples)
    // Some programs write bytes where words belong: no picture is as dark as those would be.
    let isNarrow = map.allSatisfy { $0 < 256 }
    if isNarrow, map.contains(where: { $0 > 0 }) {
      notes.append("the numbers of the color map are read as 8 bits, since none is above 255")
    }
    let colors = (0..<count).flatMap { index in
      (0..<3).map { UInt8(truncatingIfNeeded: map[$0 * count + index] >> (isNarrow ? 0 : 8)) }
    }
    // Programs widen a byte by zeros or by the byte again.
    let rounded = (0..<count).first { index in
      (0..<3).contains { band in
        let word = map[band * count + index]
        return word & 0xFF != 0 && word & 0xFF != word >> 8
      }
    }
    if let rounded, !isNarrow {
      let found = (0..<3).map { String(map[$0 * count + rounded]) }.joined(separator: ",")
      let kept = colors[3 * rounded..<3 * rounded + 3].map(String.init).joined(separator: ",")
      notes.append("color \(rounded) of the color map is \(found), narrowed to 8 bits: \(kept)")
    }
    return Palette(rgb: colors)
  }

  /// The colors behind indices of 16 bits, which no palette has; none for others. The samples are those
  /// of the colors then: of 8 bits where none has more.
  private static func colors(
    _ reader: inout TIFFReader, _ directory: TIFFDirectory, _ samples: inout Samples
  ) throws(FormatError) -> [UInt8] {
    guard samples.source == .indices else { return [] }
    let map = try colorMap(&reader, directory, samples)
    let isNarrow = map.allSatisfy { $0 < 256 }
    let isWide = !isNarrow && map.contains { $0 & 0xFF != 0 && $0 & 0xFF != $0 >> 8 }
    samples.format.type = isWide ? .u16 : .u8
    let count = map.count / 3
    return (0..<map.count).flatMap { index -> [UInt8] in
      let number = UInt16(truncatingIfNeeded: map[index % 3 * count + index / 3])
      return isWide
        ? number.bytes(bigEndian: Samples.isBigEndianHere)
        : [UInt8(truncatingIfNeeded: isNarrow ? number : number >> 8)]
    }
  }
}

extension TIFF {
  /// What puts row 0 on top and column 0 left, from the side of the picture that tag 274 says they are.
  static func reorientations(_ orientation: Int) -> [Reorientation] {
    switch orientation {
    case 2: [.horizontal]
    case 3: [.half]
    case 4: [.vertical]
    case 5: [.horizontal, .threeQuarters]
    case 6: [.quarter]
    case 7: [.horizontal, .quarter]
    case 8: [.threeQuarters]
    default: []
    }
  }
}
