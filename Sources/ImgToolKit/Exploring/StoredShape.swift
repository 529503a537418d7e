import PixelViews

/// Where the bits of a rawmode's samples stand, in a form in which rawmodes can be compared and one be
/// found that differs in one thing alone.
struct StoredShape: Hashable, Sendable {
  /// One for each band, as those of a grid.
  private var planes: [Grid.Plane]

  /// `nil` for rawmodes without a layout of their own.
  init?(_ rawmode: Rawmode) {
    // As many columns as all groups are multiples of, nearly; each rawmode gets the same.
    guard let layout = try? rawmode.layout(width: 240, height: 4) else { return nil }
    if let grid = layout.grid {
      planes = grid.planes
    } else {
      planes = layout.fields.map {
        Grid.Plane(
          bitOffset: 0, rowBits: layout.rowBits, groupBits: layout.pixelBits, fields: [$0])
      }
    }
    change { $0.scaling = .none }
  }

  private mutating func change(_ body: (inout SampleField) -> Void) {
    for plane in planes.indices {
      for field in planes[plane].fields.indices { body(&planes[plane].fields[field]) }
    }
  }

  private func changed(_ body: (inout SampleField) -> Void) -> StoredShape {
    var shape = self
    shape.change(body)
    return shape
  }

  /// The same with its words, or bits, from the other end.
  var inOtherByteOrder: StoredShape {
    changed { field in
      switch field.storage {
      case .word(let byteCount, let bigEndian) where byteCount > 1:
        field.storage = .word(byteCount: byteCount, bigEndian: !bigEndian)
      case .bits(.mostSignificantFirst): field.storage = .bits(.leastSignificantFirst)
      case .bits(.leastSignificantFirst): field.storage = .bits(.mostSignificantFirst)
      default: break
      }
    }
  }

  /// The same with whole numbers that have a sign, or have none any more.
  var withOtherSign: StoredShape {
    changed { field in
      switch field.number {
      case .unsigned: field.number = .signed
      case .signed: field.number = .unsigned
      case .float: break
      }
    }
  }

  /// The same with all bits turned, those of a band aside.
  ///
  /// - Parameter band: that of opacity.
  func inverted(except band: Int?) -> StoredShape {
    var shape = self
    for plane in planes.indices where plane != band {
      for index in planes[plane].fields.indices {
        let field = planes[plane].fields[index]
        guard !field.isConstant, field.bitCount < 64 else { continue }
        shape.planes[plane].fields[index].flippedBits ^= 1 << UInt64(field.bitCount) - 1
      }
    }
    return shape
  }

  /// What is left of it when nobody asks which channel stands where: how many samples of which kind are in
  /// groups of what size.
  var withoutOrder: [Grid.Plane: Int] {
    var kinds: [Grid.Plane: Int] = [:]
    for var plane in planes {
      plane.bitOffset = 0
      plane.fields = plane.fields.map { field in
        var field = field
        (field.bitOffset, field.shift) = (0, 0)
        return field
      }
      kinds[plane, default: 0] += 1
    }
    return kinds
  }

  /// Every rawmode with its shape.
  static let all: [(rawmode: Rawmode, shape: StoredShape)] = Rawmode.all.compactMap { rawmode in
    StoredShape(rawmode).map { (rawmode, $0) }
  }
}

extension Rawmode {
  /// The rawmode with another shape, of the same mode where there is one: gray for numbers without a
  /// sign, since it is what small numbers are shown as.
  private func found(_ shape: StoredShape?) -> Rawmode? {
    guard let shape, shape != StoredShape(self) else { return nil }
    let found = StoredShape.all.filter {
      $0.shape == shape && $0.rawmode.mode.bandCount == mode.bandCount
    }.map(\.rawmode)
    // Gray of one byte can be of words of two as well, and shows less of them.
    let gray = [Mode.gray16, .gray].lazy.compactMap { mode in found.first { $0.mode == mode } }
    return (mode == .integer ? gray.first : nil) ?? found.first { $0.mode == mode } ?? found.first
  }

  var inOtherByteOrder: Rawmode? { found(StoredShape(self)?.inOtherByteOrder) }
  var withOtherSign: Rawmode? { found(StoredShape(self)?.withOtherSign) }
  var inverted: Rawmode? { found(StoredShape(self)?.inverted(except: mode.alphaBand)) }

  /// The next rawmode whose channels are the same in another order; `nil` where there is but one.
  var inNextOrder: Rawmode? {
    guard let shape = StoredShape(self) else { return nil }
    let kinds = shape.withoutOrder
    var orders: [(rawmode: Rawmode, shape: StoredShape)] = []
    for other in StoredShape.all where other.rawmode.mode == mode && other.rawmode.type == type {
      guard other.shape.withoutOrder == kinds, !orders.contains(where: { $0.shape == other.shape })
      else { continue }
      orders.append(other)
    }
    guard orders.count > 1, let index = orders.firstIndex(where: { $0.shape == shape }) else {
      return nil
    }
    return orders[(index + 1) % orders.count].rawmode
  }

  /// The names that tell a mosaic, by the mosaic's own.
  var mosaicNames: [String: String] {
    Dictionary(
      ([name] + aliases).compactMap { alias in
        Mosaic(rawmode: alias).map { ($0.name, alias) }
      }
    ) { first, _ in first }
  }
}
