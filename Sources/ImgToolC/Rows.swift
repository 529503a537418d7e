// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import PixelMemory
import PixelViews

@c @implementation
public func imgtool_image_read_rows(
  _ image: OpaquePointer?, _ row: Int64, _ rowCount: Int64, _ rawmode: UnsafePointer<CChar>?,
  _ rows: UnsafeMutableRawPointer?, _ byteCount: Int, _ threads: Int32
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    let band = try image.rows(row, rowCount)
    let memory = try unsafe required(rows, "rows")
    let target = try unsafe packed(
      memory, byteCount, like: band, rawmode: text(rawmode, "rawmode"), access: .readWrite)
    let threads = try threadCount(threads)
    _ = try viewing { () throws(ViewError) in
      try target.paste(band, x: 0, y: 0, threads: threads)
    }
  }
}

@c @implementation
public func imgtool_image_write_rows(
  _ image: OpaquePointer?, _ row: Int64, _ rowCount: Int64, _ rawmode: UnsafePointer<CChar>?,
  _ rows: UnsafeRawPointer?, _ byteCount: Int, _ threads: Int32
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    let band = try image.rows(row, rowCount)
    let memory = try unsafe required(rows, "rows")
    // Read-only: nothing is ever stored through the pointer.
    let source = try unsafe packed(
      UnsafeMutableRawPointer(mutating: memory), byteCount, like: band,
      rawmode: text(rawmode, "rawmode"), access: .readOnly)
    let threads = try threadCount(threads)
    _ = try viewing { () throws(ViewError) in
      try band.paste(source, x: 0, y: 0, threads: threads)
    }
    image.noteLosses()
  }
}

extension Image {
  /// Whole rows, as a view.
  fileprivate func rows(_ row: Int64, _ count: Int64) throws(Refusal) -> Image {
    let area = Rectangle(x: 0, y: Int(row), width: width, height: Int(count))
    return try viewing { () throws(ViewError) in try cropped(to: area) }
  }
}

/// An image on the caller's packed rows, which lives no longer than the call.
private func packed(
  _ memory: UnsafeMutableRawPointer, _ byteCount: Int, like band: Image, rawmode name: String?,
  access: Access
) throws(Refusal) -> Image {
  var rawmode = Rawmode.natural(band.format)
  if let name {
    guard let named = Rawmode.named(name, mode: band.mode), named.storedFormat == band.format else {
      throw Refusal(
        "rawmode \(name) does not store \(band.mode.name) with \(band.format.type.rawValue) samples"
      )
    }
    rawmode = named
  }
  let byteCount = try count(byteCount, "byte_count")
  return try viewing { () throws(ViewError) in
    let layout = try rawmode.layout(width: band.width, height: band.height)
    let buffer = unsafe Buffer(foreign: memory, byteCount: byteCount, access: access)
    return try Image(buffer: buffer, layout: layout, format: band.format)
  }
}
