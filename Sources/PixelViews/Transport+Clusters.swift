extension Transport.Cluster {
  /// The bits between the first and the last one of the first samples.
  var bitCount: Int {
    let low = passes.reduce(Int.max) { min($0, $1.nearBit) }
    return passes.reduce(0) { max($0, $1.nearBit + $1.bitCount - low) }
  }
}

extension Transport.Pass {
  /// The first bit, without the periods that the pass is ahead.
  fileprivate var nearBit: Int { firstBit - ahead.across * bits.across - ahead.down * bits.down }
}

extension Transport {
  /// The clusters of a layout whose samples stand in their pixel's own place.
  static func clusters(_ layout: Layout) -> [Cluster] {
    let near = min(
      layout.width > 1 ? abs(layout.pixelBits) : Int.max,
      layout.height > 1 ? abs(layout.rowBits) : Int.max)
    let fields = layout.fields
    var stored = fields.indices.filter { !fields[$0].isConstant }
    let isInOrder = zip(stored, stored.dropFirst()).allSatisfy {
      fields[$0].bitOffset <= fields[$1].bitOffset
    }
    if !isInOrder { stored.sort { fields[$0].bitOffset < fields[$1].bitOffset } }
    var clusters: [Cluster] = []
    var start = 0
    while start < stored.count {
      let lowBit = fields[stored[start]].bitOffset
      var (end, highBit) = (start, lowBit)
      while end < stored.count {
        let high = fields[stored[end]].bitOffset + fields[stored[end]].storedBitCount
        if end > start, high - lowBit > near { break }
        highBit = max(highBit, high)
        end += 1
      }
      // Bands in order let the codec see that a pixel is whole.
      var bands = Array(stored[start..<end])
      if !isInOrder { bands.sort() }
      // Bands without bytes go with the first ones that have some.
      if start == 0, stored.count < fields.count {
        bands += fields.indices.filter { fields[$0].isConstant }
      }
      clusters.append(
        Cluster(
          Pass(
            period: (1, 1), bits: (layout.pixelBits, layout.rowBits),
            firstBit: layout.bitOffset + lowBit, bitCount: highBit - lowBit,
            fields: bands.map { fields[$0].counted(from: lowBit) }, bands: bands)))
      start = end
    }
    return clusters
  }

  /// The clusters of a layout with a grid.
  static func clustersOfGrid(_ layout: Layout) -> [Cluster] {
    var clusters: [Cluster] = []
    for band in layout.fields.indices {
      let (period, bits) = (layout.period(of: band), layout.periodBits(of: band))
      for y in 0..<min(period.down, layout.height) {
        for x in 0..<min(period.across, layout.width) {
          let field = layout.sample(x: x, y: y, band: band)
          let pass = Pass(
            x: x, y: y, period: period, bits: bits, firstBit: field.bitOffset,
            bitCount: field.storedBitCount, fields: [field.counted(from: field.bitOffset)],
            bands: [band])
          let taken = clusters.indices.contains { clusters[$0].takes(pass) }
          if !taken { clusters.append(Cluster(pass)) }
        }
      }
    }
    return clusters
  }
}

extension Transport.Cluster {
  /// Takes a pass whose samples lie close to those of the first one, or a whole number of periods from
  /// there.
  fileprivate mutating func takes(_ pass: Transport.Pass) -> Bool {
    var pass = pass
    let first = passes[0]
    guard let uneven = first.unevenness(pass),
      uneven == nil || self.uneven == nil || uneven == self.uneven
    else { return false }
    let isDown = abs(pass.bits.down) >= abs(pass.bits.across)
    let (longer, shorter) =
      isDown ? (pass.bits.down, pass.bits.across) : (pass.bits.across, pass.bits.down)
    let near = min(2 * abs(shorter), abs(longer)) - pass.bitCount
    let distance = pass.firstBit - first.firstBit
    if abs(distance) > near {
      guard longer != 0 else { return false }
      // The nearer to the first pass, the less there is between both that is not theirs.
      let whole = distance / longer
      let periods = [whole, whole + (distance < 0 ? -1 : 1) * longer.signum()].first {
        abs(distance - $0 * longer) <= near
      }
      guard let periods else { return false }
      if isDown { pass.ahead.down = periods } else { pass.ahead.across = periods }
    }
    self.uneven = self.uneven ?? uneven
    if let index = passes.firstIndex(where: { $0.canTake(pass) }) {
      passes[index] = passes[index].joined(pass)
    } else {
      passes.append(pass)
    }
    return true
  }
}

extension Transport.Pass {
  /// The axis along which the rows of one block hold both passes though their periods differ, `nil`
  /// inside where none do; `nil` outside where no block holds both.
  fileprivate func unevenness(_ other: Transport.Pass) -> Transport.Axis?? {
    let isSameAcross = bits.across == other.bits.across && period.across == other.period.across
    let isSameDown = bits.down == other.bits.down && period.down == other.period.down
    if isSameAcross && isSameDown { return .some(nil) }
    if isSameDown, bits.across * other.period.across == other.bits.across * period.across {
      return .rows
    }
    if isSameAcross, bits.across.isWholeBytes,
      bits.down * other.period.down == other.bits.down * period.down
    {
      return .columns
    }
    return .none
  }

  /// Whether the samples of other bands are those of the same pixels.
  fileprivate func canTake(_ other: Transport.Pass) -> Bool {
    x == other.x && y == other.y && period == other.period && bits == other.bits
      && ahead == other.ahead && !bands.contains(other.bands[0])
  }

  fileprivate func joined(_ other: Transport.Pass) -> Transport.Pass {
    let low = min(firstBit, other.firstBit)
    let high = max(firstBit + bitCount, other.firstBit + other.bitCount)
    var joined = Transport.Pass(
      x: x, y: y, period: period, bits: bits, firstBit: low, bitCount: high - low,
      fields: (fields.map { $0.counted(from: low - firstBit) })
        + other.fields.map { $0.counted(from: low - other.firstBit) },
      bands: bands + other.bands)
    joined.ahead = ahead
    return joined
  }
}

extension SampleField {
  /// The field with its offset counted from another bit; one without bytes has none.
  fileprivate func counted(from bit: Int) -> SampleField {
    var field = self
    if !field.isConstant { field.bitOffset -= bit }
    return field
  }
}
