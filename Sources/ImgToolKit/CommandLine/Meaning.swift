import ImageFiles

/// What words of other tools mean here: those of Pillow, ImageMagick, libvips, ffmpeg, v4l2-ctl, NumPy,
/// cmp and hexdump. Names of ours are understood before anybody looks here.
struct Meaning: Sendable {
  /// What a word was typed as.
  enum Kind: CaseIterable, Sendable { case option, command, mode, rawmode, format }

  let kind: Kind
  /// Lowercase, without leading dashes, and with `-` for `_`.
  let words: [String]
  /// What says the same here, the best first; an option with its value where it is always that one.
  let here: [String]
  /// What is not offered, and how to come by it all the same.
  let absence: String?

  init(_ kind: Kind, _ words: String, _ here: [String], absence: String? = nil) {
    self.kind = kind
    self.words = words.split(separator: " ").map(String.init)
    self.here = here
    self.absence = absence
  }

  /// What a word means as something of a kind; `nil` when no tool is known to use it.
  static func of(_ word: String, as kind: Kind) -> Meaning? {
    let bare = String(word.drop { $0 == "-" }.map { $0 == "_" ? "-" : $0 }).lowercased()
    return all.first { $0.kind == kind && $0.words.contains(bare) }
  }

  static let all = options + absentOptions + commands + modes + rawmodes + formats

  private static func option(_ words: String, _ here: String...) -> Meaning {
    Meaning(.option, words, here)
  }

  private static let options = [
    option("rotate rot turn transpose", "--reorient"),
    option("mirror flop hflip fliph fliplr flip-horizontal", "--reorient h", "--flip h"),
    option("vflip flipv flipud flip-vertical", "--reorient v", "--flip v"),
    option("bottom-up upside-down", "--orientation -1"),
    option("output out o outfile output-file write export", "--save", "--output"),
    option("rgb", "--mode RGB", "--convert RGB"),
    option("alpha matte rgba", "--mode RGBA", "--convert RGBA"),
    option("strip-metadata strip-all no-metadata remove-metadata", "--strip"),
    option("auto-orient autorot", "--reorient"),
    option("gray grey grayscale greyscale mono", "--mode L", "--convert L"),
    option("colorspace colourspace to-mode type", "--convert"),
    option("monochrome bilevel threshold", "--convert 1"),
    option(
      "rect roi region area extract extract-area subimage trim shave", "--crop", "--region", "--at"),
    option("pixel-at position pos xy point", "--print", "--at"),
    option("width w height s dimensions dim geometry resolution video-size", "--size"),
    option(
      "pix-fmt pixfmt pixel-format pixelformat fourcc dtype depth bpp endian byte-order swap-bytes",
      "--rawmode"),
    option("colormodel color-mode colormode colour-mode", "--mode"),
    option("skip skip-bytes ignore-initial seek start header-size", "--offset"),
    option("pitch linesize row-bytes bytes-per-row bytesperline rowstride", "--stride"),
    option("pad padding row-align", "--align"),
    option("in-color-matrix color-matrix colormatrix colour-matrix ycbcr-enc", "--matrix"),
    option("in-range src-range color-range colour-range quantization", "--range"),
    option("planar planes interlace", "--interleave"),
    option("index page scene frame-number", "--frame"),
    option("vframes frame-count", "--frames"),
    option("colormap cmap lut clut", "--map", "--palette"),
    option("heatmap false-color pseudocolor colorize", "--map"),
    option("cfa cfa-pattern bayer-pattern mosaic phase", "--bayer"),
    option("debayer bayer2rgb develop", "--demosaic"),
    option("white-balance awb whitebalance", "--wb"),
    option("black-level blacklevel pedestal", "--black"),
    option("white-level whitelevel saturation-level", "--white"),
    option("read-only readonly", "--access ro"),
    option("inplace in-place writable read-write", "--access rw"),
    option("negate negative inverse", "--invert"),
    option("contrast normalize normalise stretch levels autocontrast", "--window"),
    option("channel component extract-band split", "--band"),
    option("swap-channels swapbands", "--swap"),
    option("composite overlay insert embed blend", "--paste"),
    option("background flood erase clear", "--fill"),
    option("putpixel setpixel set draw-point", "--put"),
    option("getpixel getpoint pixel get", "--print"),
    option("subsample decimate shrink-by step", "--every"),
    option("compression compression-level compress effort", "--level"),
    option("f fmt codec muxer", "--format"),
    option("tolerance fuzz epsilon atol", "--fail"),
    option("psnr mse rmse metric", "--fail-psnr"),
    option("ssim", "--fail-ssim"),
    option("difference diff-image", "--diff"),
    option("checksum digest md5 sha256 sha256sum", "--hash"),
    option("statistics stat histogram mean min max", "--stats"),
    option("display view preview", "--show"),
    option("jobs j nproc cores", "--threads"),
    option("clip saturate", "--clamp"),
    option("silent loglevel", "--quiet"),
    option("fsync flush", "--sync"),
    option("exec system", "--run"),
  ]

  private static func command(_ words: String, _ here: String...) -> Meaning {
    Meaning(.command, words, here)
  }

  private static let commands = [
    command("convert magick mogrify transcode encode export save copy", "open FILE --save PATH"),
    command("strip strip-metadata", "open FILE --strip --save PATH"),
    command("view display cat feh preview plot imshow cacaview chafa", "show FILE"),
    command("identify file stat describe inspect probe ffprobe pngcheck header-of", "info FILE"),
    command("diff cmp difference same equal idiff psnr ssim", "compare A B"),
    command("hist histogram statistics", "open FILE --stats"),
    command("xxd od hd dump hex", "hexdump FILE --size WxH --mode M --at X,Y"),
    command("md5 md5sum sha256 sha256sum checksum digest sum cksum", "hash FILE"),
    command("detect sniff recognize what", "guess FILE"),
    command(
      "raw map mmap load import read frombytes fromfile from-buffer fromarray",
      "frombuffer FILE --size WxH --mode M"),
    command("monitor tail follow live ffplay", "watch FILE --size WxH --mode M --show"),
    command("test prove check self-test", "verify FILE --size WxH --mode M"),
    command("sidecar hdr", "header FILE --size WxH --mode M --format F"),
    command("colorspaces types", "modes"),
    command("pix-fmts pixfmts pixel-formats list-formats dtypes", "rawmodes"),
    command("codecs muxers suffixes", "formats"),
    command("operations ops filters list", "steps"),
    command("usage manual", "help", "man"),
  ]

  private static func mode(_ words: String, _ here: String...) -> Meaning {
    Meaning(.mode, words, here)
  }

  private static let modes = [
    mode(
      "gray grey grayscale greyscale mono gray8 grey8 mono8 luma luminance y y8 g u8 uint8 8uc1",
      "L"),
    mode("bw b&w bilevel binary bit 1bit monob bool boolean", "1"),
    mode("monochrome", "1", "L"),
    mode("graya graya8 gray-alpha grayalpha ya ya8", "LA"),
    mode("indexed palette paletted pal8 colormapped pseudocolor", "P"),
    mode("rgb8 rgb24 truecolor true-color srgb color colour rgb888", "RGB"),
    mode("rgba8 rgba32 srgba truecoloralpha rgb-alpha rgba8888", "RGBA"),
    mode("prgba premultiplied rgba-premultiplied", "RGBa"),
    mode("gray16 grey16 y16 mono16 u16 uint16 l16 l;16 gray16le 16uc1", "I;16"),
    mode("gray16be", "I;16B"),
    mode("int int32 i32 s32 32sc1", "I"),
    mode("float float32 f32 grayf32 grayf32le 32fc1", "F"),
    mode("yuv ycc", "YCbCr"),
    mode("cielab l*a*b*", "LAB"),
    mode("hsb", "HSV"),
  ]

  private static func rawmode(_ words: String, _ here: String...) -> Meaning {
    Meaning(.rawmode, words, here)
  }

  private static let rawmodes = [
    rawmode("grey8 grayscale greyscale luminance mono u8 u1 |u1 a8 alpha8", "L"),
    rawmode("bw bilevel binary monochrome 1bit", "1"),
    rawmode("indexed palette colormapped", "P"),
    rawmode("r8g8b8", "RGB"),
    rawmode("b8g8r8 cv-8uc3", "BGR"),
    rawmode("r8g8b8a8 r8g8b8a8-unorm abgr8888", "RGBA"),
    rawmode("b8g8r8a8 b8g8r8a8-unorm cv-8uc4", "BGRA"),
    // DRM names the words, from their high bits down; Qt and Android name the bytes.
    rawmode("rgb888", "RGB", "BGR"),
    rawmode("bgr888", "BGR", "RGB"),
    rawmode("rgba8888", "RGBA", "ABGR"),
    rawmode("bgra8888", "BGRA", "ARGB"),
    rawmode("rgbx8888", "RGBX", "XBGR"),
    rawmode("bgrx8888", "BGRX", "XRGB"),
    rawmode("xbgr8888 rgbx32", "RGBX"),
    rawmode("bgr32 xbgr32 bgrx32 xrgb32", "BGRX", "XRGB"),
    rawmode("xrgb1555", "rgb555le"),
    rawmode("xbgr1555", "bgr555le"),
    rawmode("argb1555", "BGRA;15"),
    rawmode("abgr1555", "RGBA;15"),
    rawmode("xrgb2101010", "x2rgb10le"),
    rawmode("xbgr2101010", "x2bgr10le"),
    rawmode("u16 u16le u2 <u2 l16", "I;16"),
    rawmode("u16be >u2", "I;16B"),
    rawmode("s16 s16le i2 <i2", "I;16S"),
    rawmode("s16be >i2", "I;16BS"),
    rawmode("s32 s32le i4 <i4", "I"),
    rawmode("s32be >i4", "I;32BS"),
    rawmode("u32 u32le u4 <u4", "I;32"),
    rawmode("u32be >u4", "I;32B"),
    rawmode("half f2 <f2", "F;16F"),
    rawmode(">f2", "F;16BF"),
    rawmode("float f4 <f4", "F"),
    rawmode(">f4", "F;32BF"),
    rawmode("double f8 <f8", "F;64F"),
    rawmode(">f8", "F;64BF"),
    rawmode("yuv444 ycc", "YCbCr"),
    Meaning(
      .rawmode, "mjpeg jpeg h264", [],
      absence:
        "compressed video is not read here; `ffmpeg -i IN -f rawvideo -pix_fmt nv12 OUT` unpacks it"
    ),
  ]

  private static func format(_ words: String, _ here: String...) -> Meaning {
    Meaning(.format, words, here)
  }

  /// A format that is not supported, by its name.
  private static func foreign(_ words: String, _ name: String) -> Meaning {
    Meaning(.format, words, [], absence: "\(name) is not supported")
  }

  private static let formats = [
    format("numpy", "npy"), format("targa", "tga"), format("bitmap dib", "bmp"),
    format("netpbm portable", "pnm"), format("bigtiff geotiff", "tiff"), format("apng", "png"),
    format("rawvideo rgb bgr gray rgba binary data dat", "raw"),
    FileFormat.named("jpeg") == nil
      ? foreign("jpg jpeg jpe jfif mjpeg", "JPEG") : format("mjpeg", "jpeg"),
    foreign("gif", "GIF"), foreign("webp", "WebP"),
    foreign("avif", "AVIF"), foreign("heic heif", "HEIC"), foreign("jxl", "JPEG XL"),
    foreign("jp2 j2k", "JPEG 2000"),
  ]
}
