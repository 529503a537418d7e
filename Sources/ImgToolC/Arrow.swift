// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import Glibc
import PixelMemory
import PixelViews

// The Arrow C data interface (arrow.apache.org/docs/format/CDataInterface.html): one array without
// nulls, whose values stand in the image's own bytes.

/// The letters of Arrow's types, with what they are as elements of an array.
private let arrowTypes: [(letter: String, kind: ArrayView.Kind, byteCount: Int)] = [
  ("C", .unsigned, 1), ("c", .signed, 1), ("S", .unsigned, 2), ("s", .signed, 2),
  ("I", .unsigned, 4), ("i", .signed, 4), ("L", .unsigned, 8), ("l", .signed, 8),
  ("e", .float, 2), ("f", .float, 4), ("g", .float, 8),
]

@c @implementation
public func imgtool_image_to_arrow(
  _ image: OpaquePointer?, _ schema: UnsafeMutablePointer<ArrowSchema>?,
  _ array: UnsafeMutablePointer<ArrowArray>?
) -> Int32 {
  answering { () throws(Refusal) in
    let handle = try unsafe ImageHandle.at(image)
    let (schema, array) = try unsafe (required(schema, "schema"), required(array, "array"))
    let values = try ArrowValues(handle.image)
    unsafe schema.initialize(to: .made(format: values.listFormat, child: values.itemFormat))
    unsafe array.initialize(to: .made(values, keeping: handle))
  }
}

/// The pixels as Arrow has them.
@safe private struct ArrowValues {
  let data: UnsafeMutableRawPointer
  let pixelCount: Int
  /// The values of one pixel, padding counted.
  let listSize: Int
  let letter: String

  init(_ image: Image) throws(Refusal) {
    let view = try ArrayView(image)
    guard
      let type = arrowTypes.first(where: {
        $0.kind == view.kind && $0.byteCount == view.itemByteCount
      }), !view.isBigEndian || view.itemByteCount == 1
    else { throw .no("Arrow has no numbers as these are stored; copy them as another mode") }
    let bands = image.mode.bandCount
    let isPadded = bands == 3 && view.pixelStride == 4 * view.itemByteCount
    listSize = isPadded ? 4 : bands
    guard bands == 1 || view.bandStride == view.itemByteCount,
      image.width == 1 && image.height == 1 || view.pixelStride == listSize * view.itemByteCount
        || image.width == 1 && view.rowStride == listSize * view.itemByteCount,
      image.height == 1 || view.rowStride == image.width * listSize * view.itemByteCount,
      !isPadded
        || image.layout.bitOffset / 8 + image.width * image.height * 4 * view.itemByteCount
          <= image.buffer.byteCount
    else {
      throw .no("Arrow wants values without gaps, in the order of the pixels; copy them first")
    }
    letter = type.letter
    pixelCount = image.width * image.height
    unsafe data = unsafe view.data
  }

  var itemFormat: String? { listSize == 1 ? nil : letter }
  var listFormat: String { listSize == 1 ? letter : "+w:\(listSize)" }
}

extension ArrowSchema {
  /// A schema, with the one of its items where it is a list.
  fileprivate static func made(format: String, child: String?, name: String = "") -> ArrowSchema {
    var schema = unsafe ArrowSchema()
    unsafe schema.format = UnsafePointer(strdup(format))
    unsafe schema.name = UnsafePointer(strdup(name))
    if let child {
      let children = UnsafeMutablePointer<UnsafeMutablePointer<ArrowSchema>?>.allocate(
        capacity: 1)
      let item = UnsafeMutablePointer<ArrowSchema>.allocate(capacity: 1)
      unsafe item.initialize(to: .made(format: child, child: nil, name: "item"))
      unsafe children.initialize(to: item)
      unsafe schema.n_children = 1
      unsafe schema.children = unsafe children
    }
    unsafe schema.release = { pointer in
      guard let pointer = unsafe pointer else { return }
      unsafe free(UnsafeMutablePointer(mutating: pointer.pointee.format))
      unsafe free(UnsafeMutablePointer(mutating: pointer.pointee.name))
      if let children = unsafe pointer.pointee.children {
        if let item = unsafe children.pointee {
          // A consumer may have moved the child out and released it on its own.
          if let release = unsafe item.pointee.release { unsafe release(item) }
          unsafe item.deallocate()
        }
        unsafe children.deallocate()
      }
      unsafe pointer.pointee.release = nil
    }
    return unsafe schema
  }
}

extension ArrowArray {
  /// An array on the values of an image, which it keeps alive.
  fileprivate static func made(_ values: ArrowValues, keeping handle: ImageHandle) -> ArrowArray {
    guard values.listSize > 1 else {
      return unsafe flat(values.data, count: values.pixelCount, keeping: handle)
    }
    var array = unsafe flat(nil, count: values.pixelCount, keeping: handle)
    let children = UnsafeMutablePointer<UnsafeMutablePointer<ArrowArray>?>.allocate(
      capacity: 1)
    let item = UnsafeMutablePointer<ArrowArray>.allocate(capacity: 1)
    let count = values.pixelCount * values.listSize
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

@c @implementation
public func imgtool_image_from_arrow(
  _ schema: UnsafePointer<ArrowSchema>?, _ array: UnsafeMutablePointer<ArrowArray>?,
  _ mode: UnsafePointer<CChar>?, _ width: Int64, _ height: Int64,
  _ image: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe making(image) { () throws(Refusal) in
    let (schema, array) = try unsafe (required(schema, "schema"), required(array, "array"))
    let mode = try ImgToolC.mode(unsafe requiredText(mode, "mode"))
    let source = try unsafe ArrowSource(schema, array)
    try checkPixelCount(width: Int(width), height: Int(height))
    let count = Int(width) * Int(height)
    guard source.pixelCount == count else {
      throw Refusal("the array has \(source.pixelCount) pixels, \(width)x\(height) is not as many")
    }
    let elements = try ElementLayout(
      mode, kind: source.kind, byteCount: source.itemByteCount)
    let bands = source.listSize
    guard bands == mode.bandCount || bands == 4 && mode.bandCount == 3 else {
      throw Refusal("the array has \(bands) values a pixel, mode \(mode.name) \(mode.bandCount)")
    }
    let item = source.itemByteCount
    let layout = try elements.layout(
      width: Int(width), height: Int(height), rowStride: Int(width) * bands * item,
      pixelStride: bands * item, bandStride: item)
    let byteCount = count * bands * item
    try viewing { () throws(ViewError) in try layout.check(byteCount: byteCount) }
    // The array moves into memory of ours; the caller's is marked as released.
    let moved = UnsafeMutablePointer<ArrowArray>.allocate(capacity: 1)
    unsafe moved.initialize(to: array.pointee)
    unsafe array.pointee.release = nil
    let release = unsafe ReleaseCall(
      function: { context in
        let moved = unsafe context!.assumingMemoryBound(to: ArrowArray.self)
        if let release = unsafe moved.pointee.release { unsafe release(moved) }
        unsafe moved.deallocate()
      }, context: UnsafeMutableRawPointer(moved))
    let buffer = unsafe Buffer(
      foreign: source.data, byteCount: byteCount, access: .readOnly,
      release: { release() })
    return ImageHandle(try elements.image(on: buffer, layout))
  }
}

/// The values of an array that somebody hands over.
@safe private struct ArrowSource {
  let data: UnsafeMutableRawPointer
  let pixelCount: Int
  let listSize: Int
  let kind: ArrayView.Kind
  let itemByteCount: Int

  init(
    _ schema: UnsafePointer<ArrowSchema>, _ array: UnsafePointer<ArrowArray>
  ) throws(Refusal) {
    guard unsafe array.pointee.release != nil, unsafe schema.pointee.release != nil else {
      throw Refusal("the array was released before")
    }
    let format = try unsafe requiredText(schema.pointee.format, "schema.format")
    var (listSize, letter) = (1, format)
    var values = unsafe array
    let (length, offset) = unsafe (array.pointee.length, array.pointee.offset)
    if format.hasPrefix("+w:"), let size = Int(format.dropFirst(3)), (1...4).contains(size),
      unsafe schema.pointee.n_children == 1, unsafe array.pointee.n_children == 1,
      let child = unsafe array.pointee.children?.pointee,
      let childSchema = unsafe schema.pointee.children?.pointee
    {
      (listSize, letter) = (size, try unsafe requiredText(childSchema.pointee.format, "its format"))
      unsafe values = UnsafePointer(child)
    }
    guard let type = arrowTypes.first(where: { $0.letter == letter }) else {
      throw Refusal("the array is of Arrow's type \(letter), which no mode has")
    }
    let (valueCount, valueOffset) = unsafe (values.pointee.length, values.pointee.offset)
    // No memory holds as many, and no sum or product below can overflow.
    guard [length, offset, valueCount, valueOffset].allSatisfy({ (0..<1 << 48).contains($0) })
    else {
      throw Refusal("a length or an offset of the array is below zero or beyond any memory")
    }
    let start = Int(listSize == 1 ? offset : offset * Int64(listSize) + valueOffset)
    guard unsafe array.hasNoNulls, unsafe values.hasNoNulls,
      Int(valueCount + valueOffset) >= start + Int(length) * listSize,
      unsafe values.pointee.n_buffers == 2, let data = unsafe values.pointee.buffers?[1]
    else { throw Refusal("the array has nulls, or too few values") }
    unsafe self.data = unsafe UnsafeMutableRawPointer(mutating: data) + start * type.byteCount
    self.pixelCount = Int(length)
    self.listSize = listSize
    kind = type.kind
    itemByteCount = type.byteCount
  }
}

extension UnsafePointer<ArrowArray> {
  /// Whether no value is missing; where nobody has counted, there must be no map of missing ones.
  fileprivate var hasNoNulls: Bool {
    let array = unsafe pointee
    return unsafe array.null_count == 0
      || array.null_count == -1 && array.n_buffers > 0 && array.buffers?[0] == nil
  }
}
