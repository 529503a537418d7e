// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import Glibc
import PixelMemory
import PixelViews

// The Arrow C data interface (arrow.apache.org/docs/format/CDataInterface.html): one array without
// nulls, whose values stand in the image's own bytes.

extension ArrayElement {
  /// The letters of Arrow's types.
  private static let arrowLetters: [(letter: String, kind: Kind, byteCount: Int)] = [
    ("C", .unsigned, 1), ("c", .signed, 1), ("S", .unsigned, 2), ("s", .signed, 2),
    ("I", .unsigned, 4), ("i", .signed, 4), ("L", .unsigned, 8), ("l", .signed, 8),
    ("e", .float, 2), ("f", .float, 4), ("g", .float, 8),
  ]

  /// Arrow's letter; `nil` for booleans, which are bits there, and for big-endian numbers.
  var arrowLetter: String? {
    isBigEndian
      ? nil : Self.arrowLetters.first { $0.kind == kind && $0.byteCount == byteCount }?.letter
  }

  init?(arrowLetter: String) {
    guard let found = Self.arrowLetters.first(where: { $0.letter == arrowLetter }) else {
      return nil
    }
    self.init(found.kind, byteCount: found.byteCount)
  }
}

@c @implementation
public func imgtool_image_to_arrow(
  _ image: OpaquePointer?, _ schema: UnsafeMutablePointer<ArrowSchema>?,
  _ array: UnsafeMutablePointer<ArrowArray>?
) -> Int32 {
  unsafe exporting(image, schema) { handle, schema throws(Refusal) in
    let array = try unsafe required(array, "array")
    try unsafe give(ArrowValues(handle.image), keeping: handle, schema, array)
  }
}

@c @implementation
public func imgtool_image_to_arrow_like_pillow(
  _ image: OpaquePointer?, _ schema: UnsafeMutablePointer<ArrowSchema>?,
  _ array: UnsafeMutablePointer<ArrowArray>?
) -> Int32 {
  unsafe exporting(image, schema) { handle, schema throws(Refusal) in
    let form = try PillowArrow(handle.image)
    guard let array = unsafe array else {
      unsafe schema.initialize(to: .made(form.type))
      return
    }
    let (values, keeping) = try form.values(of: handle)
    unsafe give(values, keeping: keeping, schema, array)
  }
}

/// Runs the body of an export of an image.
private func exporting(
  _ image: OpaquePointer?, _ schema: UnsafeMutablePointer<ArrowSchema>?,
  _ body: (ImageHandle, UnsafeMutablePointer<ArrowSchema>) throws(Refusal) -> Void
) -> Int32 {
  answering { () throws(Refusal) in
    try unsafe body(ImageHandle.at(image), required(schema, "schema"))
  }
}

private func give(
  _ values: ArrowValues, keeping handle: ImageHandle, _ schema: UnsafeMutablePointer<ArrowSchema>,
  _ array: UnsafeMutablePointer<ArrowArray>
) {
  unsafe schema.initialize(to: .made(values.type))
  unsafe array.initialize(to: .made(values, keeping: handle))
}

/// What the values of an Arrow array are.
struct ArrowType {
  let mode: Mode
  /// The values of one pixel, padding counted.
  let listSize: Int
  let letter: String

  /// What Pillow calls the values of a pixel: its bands, padding as X.
  var bandNames: [String] {
    let bands = mode == .lab ? ["L", "a", "b"] : mode.bands
    guard listSize == 4 else { return bands }
    switch bands.count {
    case 2: return [bands[0], "X", "X", bands[1]]
    case 3: return bands + ["X"]
    default: return bands
    }
  }

  /// The name of the field: the mode, or the band of those that share one.
  var name: String { mode.bandCount == 1 ? mode.bands[0] : mode.name }
}

/// The pixels as Arrow has them.
@safe struct ArrowValues {
  let data: UnsafeMutableRawPointer
  let pixelCount: Int
  let type: ArrowType

  /// - Throws: ``Refusal`` with status 1 and the reason, where the bytes are not such an array.
  init(_ image: Image) throws(Refusal) {
    let view = try ArrayView(image)
    guard let letter = view.element.arrowLetter else {
      throw .no("Arrow has no type for numbers stored like these; copy them as another mode")
    }
    let (bands, item) = (image.mode.bandCount, view.element.byteCount)
    // As Pillow pads: after a color of three, between gray and its opacity.
    let isPadded =
      bands == 3 && view.pixelStride == 4 * item
      || bands == 2 && view.pixelStride == 4 * item && view.bandStride == 3 * item
    let listSize = isPadded ? 4 : bands
    guard bands == 1 || view.bandStride == (isPadded && bands == 2 ? 3 : 1) * item,
      image.width == 1 && image.height == 1 || view.pixelStride == listSize * item
        || image.width == 1 && view.rowStride == listSize * item,
      image.height == 1 || view.rowStride == image.width * listSize * item,
      !isPadded
        || image.layout.offset + image.width * image.height * 4 * item
          <= image.buffer.byteCount
    else {
      throw .no("Arrow needs values without gaps, in the order of the pixels; copy them first")
    }
    type = ArrowType(mode: image.mode, listSize: listSize, letter: letter)
    pixelCount = image.width * image.height
    unsafe data = unsafe view.data
  }

  init(_ data: UnsafeMutableRawPointer, pixelCount: Int, type: ArrowType) {
    unsafe self.data = unsafe data
    self.pixelCount = pixelCount
    self.type = type
  }
}

extension ArrowArray {
  /// An array on the values of an image, which it keeps alive.
  fileprivate static func made(_ values: ArrowValues, keeping handle: ImageHandle) -> ArrowArray {
    guard values.type.listSize > 1 else {
      return unsafe flat(values.data, count: values.pixelCount, keeping: handle)
    }
    var array = unsafe flat(nil, count: values.pixelCount, keeping: handle)
    let children = UnsafeMutablePointer<UnsafeMutablePointer<ArrowArray>?>.allocate(
      capacity: 1)
    let item = UnsafeMutablePointer<ArrowArray>.allocate(capacity: 1)
    let count = values.pixelCount * values.type.listSize
    unsafe item.initialize(to: flat(values.data, count: count, keeping: handle))
    unsafe children.initialize(to: item)
    unsafe array.n_children = 1
    unsafe array.children = unsafe children
    return unsafe array
  }

  /// One array with a buffer of values, or none for a list, after the absent one of nulls.
  private static func flat(
    _ data: UnsafeMutableRawPointer?, count: Int, keeping handle: ImageHandle
  ) -> ArrowArray {
    var array = unsafe ArrowArray()
    let buffers = UnsafeMutablePointer<UnsafeRawPointer?>.allocate(capacity: 2)
    unsafe buffers.initialize(repeating: nil, count: 2)
    unsafe buffers[1] = UnsafeRawPointer(data)
    unsafe array.length = Int64(count)
    unsafe array.n_buffers = unsafe data == nil ? 1 : 2
    unsafe array.buffers = unsafe buffers
    unsafe array.private_data = Unmanaged.passRetained(handle).toOpaque()
    unsafe array.release = { pointer in
      guard let pointer = unsafe pointer else { return }
      if let children = unsafe pointer.pointee.children {
        if let item = unsafe children.pointee {
          if let release = unsafe item.pointee.release { unsafe release(item) }
          unsafe item.deallocate()
        }
        unsafe children.deallocate()
      }
      unsafe pointer.pointee.buffers?.deallocate()
      unsafe pointer.pointee.release = nil
      if let handle = unsafe pointer.pointee.private_data {
        unsafe Unmanaged<ImageHandle>.fromOpaque(handle).release()
      }
    }
    return unsafe array
  }
}
