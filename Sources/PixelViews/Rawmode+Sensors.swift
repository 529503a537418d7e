/// The layouts in which cameras pack samples of ten bits and more.
///
/// Sources: the kernel's documentation of MIPI CSI-2's packed Bayer formats (pixfmt-srggb10p, 12p, 14p)
/// and of Intel's IPU3; the EMVA's Pixel Format Naming Convention; GigE Vision for the names in `Packed`.
extension Rawmode {
  static let sensors: [Rawmode] = [
    sensor(
      "raw10", groupBits: 40, (0..<4).map { [(8 * $0, 8), (32 + 2 * $0, 2)] },
      aliases: ["Y10P"] + mosaics("S", "10P", "10_CSI2P") + ["pRAA", "pgAA", "pGAA", "pBAA"]),
    sensor(
      "raw12", groupBits: 24, (0..<2).map { [(8 * $0, 8), (16 + 4 * $0, 4)] },
      aliases: ["Y12P"] + mosaics("S", "12P", "12_CSI2P") + ["pRCC", "pgCC", "pGCC", "pBCC"]),
    sensor(
      "raw14", groupBits: 56, (0..<4).map { [(8 * $0, 8), (32 + 6 * $0, 6)] },
      aliases: ["Y14P"] + mosaics("S", "14P", "14_CSI2P") + ["pREE", "pgEE", "pGEE", "pBEE"]),
    sensor(
      "mono12packed", groupBits: 24, [[(0, 8), (8, 4)], [(16, 8), (12, 4)]],
      aliases: genicam("12Packed")),
    sensor(
      "mono10packed", groupBits: 24, [[(0, 8), (8, 2)], [(16, 8), (12, 2)]],
      aliases: genicam("10Packed")),
    sensor(
      "ipu3", groupBits: 256, (0..<25).map { [(10 * $0, 10)] },
      aliases: ["ip3b", "ip3g", "ip3G", "ip3r", "ip3y"]),
    lowFirst("mono14p", .gray16, 14, aliases: genicam("14p")),
    highFirst("mono10pmsb", 10, aliases: ["Y10B"]),
    highFirst("mono14pmsb", 14, aliases: []),
    Rawmode(
      "y012", .gray16,
      .planes([
        PlaneShape(
          groupBits: 16,
          samples: [
            "I": [
              SampleField(
                bitOffset: 0, storage: .word(byteCount: 2, bigEndian: false), shift: 4, bitCount: 12
              )
            ]
          ])
      ])),
  ]

  /// Samples in groups, each in runs of bits: the most significant first, from the low end of a byte on.
  private static func sensor(
    _ name: String, groupBits: Int, _ runs: [[(Int, Int)]], aliases: [String]
  ) -> Rawmode {
    let fields = runs.map { runs in
      let start = runs.map(\.0).min() ?? 0
      let parts = runs.map { SampleField.Part(bitOffset: $0.0 - start, bitCount: $0.1) }
      let count = runs.reduce(0) { $0 + $1.1 }
      return SampleField(
        bitOffset: start,
        storage: parts.count == 1 ? .bits(.leastSignificantFirst) : .parts(parts), bitCount: count)
    }
    return Rawmode(
      name, .gray16, .planes([PlaneShape(groupBits: groupBits, samples: ["I": fields])]),
      aliases: aliases)
  }

  private static func highFirst(_ name: String, _ count: Int, aliases: [String]) -> Rawmode {
    Rawmode(
      name, .gray16, .bits(count: count, .mostSignificantFirst, inverted: false), aliases: aliases)
  }
}
