// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import PixelMemory
import PixelViews

// DLPack (dmlc.github.io/dlpack): a tensor of height, width and bands in main memory.

private let mainMemory: Int32 = 1
private let readOnlyFlag: UInt64 = 1
private let supportedMajor: UInt32 = 1

/// The codes of DLPack's number types.
private let tensorCodes: [(code: UInt8, kind: ArrayElement.Kind)] = [
  (0, .signed), (1, .unsigned), (2, .float), (6, .boolean),
]

/// What a tensor of ours keeps until its deleter is called: the image, and the sizes it points to.
@safe private final class TensorOwner {
  let handle: ImageHandle
  let sizes: UnsafeMutablePointer<Int64>

  init(_ handle: ImageHandle) {
    self.handle = handle
    unsafe sizes = .allocate(capacity: 6)
  }

  deinit { unsafe sizes.deallocate() }

  /// The tensor, with its strides in elements.
  func tensor(_ view: ArrayView) throws(Refusal) -> DLTensor {
    let image = handle.image
    guard let type = tensorCodes.first(where: { $0.kind == view.element.kind }),
      !view.element.isBigEndian
    else { throw .no("DLPack has no big-endian numbers; copy them as another mode") }
    let strides = [view.rowStride, view.pixelStride, view.bandStride]
    let item = view.element.byteCount
    guard strides.allSatisfy({ $0.isMultiple(of: item) }) else {
      throw .no("DLPack needs strides in whole numbers; copy them first")
    }
    let shape = [image.height, image.width, image.mode.bandCount]
    for axis in 0..<3 {
      unsafe sizes[axis] = Int64(shape[axis])
      unsafe sizes[3 + axis] = Int64(strides[axis] / item)
    }
    return unsafe DLTensor(
      data: view.data, device: DLDevice(device_type: mainMemory, device_id: 0),
      ndim: image.mode.bandCount == 1 ? 2 : 3,
      dtype: DLDataType(code: type.code, bits: UInt8(item.inBits), lanes: 1),
      shape: sizes, strides: sizes + 3, byte_offset: 0)
  }
}

@c @implementation
public func imgtool_image_to_dlpack(
  _ image: OpaquePointer?,
  _ tensor: UnsafeMutablePointer<UnsafeMutablePointer<DLManagedTensorVersioned>?>?
) -> Int32 {
  answering { () throws(Refusal) in
    let owner = unsafe TensorOwner(try ImageHandle.at(image))
    let result = try unsafe required(tensor, "tensor")
    let view = try ArrayView(owner.handle.image)
    let made = try unsafe owner.tensor(view)
    let managed = UnsafeMutablePointer<DLManagedTensorVersioned>.allocate(capacity: 1)
    unsafe managed.initialize(
      to: DLManagedTensorVersioned(
        version: DLPackVersion(major: supportedMajor, minor: 0),
        manager_ctx: Unmanaged.passRetained(owner).toOpaque(),
        deleter: { managed in
          guard let managed = unsafe managed, let context = unsafe managed.pointee.manager_ctx
          else { return }
          unsafe Unmanaged<TensorOwner>.fromOpaque(context).release()
          unsafe managed.deallocate()
        },
        flags: view.isReadOnly ? readOnlyFlag : 0, dl_tensor: made))
    unsafe result.pointee = unsafe managed
  }
}

@c @implementation
public func imgtool_image_to_dlpack_unversioned(
  _ image: OpaquePointer?, _ tensor: UnsafeMutablePointer<UnsafeMutablePointer<DLManagedTensor>?>?
) -> Int32 {
  answering { () throws(Refusal) in
    let owner = unsafe TensorOwner(try ImageHandle.at(image))
    let result = try unsafe required(tensor, "tensor")
    let view = try ArrayView(owner.handle.image)
    guard !view.isReadOnly else {
      throw .no("the image is read-only, which DLPack cannot say before its version 1")
    }
    let made = try unsafe owner.tensor(view)
    let managed = UnsafeMutablePointer<DLManagedTensor>.allocate(capacity: 1)
    unsafe managed.initialize(
      to: DLManagedTensor(
        dl_tensor: made, manager_ctx: Unmanaged.passRetained(owner).toOpaque(),
        deleter: { managed in
          guard let managed = unsafe managed, let context = unsafe managed.pointee.manager_ctx
          else { return }
          unsafe Unmanaged<TensorOwner>.fromOpaque(context).release()
          unsafe managed.deallocate()
        }))
    unsafe result.pointee = unsafe managed
  }
}

@c @implementation
public func imgtool_image_from_dlpack(
  _ tensor: UnsafeMutablePointer<DLManagedTensorVersioned>?, _ mode: UnsafePointer<CChar>?,
  _ image: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe making(image) { () throws(Refusal) in
    let tensor = try unsafe required(tensor, "tensor")
    guard unsafe tensor.pointee.version.major == supportedMajor else {
      throw Refusal(
        "the tensor is of DLPack \(unsafe tensor.pointee.version.major); version 1 is expected")
    }
    let release = unsafe ReleaseCall(
      function: { context in
        let tensor = unsafe context!.assumingMemoryBound(to: DLManagedTensorVersioned.self)
        if let deleter = unsafe tensor.pointee.deleter { unsafe deleter(tensor) }
      }, context: UnsafeMutableRawPointer(tensor))
    let isReadOnly = unsafe tensor.pointee.flags & readOnlyFlag != 0
    return try unsafe onTensor(
      tensor.pointee.dl_tensor, requiredText(mode, "mode"), isReadOnly ? .readOnly : .readWrite,
      release)
  }
}

@c @implementation
public func imgtool_image_from_dlpack_unversioned(
  _ tensor: UnsafeMutablePointer<DLManagedTensor>?, _ mode: UnsafePointer<CChar>?,
  _ image: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  unsafe making(image) { () throws(Refusal) in
    let tensor = try unsafe required(tensor, "tensor")
    let release = unsafe ReleaseCall(
      function: { context in
        let tensor = unsafe context!.assumingMemoryBound(to: DLManagedTensor.self)
        if let deleter = unsafe tensor.pointee.deleter { unsafe deleter(tensor) }
      }, context: UnsafeMutableRawPointer(tensor))
    return try unsafe onTensor(
      tensor.pointee.dl_tensor, requiredText(mode, "mode"), .readWrite, release)
  }
}

/// An image on a tensor, which is taken over only when nothing can fail any more.
private func onTensor(
  _ tensor: DLTensor, _ modeName: String, _ access: Access, _ release: ReleaseCall
) throws(Refusal) -> ImageHandle {
  let mode = try mode(modeName)
  let rank = unsafe Int(tensor.ndim)
  guard unsafe tensor.device.device_type == mainMemory else {
    throw Refusal("the tensor is on device \(unsafe tensor.device.device_type), not in main memory")
  }
  guard let kind = tensorCodes.first(where: { unsafe $0.code == tensor.dtype.code })?.kind,
    unsafe tensor.dtype.lanes == 1, [8, 16, 32, 64].contains(unsafe tensor.dtype.bits)
  else { throw Refusal("no mode has numbers of the tensor's type") }
  guard rank == (mode.bandCount == 1 ? 2 : 3), let sizes = unsafe tensor.shape,
    let data = unsafe tensor.data
  else { throw Refusal("the tensor has \(rank) axes, mode \(mode.name) needs another number") }
  let shape = (0..<rank).map { unsafe Int(sizes[$0]) }
  let bandCount = rank == 3 ? shape[2] : 1
  guard bandCount == mode.bandCount, shape.allSatisfy({ $0 > 0 && $0 < 1 << 40 }) else {
    throw Refusal(
      "the tensor's shape is \(shape); height, width and \(mode.bandCount) are expected")
  }
  try checkPixelCount(width: shape[1], height: shape[0])
  let item = unsafe Int(tensor.dtype.bits).inWholeBytes
  var strides = [shape[1] * bandCount, bandCount, 1]
  if let given = unsafe tensor.strides {
    for axis in 0..<rank { unsafe strides[axis] = Int(given[axis]) }
  }
  guard strides.allSatisfy({ $0.magnitude < 1 << 50 }) else {
    throw Refusal("the tensor's strides are beyond what can be addressed")
  }
  let elements = try ElementLayout(mode, ArrayElement(kind, byteCount: item))
  // A buffer starts at its lowest byte: strides below zero put the first pixel further up.
  let extents = zip(shape, strides).map { ($0 - 1).multiplied(by: $1 * item) }
  guard let reach = extents.reduced() else {
    throw Refusal("the tensor reaches further than 64 bits can count")
  }
  let layout = try elements.layout(
    width: shape[1], height: shape[0], offset: -reach.below, rowStride: strides[0] * item,
    pixelStride: strides[1] * item, bandStride: rank == 3 ? strides[2] * item : 0)
  guard let start = unsafe Int(exactly: tensor.byte_offset), start < 1 << 56 else {
    throw Refusal("the tensor's offset is beyond what can be addressed")
  }
  let base = unsafe data + start + reach.below
  let byteCount = reach.above - reach.below + item
  try viewing { () throws(ViewError) in try layout.check(byteCount: byteCount) }
  let buffer = unsafe Buffer(
    foreign: base, byteCount: byteCount, access: access, release: { release() })
  return ImageHandle(try elements.image(on: buffer, layout))
}

extension [Int?] {
  /// The sums of what lies below and above zero; `nil` when one is unknown or does not fit.
  fileprivate func reduced() -> (below: Int, above: Int)? {
    var (below, above) = (0, 0)
    for extent in self {
      guard let extent, let lower = below.added(to: Swift.min(0, extent)),
        let upper = above.added(to: Swift.max(0, extent))
      else { return nil }
      (below, above) = (lower, upper)
    }
    return abs(below) < 1 << 56 && above < 1 << 56 ? (below, above) : nil
  }
}
