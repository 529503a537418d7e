import PixelMemory

extension Difference {
  /// What a picture of a difference shows.
  package enum PictureStyle: String, Sendable, CaseIterable {
    /// The first image in dark gray, and the pixels that fail in red.
    case highlight
    /// How large the largest error of each pixel is: black is none, white is ``Difference/maximum``.
    case gray

    /// What the picture's pixels mean.
    package var format: PixelFormat { PixelFormat(self == .gray ? .gray : .rgb) }
  }

  /// What errors are multiplied by in a picture of them: 255 / ``maximum``, and 1 where that is 0 or
  /// infinite.
  package var pictureFactor: Double { maximum > 0 && maximum.isFinite ? 255 / maximum : 1 }

  /// A picture of where two images differ, in memory of its own.
  ///
  /// Errors are rounded up, so that none is black. What lies below the pixels that fail is gray of half
  /// the brightness; samples of more than 8 bits are spread from the smallest to the largest first.
  /// - Throws: `MemoryError.outOfMemory` for the picture, what
  ///   ``between(_:_:region:tolerance:threads:)`` throws.
  /// - Complexity: O(pixels).
  package func picture(
    of a: Image, _ b: Image, region: Rectangle? = nil, style: PictureStyle, threads: Int
  ) throws(ViewError) -> Image {
    let area = try Difference.commonArea(a, b, region)
    let picture = try Image(picture: style.format, width: area.width, height: area.height)
    let backdrop = style == .highlight ? try a.shownAsGray(area, threads: threads) : nil
    let (format, factor, tolerance) = (a.format, pictureFactor, tolerance)
    let pool = TilePool()
    try picture.editTiles(threads: threads, reading: false) { (tile, shown) throws(ViewError) in
      // The tiles of a picture of bytes are too large for wider pixels.
      let pieces = a.tiling(tile)
      for index in 0..<pieces.count {
        let piece = pieces[index]
        let place = piece.moved(by: tile).moved(by: area)
        let target = { (pixel: Int) in
          (piece.y + pixel / piece.width) * tile.width + piece.x + pixel % piece.width
        }
        if let backdrop {
          try pool.lend { gray throws(ViewError) in
            try gray.read(place, of: backdrop)
            for pixel in 0..<piece.width * piece.height {
              let level = gray.rows.bytes.sample(pixel, as: UInt8.self) / 2
              shown.setSample(target(pixel), to: Triple(level, level, level))
            }
          }
        }
        try Difference.readPair(a, b, place, pool) { (one, other) in
          for pixel in 0..<piece.width * piece.height {
            if backdrop == nil {
              let error = largestError(one, other, pixel, format)
              let level = UInt8(min(255, (error * factor).rounded(.up)))
              shown.setSample(target(pixel), to: level)
            } else if exceeds(tolerance, one, other, pixel, format) {
              shown.setSample(target(pixel), to: Triple<UInt8>(255, 0, 0))
            }
          }
        }
      }
    }
    return picture
  }
}

extension Image {
  /// An image of bytes in memory of its own.
  fileprivate init(picture format: PixelFormat, width: Int, height: Int) throws(ViewError) {
    let layout = try Rawmode.natural(format).layout(width: width, height: height)
    let byteCount = try layout.byteRange().upperBound
    let buffer = try memory { () throws(MemoryError) in try Buffer(allocating: byteCount) }
    try self.init(buffer: buffer, layout: layout, format: format)
  }

  /// The image as gray of 8 bits, computed while it is read: by Pillow's formula, else its first band.
  fileprivate func shownAsGray(_ area: Rectangle, threads: Int) throws(ViewError) -> Image {
    var gray = self
    if mode.bandCount > 1 || format.type == .u8 {
      do { gray = try converted(to: format.isNumberColor ? .float : .gray) } catch {
        gray = try band(0)
      }
    }
    guard gray.format.type != .u8 else { return gray }
    let range = try gray.cropped(to: area).automaticWindow(threads: threads)
    return try gray.windowed(range.lowerBound, range.upperBound, policy: .clamp)
  }
}
