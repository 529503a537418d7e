import ImageFiles
import PixelMemory
import PixelViews

/// What there is to say about an image, opened or only described by a header.
struct ImageFacts {
  var notes: [String]
  /// Why the pixels are not the file's own bytes; `nil` when they are.
  let copyReason: String?
  private let name: String
  private let storage: String
  private let layout: Layout
  private let format: PixelFormat
  private let stored: Mode
  private let palette: Palette?
  private let mosaic: Mosaic?
  /// What makes numbers of the samples.
  private let rescaling: Rescaling?
  private let range: Range<Int>
  private let byteCount: Int
  private let frameCount: Int
  /// Of a raw file.
  private let frames: FrameCount?
  /// The bytes after all that the format of the file accounts for, where that is known.
  private let unaccounted: Int?
  private let isEditable: Bool
  private let metadata: Metadata?
  private var statistics: (json: JSON, text: String)?

  init(_ source: Source) throws(ToolError) {
    let image = source.image
    notes = source.notes
    copyReason = source.copyReason
    name = source.name
    storage = source.storage
    layout = image.layout
    format = image.format
    stored = image.storedFormat.mode
    palette = image.palette
    mosaic = image.mosaic
    rescaling = source.rescaling
    range = try ImageFacts.range(layout, name)
    byteCount = source.isDecoded ? range.upperBound : image.buffer.byteCount
    frames = source.frames
    frameCount = frames?.count ?? source.frameCount
    unaccounted = source.trailingByteCount
    isEditable = image.readOnlyReason == nil
    metadata = image.metadata
  }

  /// What the header of a file says that was not decoded.
  init(
    _ file: DescribedFile, _ path: String, _ options: OpenOptions, _ metadata: Metadata?,
    _ notes: [String]
  ) throws(ToolError) {
    let pixels = file.pixels
    self.notes = pixels.notes.map { "\(path): \($0)" } + notes
    copyReason = file.copyReason
    name = path
    storage = file.format.name
    layout = pixels.layout
    format = pixels.format
    stored = pixels.format.mode
    palette = try options.loadPalette(for: format.mode) ?? pixels.palette
    try options.checkVideoColor(of: format.mode)
    mosaic = options.bayer ?? pixels.mosaic
    rescaling = options.rescaling ?? pixels.rescaling
    range = try ImageFacts.range(layout, name)
    byteCount = range.upperBound
    frameCount = pixels.frameCount
    frames = nil
    isEditable = layout.isWritable
    self.metadata = metadata
    unaccounted = nil
  }

  private static func range(_ layout: Layout, _ name: String) throws(ToolError) -> Range<Int> {
    do throws(ViewError) { return try layout.byteRange() } catch {
      throw ToolError(error, name: name)
    }
  }

  /// Reads all pixels, to say something about them as well.
  mutating func addStatistics(of image: Image, threads: Int) throws(ToolError) {
    do throws(ViewError) {
      let found = try image.statistics(threads: threads)
      statistics = (
        found.json(format), found.text(format) + "\n" + Histogram(found, of: image).text
      )
    } catch { throw ToolError(error, name: name) }
  }

  private var offset: Int { layout.offset }
  private var stride: Int { layout.stride }
  private var rowByteCount: Int { layout.rowByteCount }

  var json: JSON {
    .record([
      "version": 1, "source": .string(name), "mode": .string(format.mode.name),
      "rawmode": .string(storage),
      "size": [.integer(layout.width), .integer(layout.height)],
      "sampleType": .string(format.type.rawValue),
      "offset": .integer(offset), "stride": .integer(stride),
      "rowByteCount": .integer(rowByteCount), "planes": layout.planes(of: stored)?.json ?? .null,
      "need": .integer(range.upperBound),
      "byteCount": .integer(byteCount), "trailing": .integer(trailing),
      "frames": .integer(frameCount),
      "frameStride": frames.map { .integer($0.step) } ?? .null,
      "frameHeader": frames.map { .integer($0.header) } ?? .null,
      "frameRemainder": frames.map { .integer($0.remainder) } ?? .null,
      "shared": .bool(copyReason == nil),
      "copyReason": copyReason.map(JSON.string) ?? .null,
      "editable": .bool(isEditable),
      "palette": palette.map { .integer($0.count) } ?? .null,
      "bayer": mosaic.map { .string($0.name) } ?? .null,
      "scale": rescaling.map { .number($0.scale) } ?? .null,
      "bias": rescaling.map { .number($0.bias) } ?? .null,
      "metadata": metadata?.json ?? .null,
      "bands": statistics?.json ?? .null,
      "notes": .texts(notes),
      "exit": 0,
    ])
  }

  private var trailing: Int { byteCount - range.upperBound }

  /// Which row is meant, where there are several frames, and what of the bytes after it is the format's.
  private var ending: String {
    if frameCount > 1 {
      return " of this frame" + (unaccounted.map { ", \($0) after all frames" } ?? "")
    }
    guard let unaccounted, unaccounted != trailing else { return "" }
    return ", \(unaccounted) after all that \(storage) has"
  }

  var text: String {
    let name = name.withoutControls()
    var lines = [
      "\(name): \(layout.width)x\(layout.height) \(format.mode.name) (\(storage))"
        + (format.type == format.mode.naturalType
          ? "" : ", \(format.type.rawValue) samples")
    ]
    if let reason = copyReason {
      lines.append("copied: \(reason)")
    } else {
      lines += layout.planes(of: stored)?.lines ?? []
      lines.append("need: \(layout.arithmetic(range))")
      lines.append("have: \(byteCount) bytes, \(trailing) after the last row\(ending)")
    }
    if frameCount > 1 { lines.append(frames?.text ?? "frames: \(frameCount)") }
    if let palette {
      lines.append(
        "palette: \(palette.count) colors" + (palette.hasAlpha ? ", with alpha" : ""))
    }
    if let mosaic { lines.append("mosaic: \(mosaic.name)") }
    if let rescaling {
      lines.append(
        "numbers: \(rescaling.scale.plainText) times the sample, plus \(rescaling.bias.plainText), "
          + "as --scale \(rescaling.scale.plainText) --bias \(rescaling.bias.plainText) makes them")
    }
    if let metadata { lines += metadata.lines }
    lines.append(
      "sharing: \(copyReason == nil ? "the file's own bytes" : "a private copy"), "
        + (isEditable ? "editable" : "read-only"))
    if let statistics { lines.append(statistics.text) }
    return lines.joined(separator: "\n")
  }
}
