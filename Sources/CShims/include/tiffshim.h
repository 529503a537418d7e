#pragma once

/// What libtiff says of itself, its version at the end of the first line; NULL in a build without it.
const char *imgtool_tiff_version(void);
