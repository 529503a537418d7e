import CShims

/// SHA-256 (FIPS 180-4) of bytes that come piece by piece.
package struct SHA256: Sendable {
  private var state = imgtool_sha256()

  /// - Parameter portable: whether the processor's own instructions are left alone, which changes
  ///   the time and not the digest.
  package init(portable: Bool = false) { unsafe imgtool_sha256_start(&state, portable) }

  /// Adds bytes.
  package mutating func add(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe imgtool_sha256_add(&state, bytes.baseAddress, bytes.count)
    }
  }

  /// Adds bytes.
  package mutating func add(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe imgtool_sha256_add(&state, bytes.baseAddress, bytes.count)
    }
  }

  /// The 32 bytes of the digest.
  package consuming func digest() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe imgtool_sha256_finish(&state, &digest)
    return digest
  }
}
