// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import Glibc
import PixelMemory
import PixelViews

// An image on the values of an Arrow array.

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
    let (width, height) = (Int(width), Int(height))
    let form = try source.form(of: mode, width: width, height: height)
    let elements = try ElementLayout(mode, form.element)
    let layout = try form.layout(elements, width: width, height: height)
    let byteCount = source.byteCount
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

/// How the values of an array are the samples of pixels.
private struct ArrowForm {
  let element: ArrayElement
  /// The values of one pixel, padding counted.
  let listSize: Int

  func layout(_ elements: ElementLayout, width: Int, height: Int) throws(Refusal) -> Layout {
    let itemByteCount = element.byteCount
    let pixelStride = listSize * itemByteCount
    var layout = try elements.layout(
      width: width, height: height, rowStride: width * pixelStride, pixelStride: pixelStride,
      bandStride: itemByteCount)
    let bands = elements.format.mode.bandCount
    guard listSize == 4, bands < 4 else { return layout }
    // Pillow's four bytes: opacity is the last, and LAB has no flipped bits.
    if bands == 2 { layout.fields[1].offset = 3 * itemByteCount }
    for band in 0..<bands { layout.fields[band].flippedBits = 0 }
    return layout
  }
}

/// The values of an array that somebody hands over.
@safe private struct ArrowSource {
  let data: UnsafeMutableRawPointer
  /// The pixels, or the values where they are in no lists.
  let length: Int
  let listSize: Int
  let element: ArrayElement

  /// The bytes from the first value to the end of the last.
  var byteCount: Int { length * listSize * element.byteCount }

  /// The pixels that the values are: a list or a word each, or as many values in a row.
  func form(of mode: Mode, width: Int, height: Int) throws(Refusal) -> ArrowForm {
    let (count, bands) = (width * height, mode.bandCount)
    let isBytes = PixelFormat(mode).type == .u8
    if listSize == 1, isBytes, bands > 1, element.kind == .unsigned {
      let byte = ArrayElement(.unsigned, byteCount: 1)
      // A word of 32 bits is Pillow's pixel of four bytes.
      if element.byteCount == 4, length == count { return ArrowForm(element: byte, listSize: 4) }
      for size in [4, bands] where element == byte && length == count * size {
        return ArrowForm(element: byte, listSize: size)
      }
    }
    guard length == count else {
      throw Refusal("the array has \(length) pixels, \(width)x\(height) is not as many")
    }
    guard listSize == bands || listSize == 4 && (bands == 3 || bands == 2 && isBytes) else {
      throw Refusal("the array has \(listSize) values a pixel, mode \(mode.name) \(bands)")
    }
    var kind = element.kind
    if listSize == 1, element.byteCount == 1, mode == .bilevel { kind = .boolean }
    // Pillow calls its 16 bits signed; they are not.
    if element.byteCount == 2, PixelFormat(mode).type == .u16 { kind = .unsigned }
    return ArrowForm(
      element: ArrayElement(kind, byteCount: element.byteCount), listSize: listSize)
  }

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
    guard let type = ArrayElement(arrowLetter: letter) else {
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
    self.length = Int(length)
    self.listSize = listSize
    element = type
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
