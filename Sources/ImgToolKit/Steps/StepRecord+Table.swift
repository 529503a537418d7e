extension StepRecord {
  /// Every kind of step, in the order of the help.
  static let all: [StepRecord] = [
    put, fill, invert, flip, swap, add, paste,
    crop, band, reorient, every, convert, window, map,
    black, white, whiteBalance, demosaic, gamma,
    copy, poke, run, sync,
    save, format, rawmode, rowStride, level, quality, subsampling, bits, strip,
    fail, failPercent, failPSNR, failSSIM, region, diff, diffStyle,
    expect, expectShared, expectDetached, expectHash, compare,
    print, stats, hash, show,
  ]
}
