// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import PixelViews

// What modes are, and which arrays are theirs.

@c @implementation
public func imgtool_mode_describe(
  _ mode: UnsafePointer<CChar>?, _ facts: UnsafeMutablePointer<imgtool_mode_facts>?
) -> Int32 {
  answering { () throws(Refusal) in
    let mode = try ImgToolC.mode(unsafe requiredText(mode, "mode"))
    let target = try unsafe required(facts, "facts")
    let types = SampleType.allCases.filter(mode.hasSamples)
    var facts = imgtool_mode_facts()
    unsafe facts.bands = CNames.bands(of: mode)
    facts.band_count = Int32(mode.bandCount)
    facts.alpha_band = Int32(mode.alphaBand ?? -1)
    facts.sample_type = mode.naturalType.cNumber
    facts.sample_types = types.reduce(0) { $0 | 1 << $1.cNumber }
    unsafe target.pointee = facts
  }
}

@c @implementation
public func imgtool_mode_array(
  _ mode: UnsafePointer<CChar>?, _ sampleType: Int32,
  _ rawmode: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ element: UnsafeMutablePointer<imgtool_element>?
) -> Int32 {
  answering { () throws(Refusal) in
    let mode = try ImgToolC.mode(unsafe requiredText(mode, "mode"))
    let (rawmode, element) = try unsafe (required(rawmode, "rawmode"), required(element, "element"))
    guard let type = SampleType.allCases.first(where: { $0.cNumber == sampleType }),
      mode.hasSamples(of: type)
    else { throw .no("mode \(mode.name) has no samples of type \(sampleType)") }
    let found = Rawmode.array(PixelFormat(mode, type))
    guard let stored = found.arrayElement else { throw .no("no array has mode \(mode.name)") }
    unsafe rawmode.pointee = CNames.of(found)
    unsafe element.pointee = imgtool_element(stored)
  }
}

@c @implementation
public func imgtool_element_mode(
  _ element: UnsafePointer<imgtool_element>?, _ bandCount: Int64,
  _ mode: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> Int32 {
  answering { () throws(Refusal) in
    let type = try ArrayElement(unsafe required(element, "element").pointee)
    let target = try unsafe required(mode, "mode")
    guard let found = Mode(showing: type, bandCount: Int(bandCount)) else {
      throw .no("no mode has \(bandCount) bands of \(type.numPyName)")
    }
    unsafe target.pointee = CNames.of(found)
  }
}

@c @implementation
public func imgtool_element_rawmode(
  _ element: UnsafePointer<imgtool_element>?, _ mode: UnsafePointer<CChar>?,
  _ rawmode: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> Int32 {
  answering { () throws(Refusal) in
    let type = try ArrayElement(unsafe required(element, "element").pointee)
    let mode = try ImgToolC.mode(unsafe requiredText(mode, "mode"))
    let target = try unsafe required(rawmode, "rawmode")
    guard let found = Rawmode.storing(mode, in: type) else {
      throw .no("mode \(mode.name) is not stored as \(type.numPyName)")
    }
    unsafe target.pointee = CNames.of(found)
  }
}

extension SampleType {
  /// The number of the interface.
  var cNumber: Int32 {
    let number =
      switch self {
      case .u8: IMGTOOL_U8
      case .u16: IMGTOOL_U16
      case .i32: IMGTOOL_I32
      case .f32: IMGTOOL_F32
      case .f64: IMGTOOL_F64
      }
    return Int32(number)
  }
}

extension ArrayElement.Kind {
  /// The letter, as a number of C.
  var cNumber: Int32 { Int32(rawValue.utf8.first ?? 0) }
}

extension ArrayElement {
  init(_ element: imgtool_element) throws(Refusal) {
    guard let kind = Kind.allCases.first(where: { $0.cNumber == element.kind }) else {
      throw Refusal("the kind of the element is \(element.kind); b, u, i or f is expected")
    }
    guard (1...1 << 16).contains(element.byte_count) else {
      throw Refusal("the element has \(element.byte_count) bytes; 1 to 65536 are expected")
    }
    self.init(
      kind, byteCount: Int(element.byte_count),
      isBigEndian: try flag(element.is_big_endian, "element.is_big_endian"))
  }
}

extension imgtool_element {
  init(_ type: ArrayElement) {
    self.init(
      kind: type.kind.cNumber, byte_count: Int32(type.byteCount),
      is_big_endian: type.isBigEndian ? 1 : 0)
  }
}
