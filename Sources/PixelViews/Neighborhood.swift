import PixelMemory

/// A step between stored and shown pixels that looks at more than one pixel, or at where a pixel
/// stands: a picture of its own, made of the one before it, and a lens over it for the views that
/// follow. So a view of what is made is exactly that part of it, whatever is around.
///
/// A rectangle is read with a margin. Each pixel that is made comes from one reading of those that it is
/// made of; where two rectangles meet, their margins are read for each.
package struct Neighborhood: Sendable {
  /// What is made.
  enum Maker: Sendable {
    case demosaic(Demosaicing)
    case levels(MosaicLeveling)
    case chroma(ChromaInterpolation)
  }

  /// Shared by all views.
  private final class Origin: Sendable {
    let image: Image
    let pool = Pool<Memory>()
    init(_ image: Image) { self.image = image }
  }

  /// What one thread reads into.
  private struct Memory: ~Copyable, Sendable {
    var tile = TileMemory()
    var made = Scratch()
    var planes = Scratch()
  }

  private let origin: Origin
  let maker: Maker
  private var lens = Lens()

  /// What `maker` makes of an image.
  init(_ image: Image, _ maker: Maker) {
    origin = Origin(image)
    self.maker = maker
  }

  /// What it is made of.
  var source: Image { origin.image }

  var format: PixelFormat {
    switch maker {
    case .demosaic(let demosaicing): demosaicing.target
    case .levels, .chroma: source.format
    }
  }

  /// The same seen through a lens.
  func seen(through outer: Lens) -> Neighborhood {
    var view = self
    view.lens = lens.seen(through: outer)
    return view
  }

  /// The same view of what another maker makes.
  func remade(by maker: Maker) -> Neighborhood {
    var other = Neighborhood(source, maker)
    other.lens = lens
    return other
  }

  /// The bytes that a view of this size is made of.
  func byteRange(width: Int, height: Int) -> Range<Int> {
    let area = lens.stored(Rectangle(x: 0, y: 0, width: width, height: height))
    return (try? source.cropped(to: reach(of: area)).byteRange) ?? source.byteRange
  }

  private func reach(of area: Rectangle) -> Rectangle {
    switch maker {
    case .demosaic(let demosaicing): demosaicing.reach(of: area)
    case .levels: area
    case .chroma(let interpolation): interpolation.reach(of: area)
    }
  }

  /// Makes the plain rows of a rectangle of the view.
  ///
  /// - Throws: what reading throws.
  /// - Complexity: O(pixels between those of the view).
  func read(
    _ rectangle: Rectangle, into plain: inout MutableRawSpan
  ) throws(ViewError) {
    let slot = origin.pool.take { Memory() }
    // The parts of a local item can be used side by side.
    var memory = Memory()
    swap(&memory, &slot.item)
    defer {
      swap(&memory, &slot.item)
      origin.pool.give(slot)
    }
    if lens.isUpright {
      return try make(
        lens.stored(rectangle), into: &plain, &memory.tile, &memory.planes)
    }
    for block in blocks(of: rectangle) {
      let area = lens.stored(block)
      try makeBlock(area, &memory)
      switch format.pixelByteCount {
      case 1: pick(block, area, memory.made.bytes, rectangle, &plain, as: UInt8.self)
      case 2: pick(block, area, memory.made.bytes, rectangle, &plain, as: UInt16.self)
      case 3: pick(block, area, memory.made.bytes, rectangle, &plain, as: Triple<UInt8>.self)
      default: pick(block, area, memory.made.bytes, rectangle, &plain, as: Triple<UInt16>.self)
      }
    }
  }

  private func makeBlock(_ area: Rectangle, _ memory: inout Memory) throws(ViewError) {
    try Neighborhood.ensure(&memory.made, area.width * area.height * format.pixelByteCount)
    var made = Scratch()
    swap(&made, &memory.made)
    defer { swap(&made, &memory.made) }
    var bytes = made.mutableBytes
    try make(area, into: &bytes, &memory.tile, &memory.planes)
  }

  /// Makes a rectangle as it stands.
  private func make(
    _ area: Rectangle, into made: inout MutableRawSpan, _ tile: inout TileMemory,
    _ planes: inout Scratch
  ) throws(ViewError) {
    let reach = reach(of: area)
    try tile.read(reach, of: source)
    switch maker {
    case .levels(let levels):
      levels.apply(to: area, from: tile.rows.bytes, into: &made)
    case .chroma(let interpolation):
      interpolation.make(
        area, from: tile.rows.bytes, reach, into: &made, as: source.format.type)
    case .demosaic(let demosaicing):
      try Neighborhood.ensure(&planes, demosaicing.planesByteCount(width: area.width))
      var room = planes.mutableBytes
      demosaicing.make(area, from: tile.rows.bytes, reach, into: &made, &room)
    }
  }

  static func ensure(_ scratch: inout Scratch, _ byteCount: Int) throws(ViewError) {
    do throws(MemoryError) { try scratch.ensure(byteCount: byteCount) } catch {
      throw .memory(error)
    }
  }

  /// Rectangles that, together with what is between their pixels, fit private memory.
  private func blocks(of area: Rectangle) -> [Rectangle] {
    let most = 1 << 18
    let across = abs(lens.isTransposed ? lens.rows.step : lens.columns.step)
    let down = abs(lens.isTransposed ? lens.columns.step : lens.rows.step)
    let width = min(area.width, max(1, most / across))
    // Rows that are far apart are made one by one.
    let height = down > 2 ? 1 : min(area.height, max(1, most / (width * across * down)))
    return stride(from: 0, to: area.height, by: height).flatMap { y in
      stride(from: 0, to: area.width, by: width).map { x in
        Rectangle(
          x: area.x + x, y: area.y + y, width: min(width, area.width - x),
          height: min(height, area.height - y))
      }
    }
  }

  /// Puts the pixels of a block to their places in the rows of a rectangle.
  private func pick<Pixel: BitwiseCopyable>(
    _ block: Rectangle, _ area: Rectangle, _ made: RawSpan, _ rectangle: Rectangle,
    _ plain: inout MutableRawSpan, as: Pixel.Type
  ) {
    for y in block.y..<block.y + block.height {
      for x in block.x..<block.x + block.width {
        let (column, row) = lens.stored(x: x, y: y)
        let pixel: Pixel = made.sample((row - area.y) * area.width + column - area.x)
        plain.setSample((y - rectangle.y) * rectangle.width + x - rectangle.x, to: pixel)
      }
    }
  }
}
