extension Int {
  /// A number of frames, and what they are called.
  package var asFrames: String {
    self == 1 ? "1 frame, frame 0" : "\(self) frames, 0 to \(self - 1)"
  }
}
