// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import PixelMemory
import PixelViews

/// Edits an image in place.
private func editing(
  _ pointer: OpaquePointer?, threads: Int32 = 1, _ edit: (Image, Int) throws(Refusal) -> Void
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(pointer).image
    let threads = try threadCount(threads)
    if let reason = image.readOnlyReason { throw Refusal(ViewError.readOnly(reason)) }
    try edit(image, threads)
    image.noteLosses()
  }
}

extension Image {
  /// Keeps for the caller what edits have rounded, and reading has left out.
  func noteLosses() {
    unsafe Loss.sentence(takeLosses()).withCString { unsafe imgtool_texts_set_note($0) }
  }
}

/// The samples of a pixel that the caller points to.
private func pixel(
  _ samples: UnsafePointer<Double>?, _ count: Int, for image: Image
) throws(Refusal) -> Pixel {
  let samples = try unsafe required(samples, "samples")
  let count = try ImgToolC.count(count, "count")
  // Before so many are read.
  guard count == image.mode.bandCount else {
    throw Refusal(.sampleCount(found: count, mode: image.mode))
  }
  return Pixel(unsafe Array(UnsafeBufferPointer(start: samples, count: count)))
}

@c @implementation
public func imgtool_image_getpixel(
  _ image: OpaquePointer?, _ x: Int64, _ y: Int64, _ samples: UnsafeMutablePointer<Double>?,
  _ count: Int
) -> Int32 {
  let status = unsafe ImageHandle.withPixels(image) { pixels throws(ViewError) in
    guard let samples = unsafe samples, count >= pixels.bandCount else { return false }
    let pixel = try pixels.pixel(x: Int(x), y: Int(y))
    for band in 0..<pixels.bandCount { unsafe samples[band] = pixel[band] }
    return true
  }
  if let status { return status }
  return answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    let target = try unsafe required(samples, "samples")
    let count = try ImgToolC.count(count, "count")
    guard count >= image.mode.bandCount else {
      throw Refusal(
        "room for \(count) samples; mode \(image.mode.name) has \(image.mode.bandCount)")
    }
    let pixel = try viewing { () throws(ViewError) in try image.pixel(x: Int(x), y: Int(y)) }
    unsafe target.update(from: pixel.samples, count: pixel.samples.count)
  }
}

@c @implementation
public func imgtool_image_putpixel(
  _ image: OpaquePointer?, _ x: Int64, _ y: Int64, _ samples: UnsafePointer<Double>?, _ count: Int
) -> Int32 {
  let status = unsafe ImageHandle.withPixels(image, storing: true) { pixels throws(ViewError) in
    guard let samples = unsafe samples, count == pixels.bandCount else { return false }
    var numbers = SIMD4<Double>()
    for band in 0..<count { numbers[band] = unsafe samples[band] }
    guard try pixels.put(x: Int(x), y: Int(y), numbers) else { return false }
    unsafe imgtool_texts_set_note("")
    return true
  }
  if let status { return status }
  return answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    if let reason = image.readOnlyReason { throw Refusal(ViewError.readOnly(reason)) }
    let pixel = try unsafe pixel(samples, count, for: image)
    try viewing { () throws(ViewError) in try image.put(x: Int(x), y: Int(y), pixel) }
    image.noteLosses()
  }
}

@c @implementation
public func imgtool_image_fill(
  _ image: OpaquePointer?, _ x: Int64, _ y: Int64, _ width: Int64, _ height: Int64,
  _ samples: UnsafePointer<Double>?, _ count: Int, _ threads: Int32
) -> Int32 {
  unsafe editing(image, threads: threads) { image, threads throws(Refusal) in
    let pixel = try unsafe pixel(samples, count, for: image)
    let area = Rectangle(x: Int(x), y: Int(y), width: Int(width), height: Int(height))
    try viewing { () throws(ViewError) in
      try image.fill(area, with: pixel, threads: threads)
    }
  }
}

@c @implementation
public func imgtool_image_invert(_ image: OpaquePointer?, _ threads: Int32) -> Int32 {
  unsafe editing(image, threads: threads) { image, threads throws(Refusal) in
    try viewing { () throws(ViewError) in try image.invert(threads: threads) }
  }
}

@c @implementation
public func imgtool_image_flip(
  _ image: OpaquePointer?, _ axis: UnsafePointer<CChar>?, _ threads: Int32
) -> Int32 {
  unsafe editing(image, threads: threads) { image, threads throws(Refusal) in
    let name = try unsafe requiredText(axis, "axis")
    guard let axis = FlipAxis(rawValue: name) else {
      throw Refusal("\(name) is not an axis; h or v is expected")
    }
    try viewing { () throws(ViewError) in try image.flip(axis, threads: threads) }
  }
}

@c @implementation
public func imgtool_image_swap(
  _ image: OpaquePointer?, _ first: Int32, _ second: Int32, _ threads: Int32
) -> Int32 {
  unsafe editing(image, threads: threads) { image, threads throws(Refusal) in
    try viewing { () throws(ViewError) in
      try image.swapBands(Int(first), Int(second), threads: threads)
    }
  }
}

@c @implementation
public func imgtool_image_add(
  _ image: OpaquePointer?, _ number: Double, _ threads: Int32
) -> Int32 {
  unsafe editing(image, threads: threads) { image, threads throws(Refusal) in
    try viewing { () throws(ViewError) in try image.add(number, threads: threads) }
  }
}

@c @implementation
public func imgtool_image_paste(
  _ image: OpaquePointer?, _ other: OpaquePointer?, _ x: Int64, _ y: Int64, _ threads: Int32
) -> Int32 {
  unsafe editing(image, threads: threads) { image, threads throws(Refusal) in
    let picture = try unsafe ImageHandle.at(other, "other").image
    _ = try viewing { () throws(ViewError) in
      try image.paste(picture, x: Int(x), y: Int(y), threads: threads)
    }
  }
}

@c @implementation
public func imgtool_image_flush(_ image: OpaquePointer?) -> Int32 {
  answering { () throws(Refusal) in
    let buffer = try unsafe ImageHandle.at(image).image.buffer
    unsafe imgtool_texts_set_note("")
    if case .file = buffer.origin {
      try touching { () throws(MemoryError) in try buffer.flush() }
    }
  }
}
