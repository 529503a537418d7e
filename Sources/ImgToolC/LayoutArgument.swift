import CImgTool
import PixelMemory
import PixelViews

/// What an `imgtool_layout` asks for, checked but for the bytes.
struct LayoutArgument {
  let layout: Layout
  let format: PixelFormat
  let palette: Palette?
  /// The mode that the stored pixels are shown in, for rawmodes of which the pixels are computed.
  let shownMode: Mode?

  init(_ pointer: UnsafePointer<imgtool_layout>?) throws(Refusal) {
    let given = try unsafe required(pointer, "layout").pointee
    try unsafe checkSize(given.struct_size, of: imgtool_layout.self, "layout")
    let modeName = try unsafe text(given.mode, "layout.mode")
    let rawmodeName = try unsafe text(given.rawmode, "layout.rawmode")
    let rawmode = try Self.rawmode(rawmodeName, mode: modeName)
    let (width, height) = unsafe (Int(given.width), Int(given.height))
    let layout =
      unsafe given.is_strided != 0
      ? try unsafe Self.strided(rawmode, width: width, height: height, given)
      : try unsafe Self.plain(rawmode, width: width, height: height, given)
    try viewing { () throws(ViewError) in try layout.validate(as: rawmode.storedFormat) }
    self.layout = layout
    format = rawmode.storedFormat
    shownMode = rawmode.isDerived ? rawmode.mode : nil
    palette = try unsafe Self.palette(given, mode: rawmode.storedMode)
  }

  /// The image on a buffer that holds the layout.
  ///
  /// - Throws: ``Refusal`` when it does not; see ``check(byteCount:)``.
  func image(on buffer: Buffer) throws(Refusal) -> Image {
    try viewing { () throws(ViewError) in
      let stored = try Image(buffer: buffer, layout: layout, format: format, palette: palette)
      guard let shownMode else { return stored }
      return try stored.converted(to: shownMode)
    }
  }

  /// Refuses bytes that are too few.
  func check(byteCount: Int) throws(Refusal) {
    try viewing { () throws(ViewError) in try layout.check(byteCount: byteCount) }
  }

  /// The way to store pixels that two names stand for.
  static func rawmode(_ name: String?, mode: String?) throws(Refusal) -> Rawmode {
    let mode = try mode.map { name throws(Refusal) in try ImgToolC.mode(name) }
    guard let name else { return Rawmode.natural(mode ?? .gray) }
    guard let rawmode = Rawmode.named(name, mode: mode) else {
      let ways = Rawmode.all.filter { $0.mode == mode }.map(\.name).joined(separator: ", ")
      throw Refusal(
        mode.map { "\(name) stores no mode \($0.name), which is stored as \(ways)" }
          ?? "\(name) is no rawmode")
    }
    return rawmode
  }

  private static func plain(
    _ rawmode: Rawmode, width: Int, height: Int, _ given: imgtool_layout
  ) throws(Refusal) -> Layout {
    var options = Rawmode.Options()
    options.offset = unsafe Int(given.offset)
    guard options.offset >= 0 else { throw Refusal("the offset is \(options.offset), below zero") }
    options.stride = unsafe given.stride == 0 ? nil : Int(given.stride)
    options.planeStride = unsafe given.plane_stride == 0 ? nil : Int(given.plane_stride)
    switch unsafe given.orientation {
    case 0, 1: break
    case -1: options.bottomUp = true
    default: throw Refusal("the orientation is \(unsafe given.orientation); 1 or -1 is expected")
    }
    switch unsafe Int(given.interleave) {
    case IMGTOOL_BY_PIXEL: break
    case IMGTOOL_BY_LINE: options.interleave = .line
    case IMGTOOL_BY_PLANE: options.interleave = .plane
    default: throw Refusal("the interleave is \(unsafe given.interleave); 0, 1 or 2 is expected")
    }
    guard options.interleave == .pixel || rawmode.canInterleave || rawmode.mode.bandCount == 1
    else { throw Refusal("rawmode \(rawmode.name) keeps its samples in one word, not apart") }
    if !rawmode.canInterleave { options.interleave = .pixel }
    return try viewing { () throws(ViewError) in
      try rawmode.layout(width: width, height: height, options: options)
    }
  }

  /// A layout with exact strides, as arrays have them.
  static func strided(
    _ rawmode: Rawmode, width: Int, height: Int, _ given: imgtool_layout
  ) throws(Refusal) -> Layout {
    try checkPixelCount(width: width, height: height)
    var layout = try viewing { () throws(ViewError) in try rawmode.layout(width: 1, height: 1) }
    let strides = unsafe [given.offset, given.stride, given.pixel_stride, given.band_stride]
    // Far below where a product with a band could overflow; `validate` looks closer.
    guard strides.allSatisfy({ $0.magnitude < 1 << 56 }) else {
      throw Refusal("a stride or the offset is beyond what 64 bits can count in bits")
    }
    for band in layout.fields.indices {
      guard layout.fields[band].isWholeElement else {
        throw Refusal("rawmode \(rawmode.name) has no whole elements; is_strided needs them")
      }
      layout.fields[band].bitOffset = band * Int(strides[3]) * 8
    }
    layout.width = width
    layout.height = height
    layout.bitOffset = Int(strides[0]) * 8
    layout.rowBits = Int(strides[1]) * 8
    layout.pixelBits = Int(strides[2]) * 8
    return layout
  }

  private static func palette(
    _ given: imgtool_layout, mode: Mode
  ) throws(Refusal) -> Palette? {
    guard let colors = unsafe given.palette else { return nil }
    guard mode.isIndexed else {
      throw Refusal("a palette is for modes P and PA; this one is \(mode.name)")
    }
    return try unsafe paletteArgument(colors, given.palette_count, Int(given.palette_bands))
  }
}

extension SampleField {
  /// Whether the sample is a whole word of its own, of which all bits count.
  var isWholeElement: Bool {
    guard case .word(let byteCount, _) = storage else { return false }
    return shift == 0 && bitCount == byteCount * 8
  }
}
