import PixelMemory

extension Image {
  /// What edits have rounded, and reading has left out, since the last call: in this image and in the
  /// views of it. Each kind is told by its first place; bits beside those of the samples are told once.
  public func takeLosses() -> [Loss] { losses.take(once: [Loss.strayBits]) }

  /// The same view, for a look at its pixels of which nobody is told what it leaves out.
  package var unnoted: Image { with(LossLog()) }

  /// The same image, of which an edit stores nothing: it reads what it reads and rounds what it would
  /// store, and ``takeLosses()`` of this image tells what would be lost.
  package var rehearsal: Image { with(.ofRehearsal) }

  private func with(_ losses: LossLog) -> Image {
    Image(
      buffer: buffer, checked: layout, storedFormat: storedFormat, palette: palette,
      stages: stages, purpose: purpose, transport: transport, losses: losses, like: self)
  }

  /// What a pixel would lose if it were stored at a place, whatever is there.
  ///
  /// - Throws: as ``put(x:y:_:)``.
  package func losses(storing pixel: Pixel, x: Int, y: Int) throws(ViewError) -> [Loss] {
    let rehearsal = rehearsal
    try rehearsal.put(x: x, y: y, pixel)
    return rehearsal.takeLosses().filter { $0.name == "precision" }
  }

  /// Notes stored words with bits beside those of their samples, which are masked when they are read and
  /// stay when others are written.
  func noteStrayBits(
    _ codec: RowCodec, count: Int, from stored: RawSpan, startBit: Int, x: Int, y: Int,
    fate: String = "masked"
  ) {
    let y = losses.row(y)
    guard losses.wants(Loss.strayBits, x: x, y: y),
      let found = codec.firstStray(count: count, from: stored, startBit: startBit)
    else { return }
    let digits = String(found.word, radix: 16)
    let width = found.field.storedBitCount / 4
    let x = x + found.pixel * codec.plainStep
    let text =
      "pixel \(x),\(y) is stored as "
      + "0x\(String(repeating: "0", count: max(0, width - digits.count)))\(digits)"
      + (found.field.scaling == .nonzero
        ? " in place of 0 or 1, and read as 255"
        : ": bits \(found.field.strayWords) are set, and \(fate)")
    losses.add(Loss(Loss.strayBits, description: text), x: x, y: y)
  }

  /// Notes the first sample of packed rows that is not the one that was to be stored.
  func noteRounding(
    _ rectangle: Rectangle, _ plan: Transport.Plan, plain: RawSpan, packed: RawSpan,
    scratch: inout Scratch
  ) throws(ViewError) {
    for part in plan.parts {
      for index in 0..<part.height {
        let row = part.row(index)
        let y = rectangle.y + row
        guard losses.wants("precision", x: rectangle.x, y: y) else { break }
        let found = try part.codec.firstRounded(
          count: part.width, plain: plain.slice(part.plainRange(row, of: rectangle, storedFormat)),
          packed: packed, startBit: part.startBit(index), scratch: &scratch)
        guard let found else { continue }
        let x = rectangle.x + part.x + found.pixel * part.codec.plainStep
        losses.add(
          .precision(
            x: x, y: y, band: mode.bands[found.band], value: found.value, stored: found.stored,
            type: format.type),
          x: x, y: y)
        break
      }
    }
  }
}

extension Image {
  /// Notes the first sample of plain rows that a conversion rounds: a whole number that 32-bit floats do
  /// not have, a fraction on the way to integers, colors of 16 bits on the way to 8; and padding that it
  /// leaves out.
  func noteRounding(by stage: Stage, _ rectangle: Rectangle, _ plain: RawSpan) {
    guard case .convert(let conversion) = stage else { return }
    if conversion.source.mode == .rgbx { notePadding(rectangle, plain, conversion.source.type) }
    guard conversion.rounds, wants("precision", in: rectangle) else { return }
    if conversion.narrows {
      let ends = [rectangle.y, rectangle.y + rectangle.height - 1].map(losses.row)
      return losses.add(.precision(bits: 8), x: rectangle.x, y: min(ends[0], ends[1]))
    }
    let byteCount = conversion.source.pixelByteCount
    func firstRounded(_ run: Range<Int>) -> (pixel: Int, band: Int)? {
      conversion.firstRounded(
        count: run.count, from: plain.slice(run.lowerBound * byteCount, run.count * byteCount))
    }
    guard let found = firstPixel(in: rectangle, { firstRounded($0)?.pixel }),
      let band = firstRounded(found.index..<found.index + 1)?.band
    else { return }
    let value = plain.values(at: found.index, format: conversion.source)[band]
    let isFloat = conversion.target.type.isFloat
    losses.add(
      .precision(
        x: found.x, y: found.y, band: conversion.source.mode.bands[band], value: value,
        stored: isFloat ? Double(Float(value)) : value.rounded(.towardZero),
        type: isFloat ? .f64 : conversion.source.type, verb: "converted to"),
      x: found.x, y: found.y)
  }

  /// Notes what plain rows of `RGBX` have as padding, which is left out: the first that is neither zeros
  /// nor ones, or not the same as others.
  private func notePadding(_ rectangle: Rectangle, _ plain: RawSpan, _ type: SampleType) {
    guard wants(Loss.padding, in: rectangle) else { return }
    func sample(_ pixel: Int) -> Double {
      type == .u8
        ? Double(plain.sample(4 * pixel + 3, as: UInt8.self))
        : Double(plain.sample(4 * pixel + 3, as: UInt16.self))
    }
    func loss(_ found: (index: Int, x: Int, y: Int)) -> Loss {
      .padding(x: found.x, y: found.y, value: sample(found.index))
    }
    guard let first = firstPixel(in: rectangle, { _ in 0 }) else { return }
    let constant = sample(first.index)
    let isUsual = constant == 0 || constant == type.largest
    let other = firstPixel(in: rectangle) { run in
      run.first { sample($0) != constant }.map { $0 - run.lowerBound }
    }
    if let found = isUsual ? other : first {
      losses.add(loss(found), x: found.x, y: found.y)
    } else {
      losses.addPadding(loss(first), ofOnes: constant != 0, x: first.x, y: first.y)
    }
  }

  /// Whether a loss of this kind in a rectangle could be news.
  private func wants(_ name: String, in rectangle: Rectangle) -> Bool {
    let ends = [rectangle.y, rectangle.y + rectangle.height - 1].map(losses.row)
    return losses.wants(name, x: rectangle.x, y: min(ends[0], ends[1]))
  }

  /// The first pixel of a rectangle, by the rows of the image that is told of, and its place there.
  ///
  /// - Parameter find: the first pixel of a run of them, counted from its start.
  private func firstPixel(
    in rectangle: Rectangle, _ find: (Range<Int>) -> Int?
  ) -> (index: Int, x: Int, y: Int)? {
    let width = rectangle.width
    let count = width * rectangle.height
    let starts =
      losses.isMirrored ? Array(stride(from: count - width, through: 0, by: -width)) : [0]
    for start in starts {
      let end = losses.isMirrored ? start + width : count
      guard let index = find(start..<end).map({ start + $0 }) else { continue }
      return (index, rectangle.x + index % width, losses.row(rectangle.y + index / width))
    }
    return nil
  }
}
