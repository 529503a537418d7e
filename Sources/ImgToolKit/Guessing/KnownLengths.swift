import PixelViews

/// Files without a header whose kind is known by the end of their name, and their layout by their length.
enum KnownLengths {
  /// The ending, the size and the storage.
  private static let all: [(suffix: String, width: Int, height: Int, rawmode: String)] = [
    // Heights of the Shuttle Radar Topography Mission: 3 seconds of arc, 1, and 1 far from the equator.
    (".hgt", 1201, 1201, "I;16B"), (".hgt", 3601, 3601, "I;16B"), (".hgt", 1801, 3601, "I;16B"),
    // GTOPO30.
    (".dem", 4800, 6000, "I;16B"), (".dem", 7200, 3600, "I;16B"),
    // The screens of VGA, and of its mode 13h.
    (".scr", 320, 200, "L"), (".vga", 320, 200, "L"),
  ]

  /// What a file is by its name and length.
  static func guess(_ path: String, byteCount: Int) -> Guess? {
    let name = path.lowercased()
    return all.lazy.compactMap { known -> Guess? in
      guard name.hasSuffix(known.suffix),
        let storage = GuessedStorage.all.first(where: { $0.rawmode == known.rawmode }),
        known.width * known.height * storage.byteCount == byteCount
      else { return nil }
      var guess = Guess(
        width: known.width, height: known.height, storage: storage, rawmode: storage.rawmode,
        mode: storage.mode, stride: known.width * storage.byteCount,
        reasons: ["\(known.suffix) files of \(byteCount.bytes) are \(known.width)x\(known.height)"],
        penalty: -400)
      guess.isSupported = true
      guess.isNamed = true
      return guess
    }.first
  }
}
