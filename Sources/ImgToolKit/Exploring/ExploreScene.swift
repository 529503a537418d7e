import PixelViews

/// What is on the screen when a key is pressed, as far as the key has to know it.
struct ExploreScene: Sendable {
  let facts: LayoutFacts
  /// The part of the picture that was drawn last.
  var frame: PictureFrame
  /// The samples that were drawn as black and white.
  var window: ClosedRange<Double>
  /// The mode of the picture, and whether its samples are whole numbers.
  var format: PixelFormat

  var file: ExploredFile { facts.file }
}
