#include "tiffshim.h"

#include <stddef.h>

// A build that wants libtiff is made where its header is not, too, and does without.
#if defined(IMGTOOL_TIFF) && __has_include(<tiffio.h>)

#include <tiffio.h>

const char *imgtool_tiff_version(void) { return TIFFGetVersion(); }

#else

const char *imgtool_tiff_version(void) { return NULL; }

#endif
