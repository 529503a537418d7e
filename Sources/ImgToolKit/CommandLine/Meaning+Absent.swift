extension Meaning {
  /// What other tools offer and this one does not, with command lines that do it. In them, `IN`, `OUT`,
  /// `A` and `B` are files.
  static let absentOptions = [
    absent(
      "resize thumbnail zoom resample liquid-rescale adaptive-resize",
      "images are not resized here", "convert IN -resize WxH OUT", "vips thumbnail IN OUT WIDTH"),
    absent(
      "extent canvas", "images are not made larger here",
      "convert IN -background black -extent WxH OUT"),
    absent("border bordercolor", "borders are not added here", "convert IN -border 10 OUT"),
    absent(
      "tile montage contact-sheet", "images are not put side by side here",
      "convert A B +append OUT", "vips arrayjoin 'A B' OUT"),
    absent(
      "append concat hconcat vconcat hstack vstack join", "images are not joined here",
      "convert A B -append OUT", "vips join A B OUT vertical"),
    absent("flatten", "layers are not flattened here", "convert IN -background white -flatten OUT"),
    absent(
      "shear skew deskew affine distort perspective", "images are not distorted here",
      "convert IN -deskew 40% OUT"),
    absent(
      "blur sharpen gaussian-blur unsharp median convolve edge emboss",
      "images are not filtered here", "convert IN -blur 0x2 OUT", "vips gaussblur IN OUT 2"),
    absent(
      "brightness brightness-contrast exposure", "brightness is not changed here",
      "convert IN -brightness-contrast 10x0 OUT"),
    absent(
      "modulate hue saturation lightness vibrance", "colors are not shifted here",
      "convert IN -modulate 100,120,100 OUT"),
    absent(
      "equalize clahe", "histograms are not equalized here", "convert IN -equalize OUT",
      "vips hist_equal IN OUT"),
    absent("sepia sepia-tone", "colors are not toned here", "convert IN -sepia-tone 80% OUT"),
    absent("solarize", "images are not solarized here", "convert IN -solarize 50% OUT"),
    absent(
      "colors colours dither quantize posterize", "colors are not reduced here",
      "convert IN -colors N OUT"),
    absent(
      "annotate text draw font label", "text is not drawn here",
      "convert IN -annotate +X+Y TEXT OUT"),
    absent(
      "dpi ppi density units", "the density of a file is kept, not set, here",
      "convert IN -units PixelsPerInch -density 300 OUT"),
    absent(
      "comment exif icc iptc xmp profile metadata set-metadata",
      "metadata is kept, or left out by --strip, and not edited here",
      "exiftool -Comment=TEXT -o OUT IN"),
    absent(
      "delay loop", "animations are not made here", "convert -delay 10 A B OUT.gif"),
    absent(
      "vf filter filter-complex framerate fps crf preset bitrate", "video is not made here",
      "ffmpeg -f rawvideo -pix_fmt FMT -s WxH -i IN OUT.avi"),
    Meaning(
      .option, "overwrite force clobber y", [],
      absence: "it is not needed: `--save` replaces a file of its name without asking"),
    Meaning(
      .option, "i in input infile input-file", [],
      absence: "it is not needed: the file follows the command, as in `imgtool open FILE`"),
  ]

  private static func absent(_ words: String, _ fact: String, _ commands: String...) -> Meaning {
    let lines = commands.map { "`\($0)`" }.joined(separator: " and ")
    return Meaning(
      .option, words, [], absence: "\(fact); \(lines) \(commands.count == 1 ? "does" : "do") it")
  }
}
