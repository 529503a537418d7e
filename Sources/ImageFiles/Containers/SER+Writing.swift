import PixelViews

extension SER {
  static func text(_ key: String, of chunk: Metadata.Chunk) -> [UInt8]? {
    guard chunk.keyword == key, let bytes = chunk.value?.latin1,
      1...textByteCount ~= bytes.count, !bytes.contains(0), chunk.value?.trimmed == chunk.value
    else { return nil }
    return bytes
  }

  /// What samples of a mode are in such fields; `nil` for fields that no header says.
  private static func samples(_ fields: [SampleField], _ mode: Mode) -> Samples? {
    guard let field = fields.first, case .word(_, let isBigEndian) = field.storage else {
      return nil
    }
    return (mode == .rgb ? [[0, 1, 2], [2, 1, 0]] : [[0]]).lazy.map {
      Samples(order: $0, depth: field.bitCount, isBigEndian: isBigEndian)
    }.first { $0.layout(width: 1, height: 1, offset: 0)?.fields == fields }
  }

  private static func header(
    _ samples: Samples, width: Int, height: Int, _ mosaic: Mosaic?, _ metadata: Metadata?
  ) throws(FormatError) -> [UInt8] {
    guard width <= Int32.max, height <= Int32.max else {
      throw .tooLarge(
        format: name, found: "\(width)x\(height)", limit: "\(Int32.max)x\(Int32.max)")
    }
    let colors =
      samples.order.count == 3
      ? samples.order == [0, 1, 2] ? 100 : 101
      : mosaic.flatMap { Mosaic.names.firstIndex(of: $0.name) }.map { $0 + 8 } ?? 0
    var header = magic
    for number in [
      0, colors, samples.isBigEndian ? 1 : 0, width, height, samples.depth, 1,
    ] { header += number.bytes(4) }
    for key in keys {
      let text = metadata?.chunks.lazy.compactMap { self.text(key, of: $0) }.first ?? []
      header += text + [UInt8](repeating: 0, count: textByteCount - text.count)
    }
    return header + [UInt8](repeating: 0, count: 16)
  }

  static func plainFile(_ image: Image, as rawmode: Rawmode?) throws(FormatError) -> PlainFile {
    guard FileFormat.ser.holds(image.format) else {
      throw .cannotHold(format: name, image.format)
    }
    let isStored = rawmode == nil && !image.isDerived && image.layout.grid == nil
    let natural = Rawmode.natural(image.format)
    let chosen = rawmode ?? natural
    guard chosen.mode == image.mode, chosen.type == image.format.type else {
      throw .cannotStoreAs(chosen, image.format)
    }
    let fields = try chosen.stored(width: 1, height: 1).fields
    let own = isStored ? samples(image.layout.fields, image.mode) : nil
    guard let samples = own ?? samples(fields, image.mode) else {
      throw .cannotHoldValue(
        format: name, reason: "it has no way to say \(image.mode.name) stored as \(chosen.name)")
    }
    let header = try header(
      samples, width: image.width, height: image.height, image.mosaic, image.metadata)
    guard
      let layout = samples.layout(
        width: image.width, height: image.height, offset: header.count)
    else {
      throw .tooLarge(
        format: name, found: "\(image.width)x\(image.height)", limit: "\(Int.max) bits")
    }
    return PlainFile(header: header, layout: layout, format: image.format)
  }
}
