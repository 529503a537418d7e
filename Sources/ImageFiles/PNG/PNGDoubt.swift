/// What the quick road through a PNG file found: something that it does not prove to be right.
///
/// libpng reads the file then, and says what is wrong if anything is.
struct PNGDoubt: Error {}
