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
  /// What `YCbCr` means in layouts of video.
  let videoColor: VideoColor?

  init(_ pointer: UnsafePointer<imgtool_layout>?) throws(Refusal) {
    let pointer = try unsafe required(pointer, "layout")
    let given = try unsafe structure(pointer, { unsafe $0.struct_size }, "layout")
    let modeName = try unsafe text(given.mode, "layout.mode")
    let rawmodeName = try unsafe text(given.rawmode, "layout.rawmode")
    let rawmode = try Self.rawmode(rawmodeName, mode: modeName)
    let (width, height) = unsafe (Int(given.width), Int(given.height))
    let layout =
      try unsafe flag(given.is_strided, "layout.is_strided")
      ? try unsafe Self.strided(rawmode, width: width, height: height, given)
      : try unsafe Self.plain(rawmode, width: width, height: height, given)
    try viewing { () throws(ViewError) in try layout.validate(as: rawmode.storedFormat) }
    self.layout = layout
    format = rawmode.storedFormat
    shownMode = rawmode.isDerived ? rawmode.mode : nil
    videoColor = rawmode.videoColor
    palette = try unsafe Self.palette(given, mode: rawmode.storedMode)
  }

  /// The image on a buffer that holds the layout.
  ///
  /// - Throws: ``Refusal`` when it does not; see ``check(byteCount:)``.
  func image(on buffer: Buffer) throws(Refusal) -> Image {
    try viewing { () throws(ViewError) in
      let stored = try Image(buffer: buffer, layout: layout, format: format, palette: palette)
        .with(videoColor: videoColor)
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
        mode.map {
          "rawmode \(name) does not store mode \($0.name), which is stored as \(ways)"
        } ?? "\(name) is not a rawmode")
    }
    return rawmode
  }

  private static func plain(
    _ rawmode: Rawmode, width: Int, height: Int, _ given: imgtool_layout
  ) throws(Refusal) -> Layout {
    var options = Rawmode.Options()
    options.offset = unsafe Int(given.offset)
    options.stride = unsafe given.stride == 0 ? nil : Int(given.stride)
    options.planeStride = unsafe given.plane_stride == 0 ? nil : Int(given.plane_stride)
    options.bottomUp = try unsafe isBottomUp(given.orientation)
    options.interleave = try unsafe interleave(given.interleave)
    guard unsafe given.pixel_stride == 0, unsafe given.band_stride == 0 else {
      throw Refusal(
        "a stride from pixel to pixel or from band to band is for layouts of exact strides")
    }
    return try viewing { () throws(ViewError) in
      try rawmode.layout(width: width, height: height, options: options)
    }
  }

  /// A layout with exact strides, as arrays have them.
  static func strided(
    _ rawmode: Rawmode, width: Int, height: Int, _ given: imgtool_layout
  ) throws(Refusal) -> Layout {
    try checkPixelCount(width: width, height: height)
    guard unsafe try !isBottomUp(given.orientation),
      unsafe try interleave(given.interleave) == .pixel,
      unsafe given.plane_stride == 0
    else {
      throw Refusal(
        "a layout of exact strides has no orientation, interleave or plane stride besides them")
    }
    var layout = try viewing { () throws(ViewError) in try rawmode.layout(width: 1, height: 1) }
    let strides = unsafe [given.offset, given.stride, given.pixel_stride, given.band_stride]
    // Far below where a product with a band could overflow; `validate` looks closer.
    guard strides.allSatisfy({ $0.magnitude < 1 << 56 }) else {
      throw Refusal("a stride or the offset is beyond what 64 bits can count in bits")
    }
    for band in layout.fields.indices {
      guard ArrayElement(layout.fields[band]) != nil else {
        throw Refusal("rawmode \(rawmode.name) has no whole elements, which exact strides need")
      }
      layout.fields[band].offset = band * Int(strides[3])
    }
    layout.width = width
    layout.height = height
    layout.offset = Int(strides[0])
    layout.stride = Int(strides[1])
    layout.pixelStride = Int(strides[2])
    return layout
  }

  private static func isBottomUp(_ orientation: Int32) throws(Refusal) -> Bool {
    switch orientation {
    case 0, 1: return false
    case -1: return true
    default: throw Refusal("the orientation is \(orientation); 1 or -1 is expected")
    }
  }

  private static func interleave(_ number: Int32) throws(Refusal) -> Rawmode.Interleave {
    switch Int(number) {
    case IMGTOOL_BY_PIXEL: return .pixel
    case IMGTOOL_BY_LINE: return .line
    case IMGTOOL_BY_PLANE: return .plane
    default: throw Refusal("the interleave is \(number); 0, 1 or 2 is expected")
    }
  }

  private static func palette(
    _ given: imgtool_layout, mode: Mode
  ) throws(Refusal) -> Palette? {
    let (count, bands) = unsafe (given.palette_count, Int(given.palette_bands))
    guard let colors = unsafe given.palette else {
      guard count == 0, [0, 3, 4].contains(bands) else {
        throw Refusal("a palette of \(count) colors of \(bands) bytes is given, but no colors")
      }
      return nil
    }
    guard mode.isIndexed else {
      throw Refusal("a palette is for modes P and PA; this one is \(mode.name)")
    }
    return try unsafe paletteArgument(colors, given.palette_count, Int(given.palette_bands))
  }
}
