import PixelMemory

/// The private memory of one thread that reads or writes pixels. It grows to what is needed.
public struct Workspace: ~Copyable, Sendable {
  var stored: Scratch
  var first: Scratch
  var second: Scratch
  var plain: Scratch

  /// An empty workspace.
  public init() {
    stored = Scratch()
    first = Scratch()
    second = Scratch()
    plain = Scratch()
  }
}

/// Runs `body` and gives its error this floor's type.
@inline(__always)
func memory<Result: ~Copyable>(
  _ body: () throws(MemoryError) -> Result
) throws(ViewError) -> Result {
  do throws(MemoryError) { return try body() } catch { throw .memory(error) }
}

extension Image {
  /// Copies a rectangle out of the buffer as plain rows: interleaved samples of ``format``, native
  /// byte order, no padding.
  ///
  /// Each stored byte is read once.
  /// - Throws: ``ViewError/outside(_:width:height:)``; ``ViewError/memory(_:)`` when the buffer cannot
  ///   be read any more; ``ViewError/notRepresentable(x:y:)``; ``ViewError/clamped(_:)`` and
  ///   ``ViewError/noColor(index:x:y:colors:)`` for pixels that cannot be converted.
  /// - Precondition: `plain` is large enough.
  /// - Complexity: O(pixels).
  public func read(
    _ rectangle: Rectangle, into plain: inout MutableRawSpan, workspace: inout Workspace
  ) throws(ViewError) {
    try check(inside: rectangle)
    guard !stages.isEmpty else {
      return try readStored(rectangle, into: &plain, scratch: &workspace.stored)
    }
    try readStages(
      rectangle, into: &plain, stored: &workspace.stored, first: &workspace.first,
      second: &workspace.second)
  }

  private func readStages(
    _ rectangle: Rectangle, into plain: inout MutableRawSpan, stored: inout Scratch,
    first: inout Scratch, second: inout Scratch
  ) throws(ViewError) {
    let count = rectangle.width * rectangle.height
    var rest = stages[...]
    if case .neighborhood(let neighborhood) = stages[0] {
      rest = rest.dropFirst()
      if rest.isEmpty { return try neighborhood.read(rectangle, into: &plain) }
      try ensure(&first, count * neighborhood.format.pixelByteCount)
      var rows = first.mutableBytes
      try neighborhood.read(rectangle, into: &rows)
    } else {
      try ensure(&first, count * storedFormat.pixelByteCount)
      var rows = first.mutableBytes
      try readStored(rectangle, into: &rows, scratch: &stored)
    }
    for stage in rest.dropLast() {
      try ensure(&second, count * stage.format.pixelByteCount)
      try stage.check(rectangle, first.bytes)
      noteRounding(by: stage, rectangle, first.bytes)
      stage.apply(count: count, from: first, to: &second)
      swap(&first, &second)
    }
    let last = stages[stages.count - 1]
    try last.check(rectangle, first.bytes)
    noteRounding(by: last, rectangle, first.bytes)
    last.apply(count: count, from: first.bytes, to: &plain)
  }

  private func ensure(_ scratch: inout Scratch, _ byteCount: Int) throws(ViewError) {
    do throws(MemoryError) { try scratch.ensure(byteCount: byteCount) } catch {
      throw .memory(error)
    }
  }

  private func readStored(
    _ rectangle: Rectangle, into plain: inout MutableRawSpan, scratch: inout Scratch
  ) throws(ViewError) {
    if let codec = transport.constantCodec {
      let nothing: [UInt8] = [0]
      // Any samples of UInt8 are bytes.
      _ = unsafe codec.decode(
        count: rectangle.width * rectangle.height, from: nothing.span.bytes, startBit: 0, to: &plain
      )
      return
    }
    let rowByteCount = rectangle.width * storedFormat.pixelByteCount
    for plan in transport.plans(rectangle) {
      if plan.isPlain {
        var rows = plain.slice(plan.rows.lowerBound * rowByteCount, plan.rows.count * rowByteCount)
        do throws(MemoryError) { try buffer.copyOut(plan.block, to: &rows) } catch {
          throw .memory(error)
        }
        continue
      }
      let byteCount = plan.block.rowByteCount * plan.block.rowCount
      do throws(MemoryError) {
        try scratch.ensure(byteCount: byteCount)
        var all = scratch.mutableBytes
        var copy = all.slice(0, byteCount)
        try buffer.copyOut(plan.block, to: &copy)
      } catch { throw .memory(error) }
      var isDone = false
      for (place, part) in plan.parts.enumerated() {
        if isDone {
          isDone = false
          continue
        }
        isDone = place + 1 < plan.parts.count && part.isTwin(of: plan.parts[place + 1])
        for index in 0..<part.height {
          let row = part.row(index)
          var target = plain.slice(part.plainRange(row, of: rectangle, storedFormat))
          if isDone {
            part.codec.decodeTwins(
              count: part.width, from: scratch.bytes, startBit: part.startBit(index), to: &target)
            continue
          }
          let failure = part.codec.decode(
            count: part.width, from: scratch.bytes, startBit: part.startBit(index), to: &target)
          if let failure {
            throw .notRepresentable(
              x: rectangle.x + part.x + failure * part.codec.plainStep, y: rectangle.y + row)
          }
          if transport.hasStrayBits {
            noteStrayBits(
              part.codec, count: part.width, from: scratch.bytes, startBit: part.startBit(index),
              x: rectangle.x + part.x, y: rectangle.y + row)
          }
        }
      }
    }
  }

  /// Copies plain rows into a rectangle of the buffer. Only the bits of the image's own samples
  /// change. What the storage does not hold exactly is rounded to the nearest that it does, which
  /// ``takeLosses()`` tells, and so it does of bits beside the samples that are set. Holes of a sparse file get their blocks first.
  ///
  /// - Throws: ``ViewError/readOnly(_:)``; ``ViewError/outside(_:width:height:)``;
  ///   ``ViewError/sampleOutOfRange(value:band:lowest:highest:)`` before any byte of the same cluster
  ///   is written; ``ViewError/memory(_:)``.
  /// - Precondition: `plain` is large enough.
  /// - Complexity: O(pixels).
  public func write(
    _ rectangle: Rectangle, from plain: RawSpan, workspace: inout Workspace
  ) throws(ViewError) {
    try checkEditable(rectangle)
    try withSpace(for: rectangle) { () throws(ViewError) in
      try store(rectangle, from: plain, workspace: &workspace)
    }
  }

  /// The same where the image can be edited and the bytes have blocks.
  ///
  /// - Parameter notesRounding: whether a sample that is stored as another one is a loss.
  func store(
    _ rectangle: Rectangle, from plain: RawSpan, workspace: inout Workspace,
    notesRounding: Bool = true
  ) throws(ViewError) {
    guard layout.shares.isEmpty else {
      var means = Scratch()
      swap(&means, &workspace.second)
      defer { swap(&means, &workspace.second) }
      try average(rectangle, plain, into: &means)
      return try storeSamples(
        rectangle, from: means.bytes, workspace: &workspace, notesRounding: notesRounding)
    }
    try storeSamples(rectangle, from: plain, workspace: &workspace, notesRounding: notesRounding)
  }

  private func storeSamples(
    _ rectangle: Rectangle, from plain: RawSpan, workspace: inout Workspace, notesRounding: Bool
  ) throws(ViewError) {
    let rowByteCount = rectangle.width * storedFormat.pixelByteCount
    for plan in transport.plans(rectangle) {
      if plan.isPlain {
        if losses.isRehearsal { continue }
        let rows = plain.slice(plan.rows.lowerBound * rowByteCount, plan.rows.count * rowByteCount)
        do throws(MemoryError) { try buffer.copyIn(plan.block, from: rows) } catch {
          throw .memory(error)
        }
        continue
      }
      let byteCount = plan.block.rowByteCount * plan.block.rowCount
      do throws(MemoryError) {
        try workspace.stored.ensure(byteCount: byteCount)
        var all = workspace.stored.mutableBytes
        var copy = all.slice(0, byteCount)
        try buffer.copyOut(plan.block, to: &copy)
      } catch { throw .memory(error) }
      for part in plan.parts {
        for index in 0..<part.height {
          let row = part.row(index)
          let source = plain.slice(part.plainRange(row, of: rectangle, storedFormat))
          var copy = workspace.stored.mutableBytes
          let failure = part.codec.encode(
            count: part.width, from: source, to: &copy, startBit: part.startBit(index))
          if let failure { throw outOfRange(source, pixel: failure * part.codec.plainStep) }
          if transport.hasStrayBits {
            noteStrayBits(
              part.codec, count: part.width, from: workspace.stored.bytes,
              startBit: part.startBit(index), x: rectangle.x + part.x, y: rectangle.y + row,
              fate: "left as they are")
          }
        }
      }
      if transport.rounds, notesRounding {
        var back = Scratch()
        swap(&back, &workspace.first)
        defer { swap(&back, &workspace.first) }
        try noteRounding(
          rectangle, plan, plain: plain, packed: workspace.stored.bytes, scratch: &back)
      }
      if losses.isRehearsal { continue }
      try memory { () throws(MemoryError) in
        try buffer.copyIn(plan.block, from: workspace.stored.bytes.slice(0, byteCount))
      }
    }
  }

  /// The error for a plain pixel of which a sample fits no field.
  private func outOfRange(_ row: RawSpan, pixel: Int) -> ViewError {
    let values = row.values(at: pixel, format: storedFormat)
    // A number inside of the range is a fraction, which only a single band can have.
    let band = values.indices.first { !range(band: $0).contains(values[$0]) } ?? 0
    let allowed = range(band: band)
    return .sampleOutOfRange(
      value: values[band], band: storedFormat.mode.bands[band], lowest: allowed.lowerBound,
      highest: allowed.upperBound)
  }
}

extension Transport.Part {
  /// The bytes of a row of a plain rectangle from its first pixel that has samples on.
  func plainRange(
    _ row: Int, of rectangle: Rectangle, _ format: PixelFormat
  ) -> Range<Int> {
    let first = row * rectangle.width + x
    return first * format.pixelByteCount..<(row + 1) * rectangle.width * format.pixelByteCount
  }
}

extension Image.Stage {
  fileprivate func apply(count: Int, from source: borrowing Scratch, to target: inout Scratch) {
    var bytes = target.mutableBytes
    apply(count: count, from: source.bytes, to: &bytes)
  }

  func apply(count: Int, from source: RawSpan, to target: inout MutableRawSpan) {
    switch self {
    case .neighborhood: preconditionFailure("a neighborhood is read, not applied to pixels")
    case .curve(let curve): curve.apply(count: count, from: source, to: &target)
    case .rescale(let samples): samples.apply(count: count, from: source, to: &target)
    case .convert(let conversion): conversion.apply(count: count, from: source, to: &target)
    case .window(let window): window.apply(count: count, from: source, to: &target)
    case .select(let bands, let sourceFormat, let format):
      let size = format.type.byteCount
      let sourceBands = sourceFormat.mode.bandCount
      for pixel in 0..<count {
        for (index, band) in bands.enumerated() {
          for byte in 0..<size {
            let value: UInt8 = source.sample((pixel * sourceBands + band) * size + byte)
            target.setSample((pixel * bands.count + index) * size + byte, to: value)
          }
        }
      }
    }
  }
}
