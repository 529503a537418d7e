/// The layouts of video: planes, and groups of pixels that share their chroma.
///
/// Names are ffmpeg's; fourccs are those of V4L2 and, where no other format has them there, of DRM and
/// Microsoft; `Rawmode+Names` lists those that mean other bytes elsewhere.
/// Sources: the kernel's documentation of pixel formats (pixfmt-yuv-planar, pixfmt-packed-yuv,
/// pixfmt-yuv-luma), Microsoft's "Recommended 8-Bit YUV Formats" and "10-bit and 16-bit YUV Video
/// Formats", Apple's Ice Floe note 19 for v210.
extension Rawmode {
  /// What every video rawmode is read as: RGB, computed while it is read, or the samples themselves.
  static let video: [Rawmode] =
    videoShapes.flatMap { shape in
      [
        Rawmode(
          shape.name, .rgb, .planes(shape.planes), type: shape.type, aliases: shape.aliases,
          storedMode: .ycbcr),
        Rawmode(
          shape.name, .ycbcr, .planes(shape.planes), type: shape.type, aliases: shape.aliases),
      ]
    } + planarColor

  /// A name, its planes, and the type of its samples.
  private struct Video {
    let name: String
    let aliases: [String]
    let planes: [PlaneShape]
    var type = SampleType.u8
  }

  /// How a sample of video is stored.
  private struct Word {
    var byteCount = 1
    var bitCount = 8
    /// Whether the number is in the high bits of its word.
    var isHigh = false
    var bigEndian = false

    var bits: Int { byteCount.inBits }

    func field(at index: Int) -> SampleField {
      SampleField(
        bitOffset: index * bits,
        storage: .word(byteCount: byteCount, bigEndian: byteCount > 1 && bigEndian),
        shift: isHigh ? bits - bitCount : 0, bitCount: bitCount)
    }
  }

  private static let byte = Word()

  /// Luma, then a plane in which both chroma samples alternate.
  private static func semiPlanar(
    _ name: String, _ share: (Int, Int), _ chroma: [String] = ["Cb", "Cr"], _ word: Word = byte,
    aliases: [String] = []
  ) -> Video {
    Video(
      name: name, aliases: aliases,
      planes: [
        PlaneShape(groupBits: word.bits, samples: ["Y": [word.field(at: 0)]]),
        PlaneShape(
          columnShare: share.0, rowShare: share.1, groupBits: 2 * word.bits,
          samples: [chroma[0]: [word.field(at: 0)], chroma[1]: [word.field(at: 1)]]),
      ], type: word.bitCount > 8 ? .u16 : .u8)
  }

  /// A plane for each band.
  private static func planar(
    _ name: String, _ share: (Int, Int), _ chroma: [String] = ["Cb", "Cr"], _ word: Word = byte,
    aliases: [String] = []
  ) -> Video {
    Video(
      name: name, aliases: aliases,
      planes: [PlaneShape(groupBits: word.bits, samples: ["Y": [word.field(at: 0)]])]
        + chroma.map {
          PlaneShape(
            columnShare: share.0, rowShare: share.1, groupBits: word.bits,
            samples: [$0: [word.field(at: 0)]])
        }, type: word.bitCount > 8 ? .u16 : .u8)
  }

  /// Words side by side, in groups: which word of the group each pixel has its sample in.
  private static func packed(
    _ name: String, count: Int, y: [Int], cb: [Int], cr: [Int], _ word: Word = byte,
    aliases: [String] = []
  ) -> Video {
    Video(
      name: name, aliases: aliases,
      planes: [
        PlaneShape(
          groupBits: count * word.bits,
          samples: [
            "Y": y.map(word.field), "Cb": cb.map(word.field), "Cr": cr.map(word.field),
          ])
      ], type: word.bitCount > 8 ? .u16 : .u8)
  }

  /// Fields of ten bits in little-endian words of 32 bits, three a word: which of them each pixel has.
  private static func tens(
    _ name: String, wordCount: Int, y: [Int], cb: [Int], cr: [Int], alignment: Int = 1,
    aliases: [String] = []
  ) -> Video {
    Video(
      name: name, aliases: aliases,
      planes: [
        PlaneShape(
          groupBits: wordCount * 32,
          samples: ["Y": y.map(ten), "Cb": cb.map(ten), "Cr": cr.map(ten)], alignment: alignment)
      ], type: .u16)
  }

  private static func ten(_ index: Int) -> SampleField {
    SampleField(
      bitOffset: index / 3 * 32, storage: .word(byteCount: 4, bigEndian: false),
      shift: index % 3 * 10, bitCount: 10)
  }

  /// A run of ten bits from the low end of a byte on.
  private static func run(_ index: Int) -> SampleField {
    SampleField(bitOffset: index * 10, storage: .bits(.leastSignificantFirst), bitCount: 10)
  }

  private static let videoShapes: [Video] =
    planarVideo + packedVideo + wideSemiPlanar + widePlanar + [
      tens("y410", wordCount: 1, y: [1], cb: [0], cr: [2], aliases: ["xv30le"]),
      tens(
        "v210", wordCount: 4, y: [1, 3, 5, 7, 9, 11], cb: [0, 0, 4, 4, 8, 8],
        cr: [2, 2, 6, 6, 10, 10], alignment: 128),
      tightTens("nv15", rowShare: 2),
      tightTens("nv20", rowShare: 1),
      semiPlanar("nv20le", (2, 1), ["Cb", "Cr"], Word(byteCount: 2, bitCount: 10)),
      semiPlanar(
        "nv20be", (2, 1), ["Cb", "Cr"], Word(byteCount: 2, bitCount: 10, bigEndian: true)),
      wordTens("xv15", rowShare: 2),
      wordTens("xv20", rowShare: 1),
    ]

  private static let planarVideo: [Video] = [
    semiPlanar("nv12", (2, 2), aliases: ["420SP"]),
    semiPlanar("nv21", (2, 2), ["Cr", "Cb"]),
    semiPlanar("nv16", (2, 1)),
    semiPlanar("nv61", (2, 1), ["Cr", "Cb"]),
    semiPlanar("nv24", (1, 1)),
    semiPlanar("nv42", (1, 1), ["Cr", "Cb"]),
    planar("yuv420p", (2, 2), aliases: ["I420", "IYUV", "YU12"]),
    planar("yvu420p", (2, 2), ["Cr", "Cb"], aliases: ["YV12"]),
    planar("yuv422p", (2, 1), aliases: ["422P", "YU16", "I422", "Y42B"]),
    planar("yvu422p", (2, 1), ["Cr", "Cb"], aliases: ["YV16"]),
    planar("yuv444p", (1, 1), aliases: ["444P", "YU24", "I444"]),
    planar("yvu444p", (1, 1), ["Cr", "Cb"], aliases: ["YV24"]),
    planar("yuv411p", (4, 1), aliases: ["411P", "Y41B"]),
    planar("yuv410p", (4, 4), aliases: ["YUV9"]),
    planar("yvu410p", (4, 4), ["Cr", "Cb"], aliases: ["YVU9"]),
    planar("yuv440p", (1, 2)),
  ]

  private static let packedVideo: [Video] =
    [
      packed(
        "yuyv", count: 4, y: [0, 2], cb: [1, 1], cr: [3, 3],
        aliases: ["YUY2", "yuyv422", "yuv422_yuy2", "YUV422_8", "YCbCr422_8"]),
      packed(
        "uyvy", count: 4, y: [1, 3], cb: [0, 0], cr: [2, 2],
        aliases: [
          "2vuy", "uyvy422", "UYNV", "Y422", "yuv422", "YUV422_8_UYVY", "YCbCr422_8_CbYCrY",
        ]),
      packed("yvyu", count: 4, y: [0, 2], cb: [3, 3], cr: [1, 1], aliases: ["yvyu422"]),
      packed("vyuy", count: 4, y: [1, 3], cb: [2, 2], cr: [0, 0], aliases: ["vyuy422"]),
      packed(
        "y41p", count: 12, y: [1, 3, 5, 7, 8, 9, 10, 11], cb: [0, 0, 0, 0, 4, 4, 4, 4],
        cr: [2, 2, 2, 2, 6, 6, 6, 6]),
      packed("yuv24", count: 3, y: [0], cb: [1], cr: [2], aliases: ["YUV3", "YCbCr8"]),
      packed("vuya", count: 4, y: [2], cb: [1], cr: [0], aliases: ["AYUV8888"]),
      packed("vuyx", count: 4, y: [2], cb: [1], cr: [0], aliases: ["XYUV8888"]),
      packed("ayuv", count: 4, y: [1], cb: [2], cr: [3], aliases: ["YUV4"]),
      packed("xyuv", count: 4, y: [1], cb: [2], cr: [3]),
      packed("yuva", count: 4, y: [0], cb: [1], cr: [2], aliases: ["AVUY"]),
      packed("yuvx", count: 4, y: [0], cb: [1], cr: [2], aliases: ["XVUY"]),
    ]
    + [10, 12, 16].map { bits in
      packed(
        "y2\(bits)", count: 4, y: [0, 2], cb: [1, 1], cr: [3, 3], high(bits),
        aliases: ["y2\(bits)le"])
    }
    + [12, 16].map { bits in
      packed(
        "y4\(bits)", count: 4, y: [1], cb: [0], cr: [2], high(bits),
        aliases: bits == 12 ? ["xv36le"] : [])
    }

  /// Words of which the high bits carry the number: P010 and its kin.
  private static let wideSemiPlanar: [Video] = [("p0", 2, 2), ("p2", 2, 1), ("p4", 1, 1)].flatMap {
    (name: String, columns: Int, rows: Int) -> [Video] in
    [10, 12, 16].flatMap { (bits: Int) -> [Video] in
      [
        semiPlanar(
          "\(name)\(bits)", (columns, rows), ["Cb", "Cr"], high(bits),
          aliases: ["\(name)\(bits)le"]),
        semiPlanar(
          "\(name)\(bits)be", (columns, rows), ["Cb", "Cr"], high(bits, bigEndian: true)),
      ]
    }
  }

  /// Words of which the low bits carry the number.
  private static let widePlanar: [Video] = [
    ("yuv420p", 2, 2), ("yuv422p", 2, 1), ("yuv444p", 1, 1), ("yuv440p", 1, 2),
  ].flatMap { (name: String, columns: Int, rows: Int) -> [Video] in
    [9, 10, 12, 14, 16].flatMap { (bits: Int) -> [Video] in
      [
        planar(
          "\(name)\(bits)le", (columns, rows), ["Cb", "Cr"],
          Word(byteCount: 2, bitCount: bits),
          aliases: name == "yuv420p" && bits == 10 ? ["I010"] : []),
        planar(
          "\(name)\(bits)be", (columns, rows), ["Cb", "Cr"],
          Word(byteCount: 2, bitCount: bits, bigEndian: true)),
      ]
    }
  }

  private static func high(_ bits: Int, bigEndian: Bool = false) -> Word {
    Word(byteCount: 2, bitCount: bits, isHigh: true, bigEndian: bigEndian)
  }

  /// Rockchip's: ten bits after ten bits in luma and in chroma.
  private static func tightTens(_ name: String, rowShare: Int) -> Video {
    Video(
      name: name, aliases: [],
      planes: [
        PlaneShape(groupBits: 10, samples: ["Y": [run(0)]]),
        PlaneShape(
          columnShare: 2, rowShare: rowShare, groupBits: 20,
          samples: ["Cb": [run(0)], "Cr": [run(1)]]),
      ], type: .u16)
  }

  /// Xilinx's: three samples of ten bits in each word of 32, in luma and in chroma.
  private static func wordTens(_ name: String, rowShare: Int) -> Video {
    Video(
      name: name, aliases: [],
      planes: [
        PlaneShape(groupBits: 32, samples: ["Y": (0..<3).map(ten)]),
        PlaneShape(
          columnShare: 2, rowShare: rowShare, groupBits: 64,
          samples: ["Cb": [0, 2, 4].map(ten), "Cr": [1, 3, 5].map(ten)]),
      ], type: .u16)
  }

  /// Planes of green, blue and red.
  private static let planarColor: [Rawmode] =
    [planarColor("gbrp", .rgb, byte), planarColor("gbrap", .rgba, byte)]
    + [9, 10, 12, 14, 16].flatMap { (bits: Int) -> [Rawmode] in
      [
        planarColor("gbrp\(bits)le", .rgb, Word(byteCount: 2, bitCount: bits)),
        planarColor("gbrp\(bits)be", .rgb, Word(byteCount: 2, bitCount: bits, bigEndian: true)),
      ]
    }

  private static func planarColor(_ name: String, _ mode: Mode, _ word: Word) -> Rawmode {
    var field = word.field(at: 0)
    if word.bitCount < word.bits { field.scaling = .fullRange }
    return Rawmode(
      name, mode,
      .planes(
        (["G", "B", "R"] + mode.bands.dropFirst(3)).map {
          PlaneShape(groupBits: word.bits, samples: [$0: [field]])
        }), type: word.byteCount > 1 ? .u16 : .u8)
  }
}
