import PixelMemory

/// Colors of a sensor's mosaic, computed while they are read.
extension Image {
  /// The same pixels as those of a mosaic; of none for `nil`.
  ///
  /// - Throws: ``ViewError/unsupported(operation:mode:)`` for modes that are not one band of 8 or 16
  ///   bits.
  public func with(mosaic: Mosaic?) throws(ViewError) -> Image {
    guard mosaic == nil || hasMosaicSamples else {
      throw .unsupported(operation: "a mosaic", mode: mode)
    }
    var image = self
    image.mosaic = mosaic
    return image
  }

  /// Whether the samples can be those of a mosaic.
  var hasMosaicSamples: Bool {
    (mode == .gray || mode.isGray16) && (format.type == .u8 || format.type == .u16)
  }

  private func checkedMosaic() throws(ViewError) -> Mosaic {
    guard let mosaic else { throw .noMosaic(mode: mode) }
    return mosaic
  }

  /// The colors of the mosaic, as `RGB` with samples as wide as those of the mosaic.
  ///
  /// ``Demosaic/half`` of stored pixels is a view of them that can be edited. All else is computed; it
  /// is another picture, so that a view of it shows exactly what stands in it there.
  /// - Throws: ``ViewError/noMosaic(mode:)``; ``ViewError/mosaicTooSmall(width:height:)`` below 2 x 2.
  public func demosaiced(_ method: Demosaic) throws(ViewError) -> Image {
    let mosaic = try checkedMosaic()
    guard width >= 2, height >= 2 else { throw .mosaicTooSmall(width: width, height: height) }
    let format = PixelFormat(.rgb, format.type)
    let demosaicing = Demosaicing(
      method: method, mosaic: mosaic, width: width, height: height, target: format)
    guard method == .half else { return making(.demosaic(demosaicing), layout) }
    let sites = [Mosaic.Color.red, .green1, .blue].map(mosaic.site)
    guard !isDerived, let cells = layout.cells(sites) else {
      return making(.demosaic(demosaicing), layout.cellOrigins).halved(from: self)
    }
    return Image(
      buffer: buffer, checked: cells, storedFormat: format, palette: nil, stages: [],
      purpose: purpose, losses: losses, like: self
    ).halved(from: self)
  }

  private func halved(from whole: Image) -> Image {
    guard let metadata = whole.metadata else { return self }
    return attaching(
      metadata.every(columns: 2, rows: 2, from: whole.layout, width: width, height: height))
  }

  func making(_ maker: Neighborhood.Maker, _ layout: Layout) -> Image {
    Image(
      buffer: buffer, checked: layout, storedFormat: storedFormat, palette: nil,
      stages: [.neighborhood(Neighborhood(self, maker))], purpose: purpose, losses: losses,
      like: self)
  }

  /// The levels of the mosaic that are computed last; those that change nothing where none are.
  public var mosaicLevels: MosaicLevels { leveling?.levels ?? MosaicLevels() }

  private var leveling: MosaicLeveling? {
    guard stages.count == 1, case .neighborhood(let last) = stages[0],
      case .levels(let leveling) = last.maker
    else { return nil }
    return leveling
  }

  /// The mosaic with other levels than ``mosaicLevels``, of which those are not the result: each number
  /// is rounded once.
  ///
  /// - Throws: ``ViewError/noMosaic(mode:)``; ``ViewError/badLevels(largest:)`` for levels that its samples do
  ///   not have, a white level that is not above the black ones, and a gain that is not above 0.
  public func leveled(_ levels: MosaicLevels) throws(ViewError) -> Image {
    let mosaic = try checkedMosaic()
    guard levels.isValid(for: format.type) else {
      throw .badLevels(largest: format.type.range.upperBound)
    }
    if let leveling, case .neighborhood(let last) = stages[0] {
      let stage = Stage.neighborhood(
        last.remade(by: .levels(leveling.with(levels))))
      return Image(
        buffer: buffer, checked: layout, storedFormat: storedFormat, palette: nil, stages: [stage],
        purpose: purpose, losses: losses, like: self)
    }
    return making(.levels(MosaicLeveling(levels, mosaic, format.type)), layout)
  }

  /// The gains of R, G and B that make the mosaic's mean colors equal, that of G being 1: a picture of a
  /// gray world. They have four decimals. A color that is black everywhere has 1.
  ///
  /// - Throws: ``ViewError/noMosaic(mode:)``; what reading throws.
  /// - Complexity: O(pixels).
  public func grayWorldGains(threads: Int) throws(ViewError) -> [Double] {
    let mosaic = try checkedMosaic()
    var sums = [Double](repeating: 0, count: 3)
    var counts = sums
    let type = format.type
    try mergeTiles(threads: threads) { tile, plain throws(ViewError) in
      var part = [UInt64](repeating: 0, count: 4)
      for row in 0..<tile.height {
        for x in 0..<tile.width {
          let index = row * tile.width + x
          part[x & 1 | (row & 1) << 1] +=
            type == .u8
            ? UInt64(plain.sample(index, as: UInt8.self))
            : UInt64(plain.sample(index, as: UInt16.self))
        }
      }
      return (tile: tile, sums: part)
    } merge: { part in
      for site in 0..<4 {
        let (x, y) = (site & 1, site >> 1)
        let band = mosaic[part.tile.x + x, part.tile.y + y].band
        sums[band] += Double(part.sums[site])
        counts[band] += Double(((part.tile.width + 1 - x) / 2) * ((part.tile.height + 1 - y) / 2))
      }
    }
    let means = zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
    return means.map { mean in
      guard mean > 0, means[1] > 0 else { return 1 }
      return max(1, (means[1] / mean * 10000).rounded()) / 10000
    }
  }

  /// The pixels, whose numbers are in proportion to light, as numbers of a curve for the eye.
  ///
  /// - Throws: ``ViewError/unsupported(operation:mode:)`` for modes other than `L`, `RGB` and those of
  ///   16-bit gray.
  public func encoded(_ gamma: Gamma) throws(ViewError) -> Image {
    guard let curve = SampleCurve(gamma, format) else {
      throw .unsupported(operation: "gamma", mode: mode)
    }
    return appending(.curve(curve))
  }
}
