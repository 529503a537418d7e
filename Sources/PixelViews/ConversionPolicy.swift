/// What becomes of samples that the mode of a conversion cannot hold.
public enum ConversionPolicy: Sendable {
  /// They are an error.
  case refuse
  /// They become the nearest ones that it holds, and 0 where they are not numbers.
  case clamp
}
