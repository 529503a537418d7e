// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import ImageFiles
import PixelMemory
import PixelViews

@c @implementation
public func imgtool_image_info(
  _ image: OpaquePointer?, _ info: UnsafeMutablePointer<imgtool_info>?
) -> Int32 {
  answering { () throws(Refusal) in
    let handle = try unsafe ImageHandle.at(image)
    let target = try unsafe required(info, "info")
    let image = handle.image
    let readOnly =
      switch image.readOnlyReason {
      case nil: IMGTOOL_WRITABLE
      case .buffer: IMGTOOL_BYTES_READ_ONLY
      case .derived: IMGTOOL_DERIVED
      case .layout: IMGTOOL_LAYOUT_READ_ONLY
      }
    let row = Rawmode.natural(image.format).rowByteCount(width: image.width) ?? 0
    unsafe target.pointee = unsafe imgtool_info(
      width: Int64(image.width), height: Int64(image.height), mode: CNames.of(image.mode),
      row_byte_count: Int64(row), frame_count: Int64(handle.frameCount),
      band_count: Int32(image.mode.bandCount), sample_type: image.format.type.cNumber,
      read_only: Int32(readOnly), palette_count: Int32(image.palette?.count ?? 0))
  }
}

@c @implementation
public func imgtool_image_array(
  _ image: OpaquePointer?, _ array: UnsafeMutablePointer<imgtool_array>?
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    let target = try unsafe required(array, "array")
    let view = try ArrayView(image)
    unsafe target.pointee = unsafe imgtool_array(
      data: view.data,
      shape: (Int64(image.height), Int64(image.width), Int64(image.mode.bandCount)),
      strides: (Int64(view.rowStride), Int64(view.pixelStride), Int64(view.bandStride)),
      dimension_count: image.mode.bandCount == 1 ? 2 : 3, kind: view.element.kind.cNumber,
      item_byte_count: Int32(view.element.byteCount),
      is_big_endian: view.element.isBigEndian ? 1 : 0,
      is_read_only: view.isReadOnly ? 1 : 0, reserved: 0)
  }
}

@c @implementation
public func imgtool_image_sharing(
  _ image: OpaquePointer?, _ sharing: UnsafeMutablePointer<imgtool_sharing>?
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    let target = try unsafe required(sharing, "sharing")
    let range = image.byteRange
    let loss = try touching { () throws(MemoryError) in try image.loss() }
    // What is lost throws there.
    let found = try touching { () throws(MemoryError) in loss == nil ? try image.sharing() : nil }
    unsafe target.pointee = unsafe imgtool_sharing(
      address: image.buffer.pointerForCallers(at: range.lowerBound),
      offset: Int64(range.lowerBound),
      byte_count: Int64(range.count), detached_pages: Int64(found?.detachedPageCount ?? 0),
      page_byte_count: Int64(Syscalls.pageByteCount))
    if let loss { throw .no(Refusal(loss).text) }
    if let reason = found?.reason { throw .no(reason) }
  }
}

@c @implementation
public func imgtool_image_statistics(
  _ image: OpaquePointer?, _ threads: Int32,
  _ bands: UnsafeMutablePointer<imgtool_band_statistics>?,
  _ histograms: UnsafeMutablePointer<Int64>?
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    let target = try unsafe required(bands, "bands")
    let threads = try threadCount(threads)
    let found = try viewing { () throws(ViewError) in try image.statistics(threads: threads) }
    for (index, band) in found.bands.enumerated() {
      unsafe target[index] = imgtool_band_statistics(
        count: Int64(band.count), nan_count: Int64(band.nanCount), minimum: band.minimum,
        maximum: band.maximum, mean: band.mean, deviation: band.deviation)
      guard let histograms = unsafe histograms else { continue }
      for (value, count) in band.histogram.enumerated() {
        unsafe histograms[index * 256 + value] = Int64(count)
      }
    }
  }
}

@c @implementation
public func imgtool_image_file_format(
  _ image: OpaquePointer?, _ format: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> Int32 {
  answering { () throws(Refusal) in
    let handle = try unsafe ImageHandle.at(image)
    let target = try unsafe required(format, "format")
    guard let format = handle.fileFormat else { throw .no("the image is not of a file's format") }
    unsafe target.pointee = CNames.formats[FileFormat.all.firstIndex { $0.name == format.name }!]
  }
}
