extension ForeignFormat {
  private static let convert = "convert it to png first (magick, ffmpeg, vips)"
  private static let decode = "decode it first: ffmpeg -i FILE -f rawvideo -pix_fmt rgb24 OUT.raw"
  private static let develop = "develop it first: dcraw_emu -T, rawpy, darktable-cli"

  private init(_ name: String, _ text: String, at offset: Int = 0, _ advice: String) {
    self.init(name, [Mark(text, at: offset)], advice)
  }

  /// Files of boxes ("ISO/IEC 14496-12"), whose brand says what they hold.
  private static func boxes(_ name: String, _ brands: [String], _ advice: String) -> [ForeignFormat]
  {
    brands.map { ForeignFormat(name, "ftyp" + $0, at: 4, advice) }
  }

  private static func chunks(_ name: String, _ kind: String, _ advice: String) -> ForeignFormat {
    ForeignFormat(name, [Mark("RIFF"), Mark(kind, at: 8)], advice)
  }

  /// Every kind; where one signature begins like another, the longer one comes first.
  static let all: [ForeignFormat] =
    pictures + videos + arrays + archives + others

  private static let pictures =
    [
      // For builds without libjpeg: a format comes first.
      ForeignFormat("JPEG", [Mark("\u{FF}\u{D8}\u{FF}\u{C0}", lastByteMask: 0xC0)], convert),
      ForeignFormat("JPEG XL", "\0\0\0\u{C}JXL \r\n\u{87}\n", convert),
      ForeignFormat("JPEG XL", "\u{FF}\u{A}", convert),
      ForeignFormat("JPEG 2000", "\0\0\0\u{C}jP  ", convert),
      ForeignFormat("JPEG 2000", "\u{FF}O\u{FF}Q", convert),
      ForeignFormat("GIF", "GIF8", convert),
      chunks("WebP", "WEBP", convert),
    ] + boxes("HEIF", ["heic", "heix", "heim", "heis", "hevc", "mif1", "msf1"], convert)
    + boxes("AVIF", ["avif", "avis"], convert)
    + boxes("Canon raw", ["crx "], develop) + [
      ForeignFormat("Fujifilm raw", "FUJIFILMCCD-RAW", develop),
      ForeignFormat("Panasonic raw", "IIU\0", develop),
      ForeignFormat("Olympus raw", "IIR", develop),
      ForeignFormat("Radiance HDR", "#?RADIANCE", convert),
      ForeignFormat("Radiance HDR", "#?RGBE", convert),
      ForeignFormat("Photoshop", "8BPS", convert),
      ForeignFormat("GIMP", "gimp xcf", convert),
      ForeignFormat("KTX 1 texture", "\u{AB}KTX 11", convert),
      ForeignFormat("DPX", "SDPX", convert),
      ForeignFormat("DPX", "XPDS", convert),
    ]

  private static let videos =
    [
      chunks("AVI", "AVI ", decode),
      ForeignFormat("Matroska", "\u{1A}E\u{DF}\u{A3}", decode),
      ForeignFormat("MP4 or QuickTime", "ftyp", at: 4, decode),
      ForeignFormat("Ogg", "OggS", decode),
    ]

  private static let arrays = [
    ForeignFormat("HDF5", "\u{89}HDF", "export the array as npy"),
    ForeignFormat("netCDF", [Mark("CDF\0", lastByteMask: 0xF8)], "export the array as npy"),
    ForeignFormat("MATLAB", "MATLAB 5.0 MAT-file", "export the array as npy"),
    ForeignFormat("Parquet", "PAR1", "export the array as npy"),
    ForeignFormat("Arrow", "ARROW1", "export the array as npy"),
  ]

  private static let archives = [
    ForeignFormat("a zip archive", "PK\u{3}\u{4}", "unzip it first"),
    ForeignFormat("gzip", [Mark("\u{1F}\u{8B}\u{8}\0", lastByteMask: 0xE0)], "gunzip it first"),
    ForeignFormat(
      "bzip2", [Mark("BZh0", lastByteMask: 0xF0), Mark("1AY&SY", at: 4)], "bunzip2 it first"),
    ForeignFormat("xz", "\u{FD}7zXZ", "unxz it first"),
    ForeignFormat("Zstandard", "(\u{B5}/\u{FD}", "unzstd it first"),
    ForeignFormat("LZ4", "\u{4}\"M\u{18}", "unlz4 it first"),
    ForeignFormat("a 7z archive", "7z\u{BC}\u{AF}'\u{1C}", "unpack it first: 7z x"),
    ForeignFormat("a RAR archive", "Rar!\u{1A}\u{7}", "unpack it first: unrar x"),
    ForeignFormat("a tar archive", "ustar", at: 257, "unpack it first: tar -xf"),
  ]

  private static let others = [
    ForeignFormat("PDF", "%PDF", "render it first: pdftoppm"),
    ForeignFormat("PostScript", "%!PS", "render it first: gs -sDEVICE=png16m"),
    ForeignFormat("ELF", "\u{7F}ELF", "it is a program, not a picture"),
    ForeignFormat("SQLite", "SQLite format 3\0", "it is a database, not a picture"),
  ]
}
