/// Stored samples that do not each stand in their pixel's own place: planes with steps of their own,
/// samples that several pixels share, and samples that are packed in groups.
///
/// A grid says where the samples of stored pixel (`X`, `Y`) are. The sample of band `b` is member
/// `m = (X / columnShare) % n` of a group of `n`, and starts at bit
/// `bitOffset + (Y / rowShare) * rowBits + ((X / columnShare) / n) * groupBits + fields[m].bitOffset`,
/// with the numbers of plane `b`. Which stored pixel is shown where is the ``Lens``'s to say.
public struct Grid: Hashable, Sendable {
  /// Stored pixels in a row.
  public var width: Int
  /// Stored rows of pixels.
  public var height: Int
  /// Where the samples of each band stand, in the order of the mode.
  public var planes: [Plane]

  public init(width: Int, height: Int, planes: [Plane]) {
    self.width = width
    self.height = height
    self.planes = planes
  }

  /// Where the samples of one band stand; several bands can have theirs between each other.
  public struct Plane: Hashable, Sendable {
    /// Bits from the start of the buffer to the origin of the first group.
    public var bitOffset: Int
    /// Bits from a row of samples to the next.
    public var rowBits: Int
    /// Pixels side by side that share a sample.
    public var columnShare: Int
    /// Pixels above each other that share a sample.
    public var rowShare: Int
    /// Bits from a group to the next one in its row.
    public var groupBits: Int
    /// The samples of a group, in order, counted from the group's origin.
    public var fields: [SampleField]

    public init(
      bitOffset: Int, rowBits: Int, columnShare: Int = 1, rowShare: Int = 1, groupBits: Int,
      fields: [SampleField]
    ) {
      self.bitOffset = bitOffset
      self.rowBits = rowBits
      self.columnShare = columnShare
      self.rowShare = rowShare
      self.groupBits = groupBits
      self.fields = fields
    }
  }
}

extension Grid.Plane {
  /// Pixels in a row after which the places of samples repeat.
  var period: Int { columnShare * fields.count }

  /// Whether several pixels have one sample.
  var isShared: Bool { columnShare > 1 || rowShare > 1 }

  /// The bits that are between the first and the last bit of a group's samples.
  var span: Range<Int> {
    fields.reduce(fields[0].bitOffset..<fields[0].bitOffset) {
      min($0.lowerBound, $1.bitOffset)..<max($0.upperBound, $1.bitOffset + $1.storedBitCount)
    }
  }

  /// Where the samples of a stored pixel are, counted from the start of the buffer.
  ///
  /// - Precondition: the pixel is one of the grid.
  @inline(__always)
  func sample(column: Int, row: Int) -> SampleField {
    let (group, member) = (column / columnShare).quotientAndRemainder(dividingBy: fields.count)
    var field = fields[member]
    field.bitOffset += bitOffset + row / rowShare * rowBits + group * groupBits
    return field
  }

  /// The same places in as few numbers as that takes: samples at equal steps are groups of one, and
  /// equal neighbors are shared.
  var simplified: Grid.Plane {
    var plane = self
    while plane.fields.count > 1 {
      let count = plane.fields.count
      let divisors = (2...count).filter { count.isMultiple(of: $0) }
      if let share = divisors.last(where: { plane.repeats(each: $0) }) {
        plane.fields = stride(from: 0, to: count, by: share).map { plane.fields[$0] }
        plane.columnShare *= share
      } else if let parts = divisors.last(where: { plane.isRegular(parts: $0) }) {
        plane.fields.removeSubrange((count / parts)...)
        plane.groupBits /= parts
      } else {
        break
      }
    }
    return plane
  }

  /// Whether each run of so many members is one sample again and again.
  private func repeats(each share: Int) -> Bool {
    fields.indices.allSatisfy { fields[$0] == fields[$0 - $0 % share] }
  }

  /// Whether a group is so many smaller ones at equal steps.
  private func isRegular(parts: Int) -> Bool {
    guard groupBits.isMultiple(of: parts) else { return false }
    let (size, step) = (fields.count / parts, groupBits / parts)
    return fields.indices.dropFirst(size).allSatisfy {
      var before = fields[$0 - size]
      before.bitOffset += step
      return before == fields[$0]
    }
  }
}

/// Which stored pixel of a ``Grid`` is shown where.
///
/// Pixel (`x`, `y`) of a view is stored pixel (`columns.first + x * columns.step`,
/// `rows.first + y * rows.step`), with `x` and `y` changed for each other where the view is turned. Every
/// crop, mirror, quarter turn and subsampling of a lens is a lens again.
public struct Lens: Hashable, Sendable {
  /// A walk along stored columns or rows.
  public struct Steps: Hashable, Sendable {
    public var first: Int
    /// Not 0, and below 0 where the view is mirrored.
    public var step: Int

    public init(first: Int = 0, step: Int = 1) {
      self.first = first
      self.step = step
    }

    @inline(__always)
    func callAsFunction(_ index: Int) -> Int { first + index * step }
  }

  public var columns: Steps
  public var rows: Steps
  /// Whether a step to the right in the view is one down among the stored pixels.
  public var isTransposed: Bool

  public init(columns: Steps = Steps(), rows: Steps = Steps(), isTransposed: Bool = false) {
    self.columns = columns
    self.rows = rows
    self.isTransposed = isTransposed
  }

  /// The stored pixel behind a pixel of the view.
  @inline(__always)
  func stored(x: Int, y: Int) -> (column: Int, row: Int) {
    isTransposed ? (columns(y), rows(x)) : (columns(x), rows(y))
  }
}
