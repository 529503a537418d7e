/// Samples of 16 bits in modes for which Pillow has 8 bits only.
extension Conversion {
  /// The modes whose samples stay 16 bits wide between each other.
  static let wideModes: [Mode] = [
    .gray, .grayAlpha, .grayPremultiplied, .rgb, .rgba, .rgbx, .rgbPremultiplied,
  ]

  static let wideSteps: [Step] =
    [
      wide(.gray, .grayAlpha) {
        $2.map(count: $0, from: $1) { (gray: UInt16) in SIMD2(gray, .max) }
      },
      wide(.gray, .rgb) {
        $2.map(count: $0, from: $1) { (gray: UInt16) in Triple(gray, gray, gray) }
      },
      wide(.gray, .rgba) {
        $2.map(count: $0, from: $1) { (gray: UInt16) in SIMD4(gray, gray, gray, .max) }
      },
      wide(.gray, .rgbx) {
        $2.map(count: $0, from: $1) { (gray: UInt16) in SIMD4(gray, gray, gray, .max) }
      },
      wide(.gray, .gray16) { $2.map(count: $0, from: $1) { (gray: UInt16) in gray } },
      wide(.gray, .integer) { $2.map(count: $0, from: $1) { (gray: UInt16) in Int32(gray) } },
      wide(.gray, .float) { $2.map(count: $0, from: $1) { (gray: UInt16) in Float(gray) } },
      wide(.gray, .bilevel) {
        $2.map(count: $0, from: $1) { (gray: UInt16) in gray >= 0x8000 ? 255 : 0 as UInt8 }
      },

      wide(.grayAlpha, .gray) { $2.map(count: $0, from: $1) { (pixel: SIMD2<UInt16>) in pixel.x } },
      wide(.grayAlpha, .rgb) {
        $2.map(count: $0, from: $1) { (pixel: SIMD2<UInt16>) in Triple(pixel.x, pixel.x, pixel.x) }
      },
      wide(.grayAlpha, .rgba) {
        $2.map(count: $0, from: $1) { (pixel: SIMD2<UInt16>) in
          SIMD4(pixel.x, pixel.x, pixel.x, pixel.y)
        }
      },
      wide(.grayAlpha, .rgbx) {
        $2.map(count: $0, from: $1) { (pixel: SIMD2<UInt16>) in
          SIMD4(pixel.x, pixel.x, pixel.x, pixel.y)
        }
      },

      wide(.rgb, .gray) {
        $2.map(count: $0, from: $1) { (pixel: Triple<UInt16>) in luma(pixel.x, pixel.y, pixel.z) }
      },
      wide(.rgb, .grayAlpha) {
        $2.map(count: $0, from: $1) { (pixel: Triple<UInt16>) in
          SIMD2(luma(pixel.x, pixel.y, pixel.z), .max)
        }
      },
      wide(.rgb, .rgba) {
        $2.map(count: $0, from: $1) { (pixel: Triple<UInt16>) in
          SIMD4(pixel.x, pixel.y, pixel.z, .max)
        }
      },
      wide(.rgb, .rgbx) {
        $2.map(count: $0, from: $1) { (pixel: Triple<UInt16>) in
          SIMD4(pixel.x, pixel.y, pixel.z, .max)
        }
      },

      wide(.rgba, .grayAlpha) {
        $2.map(count: $0, from: $1) { (pixel: SIMD4<UInt16>) in
          SIMD2(luma(pixel.x, pixel.y, pixel.z), pixel.w)
        }
      },
      wide(.rgba, .rgbx) {
        $2.map(count: $0, from: $1) { (pixel: SIMD4<UInt16>) in
          SIMD4(pixel.x, pixel.y, pixel.z, .max)
        }
      },
      wide(.grayAlpha, .grayPremultiplied) {
        $2.map(count: $0, from: $1) { (pixel: SIMD2<UInt16>) in
          SIMD2(multiply(pixel.x, pixel.y), pixel.y)
        }
      },
      wide(.grayPremultiplied, .grayAlpha) {
        $2.map(count: $0, from: $1) { (pixel: SIMD2<UInt16>) in
          SIMD2(divide(pixel.x, pixel.y), pixel.y)
        }
      },
      wide(.rgba, .rgbPremultiplied) {
        $2.map(count: $0, from: $1) { (pixel: SIMD4<UInt16>) in
          SIMD4(
            multiply(pixel.x, pixel.w), multiply(pixel.y, pixel.w), multiply(pixel.z, pixel.w),
            pixel.w)
        }
      },
      wide(.rgbPremultiplied, .rgba) {
        $2.map(count: $0, from: $1) { (pixel: SIMD4<UInt16>) in
          SIMD4(
            divide(pixel.x, pixel.w), divide(pixel.y, pixel.w), divide(pixel.z, pixel.w), pixel.w)
        }
      },
      wide(.rgbPremultiplied, .rgb) {
        $2.map(count: $0, from: $1) { (pixel: SIMD4<UInt16>) in
          Triple(
            divide(pixel.x, pixel.w), divide(pixel.y, pixel.w), divide(pixel.z, pixel.w))
        }
      },
    ]
    + [.rgba, .rgbx].flatMap { (source: Mode) in
      [
        wide(source, .gray) {
          $2.map(count: $0, from: $1) { (pixel: SIMD4<UInt16>) in luma(pixel.x, pixel.y, pixel.z) }
        },
        wide(source, .rgb) {
          $2.map(count: $0, from: $1) { (pixel: SIMD4<UInt16>) in Triple(pixel.x, pixel.y, pixel.z)
          }
        },
      ]
    }
    + Mode.allCases.filter { $0.naturalType == .u8 }.map(narrow)

  /// A step from samples of 16 bits; to such samples too, where the target can hold them.
  private static func wide(_ source: Mode, _ target: Mode, kernel: @escaping Kernel) -> Step {
    Step(
      PixelFormat(source, .u16), PixelFormat(target, wideModes.contains(target) ? .u16 : nil),
      kernel: kernel)
  }

  /// Brings each sample of a mode from 16 bits to 8.
  private static func narrow(_ mode: Mode) -> Step {
    let bandCount = mode.bandCount
    return Step(PixelFormat(mode, .u16), PixelFormat(mode)) { count, from, to in
      to.map(count: count * bandCount, from: from) { (sample: UInt16) in byte(sample) }
    }
  }

  /// `v * 255 / 65535` rounded: 65535 is 255 * 257.
  @inline(__always)
  package static func byte(_ sample: UInt16) -> UInt8 {
    UInt8(truncatingIfNeeded: (UInt32(sample) &+ 128) / 257)
  }

  /// The product of two fractions of 65535, rounded.
  @inline(__always)
  private static func multiply(_ color: UInt16, _ alpha: UInt16) -> UInt16 {
    UInt16(truncatingIfNeeded: (UInt32(color) &* UInt32(alpha) &+ 32767) / 65535)
  }

  /// A color divided by its opacity: rounded down, at most 65535, and left alone where there is no
  /// opacity, as with 8 bits.
  @inline(__always)
  private static func divide(_ color: UInt16, _ alpha: UInt16) -> UInt16 {
    if alpha == 0 { return color }
    return UInt16(truncatingIfNeeded: min(UInt32(color) &* 65535 / UInt32(alpha), 65535))
  }

  /// The luma of 8-bit colors, from the same weights.
  @inline(__always)
  private static func luma(_ red: UInt16, _ green: UInt16, _ blue: UInt16) -> UInt16 {
    let sum = UInt32(red) &* 19595 &+ UInt32(green) &* 38470 &+ UInt32(blue) &* 7471
    return UInt16(truncatingIfNeeded: (sum &+ 0x8000) >> 16)
  }
}
