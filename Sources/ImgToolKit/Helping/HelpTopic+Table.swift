import ImageFiles
import PixelViews

extension HelpTopic {
  static let all: [HelpTopic] =
    [layout, steps, formats, pixels, numbers, byteOrder, sharing, frames, losses, status] + errors

  private static let layout = HelpTopic(
    "layout",
    """
    A layout says where each sample of each pixel stands in the file. Its options come after the \
    command and before the first step, each at most once.
    """,
    """
    need = offset + (height - 1) * stride + bytes of a row. The last row needs no padding. A file \
    that is too short is refused with this arithmetic; bytes that are left over get a note.
    """,
    """
    To find an unknown layout, try `imgtool guess FILE`, and `imgtool explore FILE` to change it by \
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
    Steps run from left to right and may be repeated: each works on the image as the steps before \
    it have left it. A setting, such as --level, holds for the steps after it.
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
    The suffix of a name decides the format of a save, and --format overrides it. Which format opens \
    a file depends on its first bytes. `imgtool formats` says which modes each of them holds.
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
    A pixel V is a comma list of samples in the range of the mode (128, or 255,0,0, or 0.5), 0x and \
    hexadecimal digits, #rrggbb or #rrggbbaa for modes with color, or the CSS name of a color (red, \
    transparent). A name is its gray in the modes L and LA. Mode 1 has 0 and 255.
    """,
    "X counts columns from the left and Y rows from the top, both from 0.")

  private static let numbers = HelpTopic(
    "numbers",
    """
    A number of bytes is decimal (4096) or hexadecimal (0x1000), or has a suffix: K, M and G are \
    1024, 1024^2 and 1024^3.
    """,
    "A rectangle is WxH+X+Y: W columns and H rows from column X, row Y. A range A..B has both ends."
  )

  private static let byteOrder = HelpTopic(
    "byte order",
    """
    The rawmode says it: gray16le and gray16be, I;16 and I;16B, rgbf32le and rgbf32be. le is little \
    endian (least significant byte first, as on x86 and ARM), be is big endian.
    """,
    "`imgtool rawmodes 16` lists those of 16 bits. In explore, the key e exchanges the two.")

  private static let sharing = HelpTopic(
    "sharing",
    """
    The image is a view of the mapped file: reading it reads the file as it is now, and saving does \
    not detach it. --expect-shared checks that, and `imgtool verify` proves it with a second process.
    """,
    """
    --access ro refuses edits. cow, the default, keeps them private: a page (4 KiB) that an edit \
    touches becomes the image's own. rw writes them to the file. --copy detaches on purpose.
    """,
    """
    A file whose pixels are compressed has to be decoded; the image is a copy then, and edits \
    cannot reach the file.
    """)

  private static let frames = HelpTopic(
    "frames",
    """
    --frame N picks one of several images in a file, --frames A..B shows several below each other. \
    --frame-stride and --frame-header describe what stands between them.
    """,
    """
    With --each the steps run once for each frame: --save 'f-%04d.png' numbers the files, and a \
    pipe is read frame by frame in constant memory, without an end being known.
    """)

  private static let losses = HelpTopic(
    "losses",
    """
    Nothing is dropped, rounded or clamped in silence. What cannot be undone by --clamp or --window \
    is refused; what a file or an edit rounds is a note, and an error with --strict.
    """)

  private static let status = HelpTopic(
    "exit status",
    """
    0: done, same, shared, as expected. 1: the answer is no: pixels differ, an expectation failed, \
    sharing is broken. 2: a usage error, or the file or the system refused. 128+n: signal n ended it.
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
      A conversion would clamp that sample. --window LO,HI spreads a range over 8 bits, --window \
      auto takes the range of the picture, and --clamp accepts the loss.
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
      The option has no step to act on: settings such as --level and --fail hold for steps after \
      them. Move it before that step, or leave it out.
      """),
    error(
      "is the file that is mapped",
      """
      Saving other bytes onto the mapped file would change the image under the save. Save under \
      another name, edit in place with --access rw, or use --replace.
      """),
    error(
      "pixels share this Cb and Cr",
      """
      In subsampled video a group of pixels has one chroma sample. Edit whole groups (the error \
      names the rectangle), or one band with --band Y.
      """),
    error(
      "the colors of the mosaic are not known",
      "Say which colors the first 2x2 pixels of the sensor have, as in --bayer rggb."),
    error(
      "is of no format that describes itself",
      """
      The file is raw: use `imgtool frombuffer FILE --size WxH --mode M`, and `imgtool guess FILE` \
      if you do not know the layout.
      """),
  ]
}
