// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import Glibc
import ImageFiles
import PixelMemory
import PixelViews

/// Names as C has them, which live as long as the process.
@safe struct CNames: @unchecked Sendable {
  private let names: [UnsafePointer<CChar>]

  init(_ names: [String]) {
    unsafe self.names = unsafe names.map { unsafe UnsafePointer(strdup($0)) }
  }

  subscript(index: Int) -> UnsafePointer<CChar>? {
    unsafe names.indices.contains(index) ? names[index] : nil
  }

  static let version = CNames([Library.version])
  static let modes = CNames(Mode.allCases.map(\.name))
  static let rawmodes = CNames(Rawmode.all.map(\.name))
  static let formats = CNames(FileFormat.all.map(\.name))
  static let colors = CNames(NamedColor.all.map(\.name))

  private static let bands = CNames(Mode.allCases.flatMap(\.bands))

  static func of(_ mode: Mode) -> UnsafePointer<CChar>? {
    unsafe modes[Mode.allCases.firstIndex(of: mode)!]
  }

  static func of(_ rawmode: Rawmode) -> UnsafePointer<CChar>? {
    unsafe rawmodes[
      Rawmode.all.firstIndex { $0.mode == rawmode.mode && $0.name == rawmode.name }!]
  }

  /// The names of up to four bands.
  typealias Bands = (
    UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?
  )

  static func bands(of mode: Mode) -> Bands {
    let first = Mode.allCases.prefix { $0 != mode }.reduce(0) { $0 + $1.bandCount }
    func name(_ band: Int) -> UnsafePointer<CChar>? {
      unsafe band < mode.bandCount ? bands[first + band] : nil
    }
    return unsafe (name(0), name(1), name(2), name(3))
  }
}

@c @implementation
public func imgtool_abi_version() -> Int32 { IMGTOOL_ABI_VERSION }

@c @implementation
public func imgtool_version() -> UnsafePointer<CChar>? { unsafe CNames.version[0] }

@c @implementation
public func imgtool_mode_name(_ index: Int) -> UnsafePointer<CChar>? { unsafe CNames.modes[index] }

@c @implementation
public func imgtool_rawmode_name(
  _ index: Int, _ mode: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> UnsafePointer<CChar>? {
  guard let name = unsafe CNames.rawmodes[index] else { return nil }
  if let mode = unsafe mode { unsafe mode.pointee = CNames.of(Rawmode.all[index].mode) }
  return unsafe name
}

@c @implementation
public func imgtool_format_name(_ index: Int) -> UnsafePointer<CChar>? {
  unsafe CNames.formats[index]
}

@c @implementation
public func imgtool_color_name(
  _ index: Int, _ rgba: UnsafeMutablePointer<UInt8>?
) -> UnsafePointer<CChar>? {
  guard let name = unsafe CNames.colors[index] else { return nil }
  if let rgba = unsafe rgba {
    let color = NamedColor.all[index].color
    unsafe rgba.update(from: [color.red, color.green, color.blue, color.alpha], count: 4)
  }
  return unsafe name
}

@c @implementation
public func imgtool_row_byte_count(
  _ mode: UnsafePointer<CChar>?, _ rawmode: UnsafePointer<CChar>?, _ width: Int64,
  _ byteCount: UnsafeMutablePointer<Int64>?
) -> Int32 {
  answering { () throws(Refusal) in
    let result = try unsafe required(byteCount, "byte_count")
    let rawmode = try unsafe LayoutArgument.rawmode(
      text(rawmode, "rawmode"), mode: requiredText(mode, "mode"))
    guard width > 0 else { throw Refusal(.emptySize(width: Int(width), height: 1)) }
    guard let count = rawmode.rowByteCount(width: Int(width)) else {
      throw Refusal(.overflow(width: Int(width), height: 1, stride: 0))
    }
    unsafe result.pointee = Int64(count)
  }
}

@c @implementation
public func imgtool_format_holds(
  _ format: UnsafePointer<CChar>?, _ mode: UnsafePointer<CChar>?
) -> Int32 {
  answering { () throws(Refusal) in
    let found = try ImgToolC.format(unsafe requiredText(format, "format"))
    let mode = try ImgToolC.mode(unsafe requiredText(mode, "mode"))
    guard found.modes.contains(mode) || found.wideModes.contains(mode) else {
      throw .no("\(found.name) does not hold mode \(mode.name)")
    }
  }
}

@c @implementation
public func imgtool_set_interrupt(
  _ check: imgtool_interrupt?, _ context: UnsafeMutableRawPointer?
) { unsafe Interruption.set(check, context: context) }

@c @implementation
public func imgtool_leave_bus_errors_to_host() { Buffer.leaveBusErrorsToHost() }

/// A format by its name.
func format(_ name: String) throws(Refusal) -> FileFormat {
  do throws(FormatError) { return try FileFormat.choice(name, for: "") } catch {
    throw Refusal(error)
  }
}
