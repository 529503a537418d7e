import PixelViews

extension Guess {
  /// The command line that looks at the file so.
  func command(_ path: String) -> String {
    var words = ["imgtool", "frombuffer", ShellWord.quoted(path), "--size", "\(width)x\(height)"]
    words += ["--mode", ShellWord.quoted(mode.name)]
    if rawmode != Rawmode.natural(mode).name { words += ["--rawmode", ShellWord.quoted(rawmode)] }
    if offset > 0 { words += ["--offset", "\(offset)"] }
    if stride != rowByteCount { words += ["--stride", "\(stride)"] }
    if storage.interleave == .plane { words += ["--interleave", "plane"] }
    if frameCount > 1 { words += ["--frame", "0"] }
    if let mosaic { words += ["--bayer", mosaic, "--demosaic", "bilinear"] }
    return (words + ["--show"]).joined(separator: " ")
  }
}
