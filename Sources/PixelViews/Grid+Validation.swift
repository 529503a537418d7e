extension Layout.GridView {
  /// Checks numbers that came from outside, so that no later arithmetic on them can trap.
  ///
  /// - Throws: ``ViewError/invalid(_:)`` with the first number that is wrong.
  func validate(width: Int, height: Int, as format: PixelFormat) throws(ViewError) {
    func within(_ found: Int, _ allowed: ClosedRange<Int>, _ name: String) throws(ViewError) {
      guard allowed.contains(found) else {
        throw .invalid(.quantity(name, found: found, allowed: allowed))
      }
    }
    try within(grid.width, 1...Grid.longestSide, "the grid's width")
    try within(grid.height, 1...Grid.longestSide, "the grid's height")
    let far = SampleField.farthestBit
    for (band, plane) in grid.planes.enumerated() {
      try within(plane.bitOffset, -far...far, "bitOffset")
      try within(plane.rowBits, -far...far, "rowBits")
      try within(plane.groupBits, -far...far, "groupBits")
      try within(plane.columnShare, 1...Grid.largestShare, "columnShare")
      try within(plane.rowShare, 1...Grid.largestShare, "rowShare")
      try within(plane.fields.count, 1...Grid.largestGroup, "the count of a group's fields")
      for field in plane.fields {
        try field.validate(band: band, as: format)
        if field.isConstant { throw .invalid(.constantInGrid(band: band)) }
        guard field.isAlike(plane.fields[0]) else { throw .invalid(.unlikeFields(band: band)) }
        guard case .word = field.storage else { continue }
        let steps = [
          plane.bitOffset, field.bitOffset, grid.height > 1 ? plane.rowBits : 0,
          grid.width > 1 ? plane.groupBits : 0,
        ]
        if let bits = steps.first(where: { !$0.isWholeBytes }) {
          throw .invalid(.wordOffByte(band: band, bits: bits))
        }
      }
    }
    let (across, down) = lens.isTransposed ? (height, width) : (width, height)
    try lens.columns.validate(count: across, of: grid.width, "columns")
    try lens.rows.validate(count: down, of: grid.height, "rows")
    let isFar = grid.planes.contains {
      !lens.columns.staysNear($0.groupBits) || !lens.rows.staysNear($0.rowBits)
    }
    if isFar || bitRange(width: width, height: height) == nil {
      throw .overflow(width: width, height: height, stride: grid.planes[0].rowBits.inWholeBytes)
    }
  }

  /// The bits of the buffer between the first and the last one of any sample; `nil` when an address does
  /// not fit 64 bits.
  func bitRange(width: Int, height: Int) -> Range<Int>? {
    let (across, down) = lens.isTransposed ? (height, width) : (width, height)
    var (low, high) = (Int.max, Int.min)
    for plane in grid.planes {
      // Places repeat after a period: the outermost samples are among its first and its last ones.
      let period = min(across, plane.period)
      let ends = Array(0..<period) + Array(max(period, across - period)..<across)
      for column in ends.map({ lens.columns($0) }) {
        for row in [lens.rows(0), lens.rows(down - 1)] {
          let (group, member) = (column / plane.columnShare).quotientAndRemainder(
            dividingBy: plane.fields.count)
          let field = plane.fields[member]
          guard let line = (row / plane.rowShare).multiplied(by: plane.rowBits),
            let place = group.multiplied(by: plane.groupBits)?.added(to: field.bitOffset),
            let start = plane.bitOffset.added(to: line)?.added(to: place),
            let end = start.added(to: field.storedBitCount), end.added(to: 7) != nil
          else { return nil }
          low = min(low, start)
          high = max(high, end)
        }
      }
    }
    return low..<high
  }
}

extension Lens.Steps {
  fileprivate func validate(count: Int, of size: Int, _ name: String) throws(ViewError) {
    let inside = 0...size - 1
    guard inside.contains(first) else {
      throw .invalid(.quantity("the first of the lens's \(name)", found: first, allowed: inside))
    }
    guard step != 0, step.magnitude <= Grid.longestSide, let reach = step.multiplied(by: count - 1),
      let last = reach.added(to: first),
      inside.contains(last)
    else {
      throw .invalid(.lensBeyondGrid(name, first: first, step: step, count: count, size: size))
    }
  }
}

extension Lens.Steps {
  /// Whether a step over groups or rows of so many bits is a number that can be counted with.
  fileprivate func staysNear(_ bits: Int) -> Bool {
    step.multiplied(by: bits).map { $0.magnitude <= SampleField.farthestBit } ?? false
  }
}

extension Grid {
  /// Sides and groups beyond which nothing is meant.
  static let longestSide = 1 << 31
  static let largestShare = 64
  static let largestGroup = 256

  /// Whether no two stored samples have a bit in common. Planes that interleave in rarer ways count as
  /// having some, which only costs the right to write.
  var isDisjoint: Bool {
    if planes.flatMap(\.fields).mixBitOrders {
      var grid = self
      for index in planes.indices {
        let steps = [planes[index].bitOffset, planes[index].rowBits, planes[index].groupBits]
        guard steps.allSatisfy(\.isWholeBytes) else { return false }
        grid.planes[index].fields = planes[index].fields.map(\.roundedToBytes)
      }
      return grid.isDisjoint
    }
    guard planes.allSatisfy({ $0.isDisjoint(width: width, height: height) }) else { return false }
    return planes.indices.allSatisfy { index in
      planes[..<index].allSatisfy { planes[index].isApart(from: $0, width: width, height: height) }
    }
  }
}

extension Grid.Plane {
  /// Groups in a row, and rows of them.
  private func counts(_ width: Int, _ height: Int) -> (groups: Int, rows: Int) {
    ((width - 1) / period + 1, (height - 1) / rowShare + 1)
  }

  /// The bits from the first to the last of a row of groups; `nil` when they do not fit.
  private func reach(_ width: Int, _ height: Int) -> (row: Int, all: Int)? {
    let (groups, rows) = counts(width, height)
    guard let row = (groups - 1).multiplied(by: abs(groupBits))?.added(to: span.count),
      let all = (rows - 1).multiplied(by: abs(rowBits))?.added(to: row)
    else { return nil }
    return (row, all)
  }

  /// Whether the samples of this plane have no bit in common.
  fileprivate func isDisjoint(width: Int, height: Int) -> Bool {
    let (groups, rows) = counts(width, height)
    for index in fields.indices {
      for other in 0..<index
      where fields[index].parts.contains(where: { a in
        fields[other].parts.contains { a.sharesBits(with: $0) }
      }) {
        return false
      }
    }
    guard let reach = reach(width, height) else { return false }
    return (groups == 1 || abs(groupBits) >= span.count) && (rows == 1 || abs(rowBits) >= reach.row)
  }

  /// Whether no sample of another plane has a bit of this one.
  fileprivate func isApart(from other: Grid.Plane, width: Int, height: Int) -> Bool {
    guard let own = bits(width, height), let others = other.bits(width, height) else {
      return false
    }
    if !own.overlaps(others) { return true }
    guard rowBits == other.rowBits, rowShare == other.rowShare else { return false }
    // Rows of the one that lie between those of the other.
    if let row = reach(width, height)?.row, let otherRow = other.reach(width, height)?.row,
      rowBits != 0
    {
      let rest = (others.lowerBound - own.lowerBound) % abs(rowBits)
      let distance = rest < 0 ? rest + abs(rowBits) : rest
      if distance >= row, abs(rowBits) - distance >= otherRow { return true }
    }
    // Groups of both, as long as the longer ones.
    guard groupBits != 0, other.groupBits != 0 else { return false }
    let (one, two) =
      abs(groupBits) >= abs(other.groupBits) ? (self, other) : (other, self)
    guard one.groupBits.isMultiple(of: two.groupBits),
      one.period == two.period * (one.groupBits / two.groupBits)
    else { return false }
    let repeated = (0..<one.groupBits / two.groupBits).flatMap { index in
      two.fields.map { $0.moved(by: two.bitOffset - one.bitOffset + index * two.groupBits) }
    }
    let ownParts = one.fields.flatMap(\.parts)
    let otherParts = repeated.flatMap(\.parts)
    let low = min(one.span.lowerBound, repeated.map(\.bitOffset).min() ?? 0)
    let high = max(
      one.span.upperBound, repeated.map { $0.bitOffset + $0.storedBitCount }.max() ?? 0)
    let groups = (width - 1) / one.period + 1
    guard high - low <= abs(one.groupBits) || groups == 1,
      let row = (groups - 1).multiplied(by: abs(one.groupBits))?.added(to: high - low),
      height <= rowShare || abs(rowBits) >= row
    else { return false }
    return ownParts.allSatisfy { part in otherParts.allSatisfy { !part.sharesBits(with: $0) } }
  }

  /// The bits between the first and the last one of the plane.
  private func bits(_ width: Int, _ height: Int) -> Range<Int>? {
    let (groups, rows) = counts(width, height)
    let (line, column) = ((rows - 1) * rowBits, (groups - 1) * groupBits)
    let start = bitOffset + span.lowerBound + min(0, line) + min(0, column)
    guard let reach = reach(width, height) else { return nil }
    return start..<start + reach.all
  }
}

extension SampleField {
  fileprivate func moved(by bits: Int) -> SampleField {
    var field = self
    field.bitOffset += bits
    return field
  }

  /// Whether the number is made in the same way, wherever its bits are.
  fileprivate func isAlike(_ other: SampleField) -> Bool {
    bitCount == other.bitCount && number == other.number && scaling == other.scaling
      && flippedBits == other.flippedBits
  }
}
