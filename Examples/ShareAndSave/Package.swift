// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "ShareAndSave",
  dependencies: [.package(name: "imgtool", path: "../..")],
  targets: [
    .executableTarget(
      name: "ShareAndSave", dependencies: [.product(name: "ImgTool", package: "imgtool")])
  ]
)
