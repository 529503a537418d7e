import CImgTool
import Glibc

extension ArrowSchema {
  /// The schema of pixels, with the one of their values where a pixel is a list of them.
  static func made(_ type: ArrowType) -> ArrowSchema {
    let names = type.bandNames.map { "\"\($0)\"" }.joined(separator: ", ")
    let metadata = arrowMetadata(["image": "{\"bands\": [\(names)]}"])
    guard type.listSize > 1 else {
      return unsafe made(format: type.letter, name: type.name, metadata: metadata)
    }
    var schema = unsafe made(format: "+w:\(type.listSize)", name: "", metadata: nil)
    let children = UnsafeMutablePointer<UnsafeMutablePointer<ArrowSchema>?>.allocate(capacity: 1)
    let item = UnsafeMutablePointer<ArrowSchema>.allocate(capacity: 1)
    unsafe item.initialize(to: made(format: type.letter, name: type.name, metadata: metadata))
    unsafe children.initialize(to: item)
    unsafe schema.n_children = 1
    unsafe schema.children = unsafe children
    return unsafe schema
  }

  /// No flag is set: no value is missing.
  private static func made(format: String, name: String, metadata: [UInt8]?) -> ArrowSchema {
    var schema = unsafe ArrowSchema()
    unsafe schema.format = UnsafePointer(strdup(format))
    unsafe schema.name = UnsafePointer(strdup(name))
    if let metadata {
      let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: metadata.count)
      for (index, byte) in metadata.enumerated() {
        unsafe (bytes + index).initialize(to: CChar(bitPattern: byte))
      }
      unsafe schema.metadata = UnsafePointer(bytes)
    }
    unsafe schema.release = { pointer in
      guard let pointer = unsafe pointer else { return }
      unsafe free(UnsafeMutablePointer(mutating: pointer.pointee.format))
      unsafe free(UnsafeMutablePointer(mutating: pointer.pointee.name))
      unsafe pointer.pointee.metadata?.deallocate()
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

/// Pairs as Arrow's metadata has them: their count, then the length and the bytes of each text, the
/// numbers as 32 bits in the order of the machine.
private func arrowMetadata(_ pairs: KeyValuePairs<String, String>) -> [UInt8] {
  func number(_ value: Int) -> [UInt8] {
    value.bytes(4, bigEndian: UInt32(1).littleEndian != 1)
  }
  return number(pairs.count)
    + pairs.flatMap { pair in
      [pair.key, pair.value].flatMap { text in number(text.utf8.count) + Array(text.utf8) }
    }
}
