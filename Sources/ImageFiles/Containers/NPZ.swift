// NPZ: the arrays of `numpy.savez`, a zip archive of NPY files (APPNOTE.TXT of PKWARE, NumPy's lib.npyio).
//
// The end of the archive says where its directory is, and this where each member is:
//
//      end, of the last 22 bytes and the comment after them
//           0      4  "PK\5\6"
//          10      2  members: FFFF, and FFFFFFFF below: they are in the end of zip64
//          12      8  byte count of the directory, where it starts; 4 bytes each
//      directory, for each member
//           0      4  "PK\1\2"
//           8      4  flags: bit 0 encrypted; method: 0 stored, 8 deflated; 2 bytes each
//          20      8  byte count as it is stored, and unpacked; 4 bytes each
//          28      6  byte counts of the name, of more fields, of a comment; 2 bytes each
//          42      4  where the member starts
//          46      …  name, more fields: the one with number 1 has what is FFFFFFFF above in 8 bytes
//      member
//           0      4  "PK\3\4"
//          26      4  byte counts of the name and of more fields, 2 bytes each
//          30      …  name, more fields, then the NPY file
//
// Arrays that are stored are mapped in place. `--tensor` chooses one, with or without `.npy`, else the first that is an
// image is shown. They are read only: a member's checksum would not fit any more after an edit, and other programs
// would refuse it. Refused: members that are deflated or encrypted, archives in several files.

import PixelMemory
import PixelViews

extension FileFormat {
  static let npz = FileFormat(
    name: "npz", summary: "NumPy arrays as numpy.savez stores them, of which --tensor chooses one",
    suffixes: [".npz"], modes: [], namesBands: false, arrays: .named,
    recognize: NPZ.isArchive,
    describe: NPZ.describe)
}

enum NPZ {
  static let name = "npz"
  static let suffix = ".npy"

  /// An archive whose first member is an array, as far as its name is in the first bytes.
  @Sendable static func isArchive(_ prefix: [UInt8]) -> Bool {
    guard prefix.count > 30, prefix.starts(with: [0x50, 0x4B, 3, 4]) else { return false }
    let count = Int(prefix[26]) | Int(prefix[27]) << 8
    let name = prefix[30...].prefix(count)
    return name.count < count || name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    let archive = try options.contents { () throws(FormatError) in
      try ZipDirectory(&reader, format: name)
    }
    let members = archive.members.filter { $0.name.hasSuffix(suffix) }
    guard !members.isEmpty else {
      throw .foreign(name: "a zip archive without an npy file", advice: "unzip it first")
    }
    let choice = ArrayChoice(format: name, what: "array", options, suffix: suffix)
    var pixels = try choice.pixels(of: members.map(\.name)) { index throws(FormatError) in
      var reader = HeaderReader(reader.buffer, format: name)
      let range = try members[index].range(&reader)
      reader.offset = range.lowerBound
      let header = try NPY.header(&reader)
      let pixels = try NPY.pixels(header, in: range.upperBound, options, format: name)
      let sampleByteCount = try NPY.element(header.descr, format: name).byteCount
      let byteCount = header.shape.reduce(sampleByteCount) { $0?.multiplied(by: $1) }
      guard let end = byteCount?.added(to: header.offset), end <= range.upperBound else {
        throw reader.malformed(
          at: range.lowerBound,
          found: "\(range.count.bytes) in \(members[index].name.withoutControls())",
          expected: "as many as its shape \(header.shape) has")
      }
      return pixels
    }
    if archive.members.count > members.count { pixels.hidden.append("other members") }
    pixels.trailingByteCount = archive.trailingByteCount
    pixels.fixedReason = "the archive has a checksum of the array"
    return .mapped(pixels)
  }
}
