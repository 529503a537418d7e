import PixelMemory
import PixelViews

extension Netpbm {
  /// Reads samples that cannot stay where they are, spread over 8 or 16 bits.
  ///
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)`` for text that is not a number,
  ///   samples above maxval and rows that are missing.
  static func decode(
    _ header: Header, _ rawmode: Rawmode, _ buffer: Buffer, _ limits: Limits, name: String,
    isKept: Bool = true
  ) throws(FormatError) -> FileFormat.Decoded {
    var rows = try DecodedRows(
      format: name, width: header.width, height: header.height, rawmode: rawmode, limits: limits,
      isKept: isKept)
    var samples = SampleReader(
      reader: HeaderReader(buffer, format: name, offset: header.offset), header: header)
    try samples.checkByteCount()
    for y in 0..<header.height {
      if header.kind == 1 {
        try samples.readBits(&rows)
      } else if rawmode.type == .u16 {
        try samples.read(&rows, bandCount: rawmode.mode.bandCount, as: UInt16.self)
      } else {
        try samples.read(&rows, bandCount: rawmode.mode.bandCount, as: UInt8.self)
      }
      try rows.store(at: y)
    }
    return FileFormat.Decoded(
      buffer: rows.buffer,
      trailingByteCount: header.isPlain ? buffer.byteCount - samples.end() : nil)
  }

  /// The samples after a header, one after the other.
  struct SampleReader {
    var reader: HeaderReader
    let header: Header

    /// A header may ask for more rows than the file can have; no memory is touched for them.
    func checkByteCount() throws(FormatError) {
      let sampleCount = header.width.multiplied(by: header.height)?.multiplied(by: header.depth)
      // Text has at least a digit a sample.
      let needed = header.isPlain ? sampleCount : header.rasterByteCount
      let found = reader.byteCount - header.offset
      guard let needed, needed <= found else {
        throw reader.malformed(
          at: header.offset, found: "\(found.bytes) to the end",
          expected: "at least \(needed.map(String.init) ?? "2⁶³") for the rows")
      }
    }

    /// Where the file goes on after text, without white space and comments.
    mutating func end() -> Int {
      while !reader.isAtEnd {
        let start = reader.offset
        guard let byte = try? reader.textByte("the end") else { break }
        if !isSpace(byte) { return start }
      }
      return reader.byteCount
    }

    mutating func readBits(_ rows: inout DecodedRows) throws(FormatError) {
      rows.clearRow()
      for x in 0..<header.width {
        guard try bit() == 0 else { continue }
        // 0 is white, which is a set bit of mode 1.
        var bytes = rows.row.mutableBytes
        let byte: UInt8 = bytes.sample(x.byteIndex)
        bytes.setSample(x.byteIndex, to: byte | 128 >> UInt8(x.bitInByte))
      }
    }

    mutating func read<Sample: FixedWidthInteger & BitwiseCopyable>(
      _ rows: inout DecodedRows, bandCount: Int, as: Sample.Type
    ) throws(FormatError) {
      let full = Int(Sample.max)
      var index = 0
      for _ in 0..<header.width {
        for band in 0..<header.depth {
          let sample = try sample()
          guard band < bandCount else { continue }
          let scaled = (sample * full + header.top / 2) / header.top
          var bytes = rows.row.mutableBytes
          bytes.setSample(index, to: Sample(truncatingIfNeeded: scaled))
          index += 1
        }
      }
    }

    private mutating func sample() throws(FormatError) -> Int {
      let start = reader.offset
      let value: Int
      if header.isPlain {
        value = try number()
      } else if header.sampleByteCount == 1 {
        value = Int(try reader.byte("a sample"))
      } else {
        value = Int(try reader.byte("a sample")) << 8 | Int(try reader.byte("a sample"))
      }
      guard value <= header.top else {
        throw reader.malformed(at: start, found: "\(value)", expected: "at most \(header.top)")
      }
      return value
    }

    /// A number in text; the end of the file ends it as white space does.
    private mutating func number() throws(FormatError) -> Int {
      var byte = try reader.textByte("a sample")
      while isSpace(byte) { byte = try reader.textByte("a sample") }
      var value = 0
      while !isSpace(byte) {
        guard (0x30...0x39).contains(byte) else {
          throw reader.malformed(
            at: reader.offset - 1, found: "byte \(byte)", expected: "a decimal digit")
        }
        // Above every maxval it stays there, however many digits follow.
        value = min(value * 10 + Int(byte - 0x30), 1 << 20)
        if reader.isAtEnd { break }
        byte = try reader.textByte("a sample")
      }
      return value
    }

    /// A bit in text; no white space is needed between bits.
    private mutating func bit() throws(FormatError) -> UInt8 {
      var byte = try reader.textByte("a pixel")
      while isSpace(byte) { byte = try reader.textByte("a pixel") }
      guard byte == 0x30 || byte == 0x31 else {
        throw reader.malformed(
          at: reader.offset - 1, found: "byte \(byte)", expected: "\"0\" or \"1\"")
      }
      return byte - 0x30
    }
  }
}
