// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "imgtool",
  products: [
    .executable(name: "imgtool", targets: ["imgtool"]),
    .library(name: "ImgTool", targets: ["ImgTool"]),
    .library(name: "PixelViews", targets: ["PixelMemory", "PixelViews", "ImageFiles"]),
    .library(name: "imgtool-c", type: .dynamic, targets: ["ImgToolC"]),
  ],
  traits: [
    .default(enabledTraits: [
      "ISAL",
      "JPEG",
      "LIBDEFLATE",
      "TIFF",
    ]),
    .trait(
      name: "ISAL",
      description: "Deflate with ISA-L's igzip where libisal-dev is installed; zlib otherwise."),
    .trait(
      name: "JPEG",
      description: "JPEG with libjpeg-turbo where its package is installed; none otherwise."),
    .trait(
      name: "LIBDEFLATE",
      description: "Levels 2 to 9 with libdeflate where its package is installed; zlib otherwise."),
    .trait(
      name: "TIFF",
      description: "Compressed TIFF with libtiff where libtiff-dev is installed; none otherwise."),
  ],
  targets: [
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
    .systemLibrary(
      name: "CLibdeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
    .target(
      name: "CShims",
      dependencies: [
        "CPNG",
        .target(name: "CJPEG", condition: .when(traits: ["JPEG"])),
      ],
      cSettings: [
        .define("IMGTOOL_JPEG", .when(traits: ["JPEG"])),
        .define("IMGTOOL_TIFF", .when(traits: ["TIFF"])),
      ]),
    .target(name: "PixelMemory", dependencies: ["CShims"], swiftSettings: swiftSettings),
    .target(
      name: "PixelViews", dependencies: ["PixelMemory", "CShims"], swiftSettings: swiftSettings),
    .target(
      name: "ImageFiles",
      dependencies: [
        "PixelViews", "PixelMemory", "CShims", "CZlib",
        .target(name: "CISAL", condition: .when(traits: ["ISAL"])),
        .target(name: "CLibdeflate", condition: .when(traits: ["LIBDEFLATE"])),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "ImgTool", dependencies: ["ImageFiles", "PixelViews", "PixelMemory"],
      // Beside `imgtool`, a name that differs by case alone is one name on some disks.
      path: "Sources/ImgToolLibrary",
      swiftSettings: swiftSettings),
    .target(
      name: "ImgToolKit", dependencies: ["ImageFiles", "PixelViews", "PixelMemory"],
      swiftSettings: swiftSettings),
    .target(name: "CImgTool"),
    .target(
      name: "ImgToolC", dependencies: ["CImgTool", "ImageFiles", "PixelViews", "PixelMemory"],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "imgtool", dependencies: ["ImgToolKit"], swiftSettings: swiftSettings),
    .testTarget(
      name: "PixelMemoryTests", dependencies: ["PixelMemory", "CShims"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PixelViewsTests", dependencies: ["PixelViews", "PixelMemory", "CShims"],
      exclude: ["Fixtures"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ImageFilesTests",
      dependencies: ["ImageFiles", "PixelViews", "PixelMemory", "CShims"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ImgToolKitTests",
      dependencies: ["ImgToolKit", "ImageFiles", "PixelViews", "PixelMemory"],
      swiftSettings: swiftSettings),
  ]
)

// Fuzzing needs flags that a package others depend on must not have: see Scripts/fuzz.
if Context.environment["IMGTOOL_FUZZ"] != nil {
  let trapping: CSetting = .unsafeFlags([
    "-fsanitize=undefined", "-fsanitize-trap=undefined",
  ])
  for target in package.targets where ["CShims", "CImgTool"].contains(target.name) {
    target.cSettings = (target.cSettings ?? []) + [trapping]
  }
  package.targets += [
    .target(
      name: "FuzzMutator", dependencies: ["CZlib"], path: "Tests/Fuzz/Mutator",
      cSettings: [trapping]),
    .executableTarget(
      name: "Fuzz",
      dependencies: ["ImgToolKit", "ImageFiles", "PixelViews", "PixelMemory", "FuzzMutator"],
      path: "Tests/Fuzz",
      exclude: ["Corpus", "Mutator", "command-line.dict", "layout-file.dict", "npy.dict"],
      swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]),
  ]
}
