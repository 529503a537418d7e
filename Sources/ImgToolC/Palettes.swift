// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import PixelMemory
import PixelViews

@c @implementation
public func imgtool_image_palette(
  _ image: OpaquePointer?, _ palette: UnsafeMutablePointer<UInt8>?,
  _ count: UnsafeMutablePointer<Int>?
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    let (palette, count) = try unsafe (required(palette, "palette"), required(count, "count"))
    guard image.mode.isIndexed, let found = image.palette else {
      throw .no("the image has no palette")
    }
    unsafe palette.update(from: found.colors, count: found.colors.count)
    unsafe count.pointee = found.count
  }
}

@c @implementation
public func imgtool_image_with_palette(
  _ image: OpaquePointer?, _ palette: UnsafePointer<UInt8>?, _ count: Int, _ bands: Int32,
  _ view: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe making(view) { () throws(Refusal) in
    let handle = try unsafe ImageHandle.at(image)
    let colors = try unsafe paletteArgument(required(palette, "palette"), count, Int(bands))
    let indexed: Mode
    switch handle.image.mode {
    case .gray, .palette: indexed = .palette
    case .grayAlpha, .paletteAlpha: indexed = .paletteAlpha
    default:
      throw Refusal(
        "a palette is for modes L, P, LA and PA; this one is \(handle.image.mode.name)")
    }
    let indices = try viewing { () throws(ViewError) in
      try handle.image.reinterpreted(as: indexed)
    }
    return handle.showing(indices.with(palette: colors))
  }
}

/// The colors that a caller points to.
func paletteArgument(
  _ colors: UnsafePointer<UInt8>, _ count: Int, _ bands: Int
) throws(Refusal) -> Palette? {
  guard bands == 3 || bands == 4, (1...256).contains(count) else {
    throw Refusal(
      "the palette has \(count) colors of \(bands) bytes; 1 to 256 of 3 or 4 are expected")
  }
  let bytes = unsafe Array(UnsafeBufferPointer(start: colors, count: count * bands))
  return bands == 3 ? Palette(rgb: bytes) : Palette(rgba: bytes)
}
