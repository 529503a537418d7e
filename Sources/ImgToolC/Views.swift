// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import PixelMemory
import PixelViews

@c @implementation
public func imgtool_image_crop(
  _ image: OpaquePointer?, _ x: Int64, _ y: Int64, _ width: Int64, _ height: Int64,
  _ view: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  let area = Rectangle(x: Int(x), y: Int(y), width: Int(width), height: Int(height))
  return unsafe viewing(image, view) { image throws(ViewError) in try image.cropped(to: area) }
}

@c @implementation
public func imgtool_image_band(
  _ image: OpaquePointer?, _ band: Int32, _ view: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe viewing(image, view) { image throws(ViewError) in try image.band(Int(band)) }
}

@c @implementation
public func imgtool_image_reorient(
  _ image: OpaquePointer?, _ how: UnsafePointer<CChar>?,
  _ view: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe making(view) { () throws(Refusal) in
    let handle = try unsafe ImageHandle.at(image)
    let name = try unsafe requiredText(how, "how")
    guard let reorientation = Reorientation(rawValue: name) else {
      throw Refusal("\(name) is not a way to turn; h, v, 90, 180 or 270 is expected")
    }
    return handle.showing(handle.image.reoriented(reorientation))
  }
}

@c @implementation
public func imgtool_image_every(
  _ image: OpaquePointer?, _ columns: Int64, _ rows: Int64,
  _ view: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe viewing(image, view) { image throws(ViewError) in
    try image.every(columns: Int(columns), rows: Int(rows))
  }
}

@c @implementation
public func imgtool_image_convert(
  _ image: OpaquePointer?, _ mode: UnsafePointer<CChar>?,
  _ view: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe converting(image, mode, .refuse, view)
}

@c @implementation
public func imgtool_image_convert_clamping(
  _ image: OpaquePointer?, _ mode: UnsafePointer<CChar>?,
  _ view: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe converting(image, mode, .clamp, view)
}

private func converting(
  _ image: OpaquePointer?, _ mode: UnsafePointer<CChar>?, _ policy: ConversionPolicy,
  _ view: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe making(view) { () throws(Refusal) in
    let handle = try unsafe ImageHandle.at(image)
    let mode = try ImgToolC.mode(unsafe requiredText(mode, "mode"))
    return handle.showing(
      try viewing { () throws(ViewError) in
        try handle.image.converted(to: mode, policy: policy)
      })
  }
}

@c @implementation
public func imgtool_image_window(
  _ image: OpaquePointer?, _ low: Double, _ high: Double,
  _ view: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe viewing(image, view) { image throws(ViewError) in try image.windowed(low, high) }
}

@c @implementation
public func imgtool_image_window_clamping(
  _ image: OpaquePointer?, _ low: Double, _ high: Double,
  _ view: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe viewing(image, view) { image throws(ViewError) in
    try image.windowed(low, high, policy: .clamp)
  }
}

@c @implementation
public func imgtool_image_automatic_window(
  _ image: OpaquePointer?, _ percent: Double, _ threads: Int32,
  _ low: UnsafeMutablePointer<Double>?, _ high: UnsafeMutablePointer<Double>?
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    let low = try unsafe required(low, "low")
    let high = try unsafe required(high, "high")
    guard percent >= 0, percent < 50 else {
      throw Refusal("percent is \(percent.plainText); 0 to less than 50 is expected")
    }
    let threads = try threadCount(threads)
    let window = try viewing { () throws(ViewError) in
      try image.automaticWindow(leavingOut: percent, threads: threads)
    }
    unsafe low.pointee = window.lowerBound
    unsafe high.pointee = window.upperBound
  }
}

@c @implementation
public func imgtool_image_copy(
  _ image: OpaquePointer?, _ threads: Int32, _ copy: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe making(copy) { () throws(Refusal) in
    let handle = try unsafe ImageHandle.at(image)
    let threads = try threadCount(threads)
    return ImageHandle(
      try viewing { () throws(ViewError) in try handle.image.copied(threads: threads) },
      file: handle.file)
  }
}
