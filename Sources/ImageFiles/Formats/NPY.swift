// NPY: one array of NumPy.
//
//   offset  bytes
//        0      6  0x93 "NUMPY"
//        6      2  version: 1.0, 2.0 or 3.0
//        8      2  length of the dictionary, little-endian (4 bytes from version 2.0 on)
//       10      …  {'descr': '<u2', 'fortran_order': False, 'shape': (480, 640), }, then spaces and a
//                  line end up to a multiple of 64
//        …      …  the samples
//
// Specification: NEP 1 and numpy.lib.format. The files are those of `numpy.save`, byte for byte.
//
// Every array of booleans, integers or floats with two to four axes is mapped in place, in C and in
// Fortran order and in both byte orders. The axes are height and width, then or before them one of 1
// to 4 bands, and before all an axis of frames. Where no mode has several samples of the type, each
// band is a frame of its own.
//
// Refused by name: pickled objects, structures, complex numbers, dates and text; nothing is ever
// evaluated.
import PixelViews

extension FileFormat {
  static let npy = FileFormat(
    name: "npy", summary: "NumPy array", suffixes: [".npy"], modes: Mode.allCases,
    wideModes: [
      .gray, .grayAlpha, .grayPremultiplied, .rgb, .rgba, .rgbx, .rgbPremultiplied, .cmyk,
      .ycbcr,
    ],
    numberColors: PixelFormat.numberColors, keepsNumbers: true, namesBands: false,
    arrays: .one,
    recognize: { $0.starts(with: NPY.magic) },
    describe: { reader, options throws(FormatError) in
      try NPY.describe(&reader, options)
    },
    prefix: NPY.prefix,
    encoding: .plain { image, _ throws(FormatError) in try NPY.file(for: image) })
}

enum NPY {
  static let name = "npy"
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The file that an image becomes.
  static func file(for image: Image) throws(FormatError) -> PlainFile {
    let rawmode = Rawmode.array(image.format)
    guard let element = rawmode.arrayElement else { throw .cannotHold(format: name, image.format) }
    let bandCount = image.mode.bandCount
    let bands = bandCount == 1 ? "" : ", \(bandCount)"
    let header = header(
      descr: element.numPyName, shape: "\(image.height), \(image.width)\(bands)",
      firstAxis: image.height)
    var options = Rawmode.Options()
    options.offset = header.count
    let layout = try rawmode.stored(width: image.width, height: image.height, options)
    let losesColors = image.mode.isIndexed && image.palette?.isGrayRamp != true
    return PlainFile(
      header: header, layout: layout, format: image.format, lossy: losesColors ? ["palette"] : [])
  }

  /// The bytes before the samples, as `numpy.save` writes them.
  static func header(descr: String, shape: String, firstAxis: Int) -> [UInt8] {
    var text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(shape)), }"
    // NumPy leaves room for a first axis of 21 digits, so that an array can grow in its file.
    text += String(repeating: " ", count: max(0, 21 - "\(firstAxis)".utf8.count))
    let fixedByteCount = 10
    let unpadded = fixedByteCount + text.utf8.count + 1
    text += String(repeating: " ", count: 64 - unpadded % 64) + "\n"
    var header = magic + [1, 0]
    header.append(word: UInt16(truncatingIfNeeded: text.utf8.count))
    return header + Array(text.utf8)
  }
}
