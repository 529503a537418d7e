// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import ImageFiles
import PixelMemory
import PixelViews

/// A function of the caller that takes the bytes of a file, called on the thread that saves.
@safe private struct WriteCall: @unchecked Sendable {
  let function: imgtool_write
  let context: UnsafeMutableRawPointer?

  func callAsFunction(_ part: RawSpan) -> Bool {
    unsafe part.withUnsafeBytes { bytes in
      unsafe function(context, bytes.baseAddress!, bytes.count) == 0
    }
  }
}

@c @implementation
public func imgtool_image_check_descriptor(
  _ image: OpaquePointer?, _ descriptor: Int32
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    do throws(OutputError) { try ImageSave.check(descriptor, isUnmappedBy: image) } catch {
      throw Refusal(.output(error))
    }
  }
}

@c @implementation
public func imgtool_image_save_to(
  _ image: OpaquePointer?, _ write: imgtool_write?, _ context: UnsafeMutableRawPointer?,
  _ options: UnsafePointer<imgtool_save_options>?, _ saved: UnsafeMutablePointer<imgtool_saved>?
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image)
    let write = try unsafe WriteCall(function: required(write, "write"), context: context)
    let choice = try unsafe SaveChoice(options)
    var save = try Save(image, as: try choice.format(for: nil), choice)
    do throws(FormatError) { try save.run { part in write(part) } } catch {
      throw Refusal(error, name: save.formatName)
    }
    unsafe save.report(to: saved)
  }
}
