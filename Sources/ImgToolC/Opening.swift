// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import ImageFiles
import PixelMemory
import PixelViews

/// A function of the caller that is called once, when its memory is not needed any more.
@safe struct ReleaseCall: @unchecked Sendable {
  let function: imgtool_release?
  let context: UnsafeMutableRawPointer?

  func callAsFunction() {
    if let function = unsafe function { unsafe function(context) }
  }
}

@c @implementation
public func imgtool_image_from_memory(
  _ memory: UnsafeMutableRawPointer?, _ byteCount: Int, _ layout: UnsafePointer<imgtool_layout>?,
  _ access: Int32, _ release: imgtool_release?, _ context: UnsafeMutableRawPointer?,
  _ image: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  let release = unsafe ReleaseCall(function: release, context: context)
  return unsafe making(image) { () throws(Refusal) in
    let memory = try unsafe required(memory, "memory")
    let byteCount = try count(byteCount, "byte_count")
    let access = try accessChoice(access)
    guard access != .copyOnWrite else {
      throw Refusal("memory is read-only or read-write; only files are copied on write")
    }
    return try unsafe onMemory(
      memory, byteCount: byteCount, LayoutArgument(layout), access, release: release)
  }
}

/// An image on memory of the caller, which is taken over only when nothing can fail any more.
func onMemory(
  _ memory: UnsafeMutableRawPointer, byteCount: Int, _ layout: LayoutArgument, _ access: Access,
  release: ReleaseCall
) throws(Refusal) -> ImageHandle {
  try layout.check(byteCount: byteCount)
  // What the image is shown as is tried on a stand-in, so that the release is not called in vain.
  if layout.shownMode != nil {
    _ = try layout.image(on: unsafe Buffer(foreign: memory, byteCount: byteCount, access: access))
  }
  let buffer = unsafe Buffer(
    foreign: memory, byteCount: byteCount, access: access, release: { release() })
  return ImageHandle(try layout.image(on: buffer))
}

@c @implementation
public func imgtool_image_map(
  _ path: UnsafePointer<CChar>?, _ layout: UnsafePointer<imgtool_layout>?, _ access: Int32,
  _ image: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe making(image) { () throws(Refusal) in
    let path = try unsafe requiredPath(path, "path")
    let access = try accessChoice(access)
    let layout = try unsafe LayoutArgument(layout)
    let buffer = try touching { () throws(MemoryError) in
      try Buffer(mapping: path, access: access)
    }
    do throws(Refusal) { return ImageHandle(try layout.image(on: buffer)) } catch {
      throw error.about(path)
    }
  }
}

@c @implementation
public func imgtool_image_open(
  _ path: UnsafePointer<CChar>?, _ access: Int32, _ frame: Int64,
  _ image: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe making(image) { () throws(Refusal) in
    let path = try unsafe requiredPath(path, "path")
    let access = try accessChoice(access)
    let buffer = try touching { () throws(MemoryError) in
      try Buffer(mapping: path, access: access)
    }
    return try describe(buffer, path: path, access: access) { $0.frame = Int(frame) }
  }
}

@c @implementation
public func imgtool_image_open_tensor(
  _ path: UnsafePointer<CChar>?, _ access: Int32, _ tensor: UnsafePointer<CChar>?,
  _ image: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe making(image) { () throws(Refusal) in
    let path = try unsafe requiredPath(path, "path")
    let access = try accessChoice(access)
    guard let tensor = try unsafe text(tensor, "tensor") else { throw Refusal("tensor is NULL") }
    let buffer = try touching { () throws(MemoryError) in
      try Buffer(mapping: path, access: access)
    }
    return try describe(buffer, path: path, access: access) { $0.tensor = tensor }
  }
}

/// The image of a file that describes itself.
private func describe(
  _ buffer: Buffer, path: String, access: Access,
  _ choose: (inout FileFormat.DescribeOptions) -> Void
) throws(Refusal) -> ImageHandle {
  var options = FileFormat.DescribeOptions()
  choose(&options)
  let file: OpenedFile
  do throws(FormatError) {
    file = try OpenedFile(buffer, path: path, options: options, reachesFile: access == .readWrite)
  } catch {
    throw Refusal(error, name: path).blamingContents
  }
  // Decoded pixels are memory of ours, and could be written to.
  return ImageHandle(
    access == .readOnly ? file.image.sealed : file.image, frameCount: file.frameCount,
    fileFormat: file.format,
    file: buffer.identity.map { ImageHandle.FileOrigin(identity: $0, beside: file.beside) })
}

@c @implementation
public func imgtool_image_new(
  _ mode: UnsafePointer<CChar>?, _ width: Int64, _ height: Int64,
  _ image: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe making(image) { () throws(Refusal) in
    let format = PixelFormat(try ImgToolC.mode(unsafe requiredText(mode, "mode")))
    let layout = try viewing { () throws(ViewError) in
      try Rawmode.natural(format).layout(width: Int(width), height: Int(height))
    }
    let byteCount = try viewing { () throws(ViewError) in try layout.byteRange().upperBound }
    let buffer = try touching { () throws(MemoryError) in try Buffer(allocating: byteCount) }
    let palette: Palette? = format.mode.isIndexed ? .gray : nil
    return ImageHandle(
      try viewing { () throws(ViewError) in
        try Image(buffer: buffer, layout: layout, format: format, palette: palette)
      })
  }
}

/// The access that a number of the interface stands for.
func accessChoice(_ number: Int32) throws(Refusal) -> Access {
  switch Int(number) {
  case IMGTOOL_READ_ONLY: return .readOnly
  case IMGTOOL_COPY_ON_WRITE: return .copyOnWrite
  case IMGTOOL_READ_WRITE: return .readWrite
  default: throw Refusal("the access is \(number); 0, 1 or 2 is expected")
  }
}
