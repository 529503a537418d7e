extension Int {
  /// A number of frames, and what they are called.
  package var asFrames: String {
    switch self {
    case ...0: "0 frames"
    case 1: "1 frame, frame 0"
    default: "\(self) frames, 0 to \(self - 1)"
    }
  }
}
