/// Pixels that cannot be converted: where they are, and what a user has to know of the rest.
extension Image.Stage {
  /// Throws for the first pixel of plain rows that the stage does not take.
  ///
  /// - Throws: ``ViewError/clamped(_:)``, ``ViewError/noColor(index:x:y:colors:)``.
  /// - Complexity: O(pixels), O(1) where each is taken.
  package func check(_ rectangle: Rectangle, _ plain: RawSpan) throws(ViewError) {
    guard let (source, limits) = bounded,
      let (index, band) = plain.firstSample(
        outside: limits, count: rectangle.width * rectangle.height, format: source)
    else { return }
    let value = plain.values(at: index, format: source)[band]
    let x = rectangle.x + index % rectangle.width
    let y = rectangle.y + index / rectangle.width
    if source.mode.isIndexed {
      throw .noColor(
        index: Int(value), x: x, y: y, colors: Int(limits.range.upperBound) + 1)
    }
    let taken = limits.band(band, of: source.mode)?.range ?? limits.range
    throw .clamped(
      ViewError.ClampedSample(
        x: x, y: y, value: value, source: source, target: format.mode,
        lowest: taken.lowerBound, highest: taken.upperBound, bandIndex: band))
  }

  /// What the stage takes, and of which samples, where it does not take everything.
  fileprivate var bounded: (source: PixelFormat, limits: Conversion.Limits)? {
    switch self {
    case .convert(let conversion): conversion.limits.map { (conversion.source, $0) }
    case .window(let window):
      window.limits.map { (window.source, $0) }
    case .select, .curve, .rescale, .neighborhood: nil
    }
  }
}

extension Image {
  /// Whether there may be pixels that cannot be converted.
  var refusesPixels: Bool {
    if case .neighborhood(let first) = stages.first, first.source.refusesPixels { return true }
    return stages.contains { $0.bounded != nil }
  }

  /// Runs work on the image, and has the picture looked at where that fails for a sample that would be
  /// clamped: the error then says what there is in all of it.
  package func explaining<Result: ~Copyable>(
    threads: Int, _ body: () throws(ViewError) -> Result
  ) throws(ViewError) -> Result {
    do throws(ViewError) { return try body() } catch {
      throw explained(error, threads: threads)
    }
  }

  /// The error of a store of these pixels elsewhere with the first of them, in reading order, that has no
  /// place there. Any other error is as it was.
  ///
  /// - Complexity: O(pixels), O(1) for other errors.
  package func located(_ error: ViewError, in layout: Layout, threads: Int) -> ViewError {
    guard case .sampleOutOfRange(_, _, let low, let high) = error else { return error }
    let limits = Conversion.Limits(range: low...high)
    var first: ViewError?
    do throws(ViewError) {
      try mergeTiles(threads: threads) { tile, plain -> ViewError? in
        let found = plain.firstSample(
          outside: limits, count: tile.width * tile.height, format: format)
        return found.map { index, band in
          .cannotStore(
            value: plain.values(at: index, format: format)[band], x: tile.x + index % tile.width,
            y: tile.y + index / tile.width, bitCount: layout.fields[band].bitCount)
        }
      } merge: {
        first = first ?? $0
      }
    } catch { return error }
    return first ?? error
  }

  /// The error with the first place, in reading order, of a sample that would be clamped, and with the
  /// range of the picture. Any other error is as it was.
  ///
  /// - Complexity: O(pixels), O(1) for other errors and for one that is explained.
  package func explained(_ error: ViewError, threads: Int) -> ViewError {
    guard case .clamped(var sample) = error, sample.range == nil,
      let index = stages.firstIndex(where: {
        $0.bounded?.source == sample.source && $0.format.mode == sample.target
      })
    else { return error }
    let stage = stages[index]
    // Opacity has a range of its own.
    let mode = sample.source.mode
    let bands = mode.bands.indices.filter {
      ($0 == mode.alphaBand) == (sample.bandIndex == mode.alphaBand)
    }
    let numbers = Image(
      buffer: buffer, checked: layout, storedFormat: storedFormat, palette: palette,
      stages: Array(stages[..<index]), transport: transport, losses: losses)
    var low = Double.infinity
    var high = -Double.infinity
    var first: ViewError.ClampedSample?
    // The pixels may have changed, or be gone: then what was found stays.
    do throws(ViewError) {
      try numbers.mergeTiles(threads: threads) { tile, plain throws(ViewError) in
        var found: ViewError.ClampedSample?
        do throws(ViewError) { try stage.check(tile, plain) } catch {
          if case .clamped(let sample) = error { found = sample }
        }
        let range = plain.finiteRange(
          of: bands, format: numbers.format, count: tile.width * tile.height)
        return (found, range)
      } merge: { found, range in
        first = first ?? found
        guard let range else { return }
        low = min(low, range.lowerBound)
        high = max(high, range.upperBound)
      }
    } catch { return .clamped(sample) }
    sample = first ?? sample
    if low <= high { sample.range = low...high }
    return .clamped(sample)
  }
}
