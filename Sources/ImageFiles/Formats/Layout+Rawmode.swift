import PixelViews

extension Layout {
  /// The layout of an image that is stored as a rawmode of its mode, `offset` bytes into a file.
  ///
  /// - Throws: ``FormatError/view(_:)`` for sizes below one and numbers that overflow.
  /// - Precondition: the mode has the rawmode.
  static func stored(
    as rawmode: String, _ mode: Mode, width: Int, height: Int, offset: Int,
    alignment: Int = 1, bottomUp: Bool = false
  ) throws(FormatError) -> Layout {
    guard let rawmode = Rawmode.named(rawmode, mode: mode) else {
      preconditionFailure("\(mode.name) has no rawmode \(rawmode)")
    }
    var options = Rawmode.Options()
    options.offset = offset
    options.alignment = alignment
    options.bottomUp = bottomUp
    return try rawmode.stored(width: width, height: height, options)
  }

  /// The layout, when none of its addresses overflows. One that a header tells must be looked at
  /// before it is turned.
  ///
  /// - Throws: ``FormatError/view(_:)``.
  func checked() throws(FormatError) -> Layout {
    do throws(ViewError) { _ = try byteRange() } catch { throw .view(error) }
    return self
  }
}

extension Rawmode {
  /// ``layout(width:height:options:)`` with this floor's error.
  func stored(
    width: Int, height: Int, _ options: Options = Options()
  ) throws(FormatError) -> Layout {
    do throws(ViewError) {
      return try layout(width: width, height: height, options: options)
    } catch { throw .view(error) }
  }
}

extension Rawmode {
  /// The bytes of a frame of planes with this floor's error.
  func frameByteCount(of image: Image, _ options: Options) throws(FormatError) -> Int? {
    do throws(ViewError) {
      return try frame(width: image.width, height: image.height, options: options)?.byteCount
    } catch { throw .view(error) }
  }
}

extension [UInt8] {
  /// Appends the bytes of a whole number, the least significant first.
  mutating func append<Word: FixedWidthInteger & UnsignedInteger>(word: Word) {
    self += word.bytes()
  }
}
