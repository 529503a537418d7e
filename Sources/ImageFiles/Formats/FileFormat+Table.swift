extension FileFormat {
  /// Every format of this build.
  package static let all: [FileFormat] = known + optional + [.cArray, .raw]

  private static let known: [FileFormat] = [
    .png,
    .bmp,
    .pbm,
    .pgm,
    .ppm,
    .pnm,
    .pam,
    .pfm,
    .npy,
    .tiff,
    .tga,
    .qoi,
    .farbfeld,
    .vips,
    .y4m,
    .xwd,
    .screencap,
    .ser,
    .dds,
    .ktx2,
    .dicom,
    .nrrd,
    .metaImage,
    .fits,
    .envi,
    .nifti,
    .mrc,
    .idx,
    .hgt,
    .sgi,
    .sunRaster,
    .exr,
    .safetensors,
    .npz,
  ]

  /// Those of libraries that a build may be without.
  private static let optional: [FileFormat] = OptionalLibrary.jpeg.version == nil ? [] : [.jpeg]

  /// The format with a name, or the one that a suffix means.
  package static func named(_ name: String) -> FileFormat? {
    let lowered = name.lowercased()
    return all.first { $0.name == lowered || $0.suffixes.contains("." + lowered) }
  }

  /// The format with a name or, for `nil`, the one that the suffix of a path means.
  ///
  /// - Throws: ``FormatError/noFormat(name:known:)``, ``FormatError/unknownSuffix(path:known:)``.
  package static func choice(
    _ name: String?, for path: String
  ) throws(FormatError) -> FileFormat {
    if let name {
      guard let format = named(name) else {
        throw .noFormat(name: name, known: all.map(\.name))
      }
      return format
    }
    guard let format = forPath(path) else {
      throw .unknownSuffix(path: path, known: all.flatMap(\.suffixes))
    }
    return format
  }

  /// The format that the suffix of a path means.
  package static func forPath(_ path: String) -> FileFormat? {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    let suffix = name[dot...].lowercased()
    return all.first { $0.suffixes.contains(suffix) }
  }
}
