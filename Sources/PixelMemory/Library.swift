/// The library as a whole.
public enum Library {
  /// Its version and that of the tool, by semver.org.
  public static let version = "0.1.0"
}
