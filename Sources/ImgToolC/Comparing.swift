// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import ImageFiles
import PixelMemory
import PixelViews

@c @implementation
public func imgtool_image_compare(
  _ a: OpaquePointer?, _ b: OpaquePointer?, _ tolerance: Double, _ threads: Int32,
  _ difference: UnsafeMutablePointer<imgtool_difference>?
) -> Int32 {
  answering { () throws(Refusal) in
    let (a, b) = unsafe (try ImageHandle.at(a, "a").image, try ImageHandle.at(b, "b").image)
    let threads = try threadCount(threads)
    guard tolerance >= 0 else { throw Refusal(.negative("tolerance", found: tolerance)) }
    if let difference = unsafe difference { unsafe difference.pointee = .none }
    guard a.width == b.width, a.height == b.height else {
      throw .no("sizes differ: \(a.width)x\(a.height) and \(b.width)x\(b.height)")
    }
    let pair = try viewing { () throws(ViewError) in try a.comparable(with: b) }
    guard let pair else {
      throw .no("no mode shows both \(a.mode.name) and \(b.mode.name) without a loss")
    }
    let found = try viewing { () throws(ViewError) in
      try Difference.between(
        pair.a, pair.b, tolerance: tolerance, threads: threads)
    }
    if let difference = unsafe difference { unsafe difference.pointee = imgtool_difference(found) }
    if found.failingPixels > 0 {
      let place = found.first.map { ", the first at \($0.x),\($0.y)" } ?? ""
      throw .no("\(found.failingPixels) of \(found.pixelCount) pixels differ\(place)")
    }
  }
}

extension imgtool_difference {
  /// Nothing was compared.
  fileprivate static var none: Self {
    var none = Self()
    none.first_x = -1
    none.first_y = -1
    return none
  }

  fileprivate init(_ found: Difference) {
    self = .none
    pixel_count = Int64(found.pixelCount)
    differing_pixels = Int64(found.differingPixels)
    failing_pixels = Int64(found.failingPixels)
    maximum = found.maximum
    mean = found.meanAbsoluteError
    mean_squared = found.meanSquaredError
    psnr = found.psnr
    guard let first = found.first else { return }
    first_x = Int64(first.x)
    first_y = Int64(first.y)
    first_a = first.a.four
    first_b = first.b.four
  }
}

extension Pixel {
  /// The samples and, for fewer than four bands, zeros.
  fileprivate var four: (Double, Double, Double, Double) {
    let all = samples + [0, 0, 0]
    return (all[0], all[1], all[2], all[3])
  }
}

@c @implementation
public func imgtool_image_hash(
  _ image: OpaquePointer?, _ threads: Int32, _ hash: UnsafeMutablePointer<CChar>?
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    let target = try unsafe required(hash, "hash")
    let threads = try threadCount(threads)
    let found = try viewing { () throws(ViewError) in try image.hash(threads: threads) }
    let text = found.text.utf8CString
    unsafe target.update(from: Array(text), count: text.count)
  }
}
