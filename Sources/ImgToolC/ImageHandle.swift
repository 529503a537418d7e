// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import ImageFiles
import PixelMemory
import PixelViews
import Synchronization

/// What a handle of the interface leads to. It never changes, so threads may share it.
final class ImageHandle: Sendable {
  let image: Image
  let frameCount: Int
  /// The format of the file that the image was opened from; `nil` for views of it, as in Pillow.
  let fileFormat: FileFormat?
  /// The file that the pixels are from, and what else it holds.
  let file: FileOrigin?
  /// Whether a pixel may be stored that is not an error: an index may have no color.
  let storesAnySample: Bool

  /// A file that a save may replace.
  struct FileOrigin: Sendable {
    let identity: FileIdentity
    let beside: [Loss]
  }

  /// The address of a `PixelAccess`, which the handle keeps; 0 before the first pixel. (The lazy
  /// reference of the library takes longer than all the rest of a pixel.)
  private let pixelAccess = Atomic<UInt>(0)

  deinit {
    if let made = unsafe ImageHandle.access(at: pixelAccess.load(ordering: .acquiring)) {
      unsafe made.release()
    }
  }

  private static func access(at address: UInt) -> Unmanaged<PixelAccess>? {
    unsafe UnsafeRawPointer(bitPattern: address).map { unsafe .fromOpaque($0) }
  }

  /// The short way to single pixels, where the image has one. It lives as long as the handle.
  private var pixels: Unmanaged<PixelAccess>? {
    if let made = unsafe ImageHandle.access(at: pixelAccess.load(ordering: .acquiring)) {
      return unsafe made
    }
    guard let new = PixelAccess(image) else { return nil }
    let kept = unsafe Unmanaged.passRetained(new)
    let (isFirst, other) = pixelAccess.compareExchange(
      expected: 0, desired: unsafe UInt(bitPattern: kept.toOpaque()),
      ordering: .acquiringAndReleasing)
    if isFirst { return unsafe kept }
    unsafe kept.release()
    return unsafe ImageHandle.access(at: other)
  }

  /// Reads or writes a pixel the short way. The caller keeps the handle meanwhile, so that no reference
  /// is counted, and nobody is asked whether to stop: either would take as long as the pixel.
  ///
  /// - Parameter storing: whether a pixel is written.
  /// - Returns: the status; `nil` where the image has no such way, or `body` says to go the long one.
  @inline(__always)
  static func withPixels(
    _ pointer: OpaquePointer?, storing: Bool = false,
    _ body: (PixelAccess) throws(ViewError) -> Bool
  ) -> Int32? {
    guard let pointer = unsafe pointer else { return nil }
    let handle = unsafe Unmanaged<ImageHandle>.fromOpaque(UnsafeRawPointer(pointer))
    let short = unsafe handle._withUnsafeGuaranteedRef { handle in
      unsafe storing && !handle.storesAnySample ? nil : handle.pixels
    }
    guard let pixels = unsafe short else { return nil }
    return unsafe pixels._withUnsafeGuaranteedRef { pixels in
      do throws(ViewError) { return try body(pixels) ? Int32(IMGTOOL_OK) : nil } catch {
        return Refusal(error).answer()
      }
    }
  }

  init(
    _ image: Image, frameCount: Int = 1, fileFormat: FileFormat? = nil, file: FileOrigin? = nil
  ) {
    self.file = file
    storesAnySample = !image.mode.isIndexed || image.palette.map { $0.count == 256 } ?? true
    self.image = image
    self.frameCount = frameCount
    self.fileFormat = fileFormat
  }

  /// Another view of the same bytes.
  func showing(_ view: Image) -> ImageHandle {
    ImageHandle(view, frameCount: frameCount, file: file)
  }

  /// The handle behind a pointer; the caller keeps its own.
  static func at(_ pointer: OpaquePointer?, _ name: String = "image") throws(Refusal) -> ImageHandle
  {
    let pointer = try unsafe required(pointer, name)
    return unsafe Unmanaged<ImageHandle>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }

  /// Hands the caller a pointer that is freed with `imgtool_image_free`.
  func give(to result: UnsafeMutablePointer<OpaquePointer?>) {
    unsafe result.pointee = OpaquePointer(Unmanaged.passRetained(self).toOpaque())
  }
}

/// Makes an image and hands it to the caller.
func making(
  _ result: UnsafeMutablePointer<OpaquePointer?>?, _ make: () throws(Refusal) -> ImageHandle
) -> Int32 {
  answering { () throws(Refusal) in
    let result = try unsafe required(result, "the pointer for the image")
    unsafe try make().give(to: result)
  }
}

/// Makes a view of an image and hands it to the caller.
func viewing(
  _ pointer: OpaquePointer?, _ result: UnsafeMutablePointer<OpaquePointer?>?,
  _ make: (Image) throws(ViewError) -> Image
) -> Int32 {
  unsafe making(result) { () throws(Refusal) in
    let handle = try unsafe ImageHandle.at(pointer)
    return handle.showing(try viewing { () throws(ViewError) in try make(handle.image) })
  }
}

@c @implementation
public func imgtool_image_free(_ image: OpaquePointer?) {
  guard let image = unsafe image else { return }
  unsafe Unmanaged<ImageHandle>.fromOpaque(UnsafeRawPointer(image)).release()
}
