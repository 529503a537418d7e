import Testing

@testable import PixelViews

/// The messages and digests are of FIPS 180-4's examples and of the NIST test vectors.
@Suite struct SHA256Tests {
  static let vectors: [(message: [UInt8], digest: String)] = [
    ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      Array(
        ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
          + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8),
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    ([0xbd], "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
    (
      [0xc9, 0x8c, 0x8e, 0x55],
      "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504"
    ),
    (
      [UInt8](repeating: 0, count: 55),
      "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"
    ),
    (
      [UInt8](repeating: 0, count: 56),
      "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"
    ),
    (
      [UInt8](repeating: 0, count: 64),
      "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"
    ),
    (
      [UInt8](repeating: 0x5a, count: 65536),
      "944044fe482bc4e91085c15c5a923a1b9e02eac98d3bce04997d6dbecd2a5b8d"
    ),
    (
      [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: [false, true])
  func `digests are those of the standard`(portable: Bool) {
    for (message, digest) in Self.vectors {
      var hash = SHA256(portable: portable)
      hash.add(message)
      #expect(ImageHash(bytes: hash.digest()).text == digest)
    }
  }

  @Test(arguments: [false, true])
  func `it does not matter in which pieces bytes come`(portable: Bool) {
    let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }
    var whole = SHA256(portable: !portable)
    whole.add(message)
    let digest = whole.digest()
    for step in [1, 3, 63, 64, 65, 128, 200, 999] {
      var hash = SHA256(portable: portable)
      for start in stride(from: 0, to: message.count, by: step) {
        hash.add(Array(message[start..<min(start + step, message.count)]))
      }
      #expect(hash.digest() == digest, "in pieces of \(step)")
    }
  }
}
