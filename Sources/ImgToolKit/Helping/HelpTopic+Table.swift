import ImageFiles
import PixelViews

extension HelpTopic {
  static let all: [HelpTopic] =
    [layout, steps, formats, pixels, numbers, byteOrder, sharing, frames, losses, status] + errors

  private static let layout = HelpTopic(
    "layout",
    """
    A layout says where each sample of each pixel is in the file. Put its options after the command \
    and before the first step, each at most once.
    """,
    """
    need = offset + (height - 1) * stride + bytes of a row. The last row needs no padding. A file \
    that is too short is refused with this arithmetic; bytes left over get a note.
    """,
    """
    To find an unknown layout, try `imgtool guess FILE`, or `imgtool explore FILE` to change it with \
    keys. `imgtool info FILE LAYOUT...` prints the arithmetic.
    """,
    tables: [Flag.Group.layout, .mapping].map { group in
      HelpTable(
        title: group.title,
        rows: Flag.shared.filter { $0.group == group }.map {
          HelpTable.Row(term: $0.usage, text: $0.summary)
        })
    })

  private static let steps = HelpTopic(
    "steps",
    """
    Steps run from left to right and may be repeated: each works on the result of the steps before \
    it. A setting, such as --level, applies to the steps after it.
    """,
    tables: Flag.Group.allCases.filter(\.isStep).map { group in
      HelpTable(
        title: group.title,
        rows: StepRecord.all.filter { $0.group == group }.map {
          HelpTable.Row(term: Flag($0).usage, text: $0.summary)
        })
    })

  private static let formats = HelpTopic(
    "formats",
    """
    The suffix of a file's name decides the format that it is saved in; --format overrides it. The \
    first bytes of a file decide how it is opened. `imgtool formats` lists the modes that each format \
    holds.
    """,
    tables: [
      HelpTable(
        title: "Read and written",
        rows: FileFormat.all.filter(\.isWritten).map {
          HelpTable.Row(term: $0.name, text: $0.summary)
        }),
      HelpTable(
        title: "Read",
        rows: FileFormat.all.filter { !$0.isWritten }.map {
          HelpTable.Row(term: $0.name, text: $0.summary)
        }),
    ])

  private static let pixels = HelpTopic(
    "pixels",
    """
    A pixel V is one of: samples with commas between them, in the range of the mode (128, or \
    255,0,0, or 0.5); 0x and hexadecimal digits; #rrggbb or #rrggbbaa for modes with color; a CSS \
    color name (red, transparent), which means its gray in the modes L and LA. Mode 1 has 0 and 255.
    """,
    "X counts columns from the left and Y rows from the top, both from 0.")

  private static let numbers = HelpTopic(
    "numbers",
    """
    A number of bytes is decimal (4096) or hexadecimal (0x1000), or has a suffix: K, M and G are \
    1024, 1024^2 and 1024^3.
    """,
    "A rectangle is WxH+X+Y: W columns and H rows from column X, row Y. A range A..B includes both."
  )

  private static let byteOrder = HelpTopic(
    "byte order",
    """
    The rawmode says it: gray16le and gray16be, I;16 and I;16B, rgbf32le and rgbf32be. le is little \
    endian (least significant byte first, as on x86 and ARM), be is big endian.
    """,
    "`imgtool rawmodes 16` lists those of 16 bits. In explore, the key e switches between the two.")

  private static let sharing = HelpTopic(
    "sharing",
    """
    The image is a view of the mapped file: reading it reads the file as it is now, and saving does \
    not detach it. --expect-shared checks that, and `imgtool verify` proves it with a second process.
    """,
    """
    --access ro refuses edits. cow, the default, keeps them private: a page (4 KiB) that an edit \
    touches becomes the image's own. rw writes them to the file. --copy detaches the image on purpose.
    """,
    """
    A file with compressed pixels has to be decoded; the image is then a copy, and edits cannot \
    reach the file.
    """)

  private static let frames = HelpTopic(
    "frames",
    """
    --frame N picks one of several images in a file, --frames A..B shows several below each other. \
    --frame-stride and --frame-header describe what lies between them.
    """,
    """
    With --each the steps run once for each frame: --save 'f-%04d.png' numbers the files, and a \
    pipe is read frame by frame in constant memory, even if it never ends.
    """)

  private static let losses = HelpTopic(
    "losses",
    """
    Nothing is dropped, rounded or clamped silently. A sample that would be clamped is refused unless \
    you give --clamp or --window; what a file or an edit rounds gets a note, or an error with --strict.
    """)

  private static let status = HelpTopic(
    "exit status",
    """
    0: done, same, shared, as expected. 1: the answer is no: pixels differ, an expectation failed, \
    sharing is broken. 2: usage error, or the file or the system refused. 128+n: ended by signal n.
    """)

  /// What errors mean, found by their words.
  private static let errors: [HelpTopic] = [
    error(
      "needs bytes from offset, the file has",
      """
      The file is shorter than the layout says. Check --size, --mode and --offset; use --size Wx to \
      take as many rows as there are, or `imgtool guess FILE`.
      """),
    error(
      "bytes after the last row",
      """
      The file is longer than the layout says: the size may be wrong, or there are more frames or a \
      trailer. --trailing ok accepts that, --trailing error refuses it.
      """),
    error(
      "cannot hold mode",
      """
      The format has no place for the mode. Save in one of the formats that the error lists, or \
      put --convert M (or, for numbers, --window LO,HI) before --save.
      """),
    error(
      "it would become",
      """
      The sample does not fit the bits of its target. Choose a value that fits, or --window LO,HI to \
      stretch the range of the picture, or accept the loss with --clamp.
      """),
    error(
      "which a conversion would clamp",
      """
      A conversion would clamp that sample. --window LO,HI stretches a range to 8 bits, --window \
      auto uses the range of the picture, and --clamp accepts the loss.
      """),
    error(
      "the image is read-only",
      """
      Edits need pixels that are stored as they are shown. Put the edit before --convert, --window \
      or --map, or put --copy before it to edit a private copy.
      """),
    error(
      "changes nothing",
      """
      The option has no step to act on: settings such as --level and --fail apply to steps after \
      them. Move it before that step, or leave it out.
      """),
    error(
      "this is the file of an open image",
      """
      Saving other bytes onto the mapped file would change the image under the save. Save under \
      another name, edit in place with --access rw, or use --replace.
      """),
    error(
      "pixels share this Cb and Cr",
      """
      In subsampled video a group of pixels shares one chroma sample. Edit whole groups (the error \
      names the rectangle), or one band with --band Y.
      """),
    error(
      "the colors of the mosaic are not known",
      "Say which colors the first 2x2 pixels of the sensor have, as in --bayer rggb."),
    error(
      "the first bytes are not those of an image format",
      """
      The file is raw: use `imgtool frombuffer FILE --size WxH --mode M`, and `imgtool guess FILE` \
      if you do not know the layout.
      """),
  ]
}
