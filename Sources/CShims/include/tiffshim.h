#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// In a build without libtiff, and where that is not installed, the version is NULL and nothing else here
// is to be called.

/// Whether the build has what libtiff needs to be used, where it is installed.
bool imgtool_tiff_is_built_in(void);

/// What libtiff says of itself, its version at the end of the first line; NULL where there is none.
const char *imgtool_tiff_version(void);

/// Whether the library was built with a compression, by its number in a file.
bool imgtool_tiff_decodes(uint16_t compression);

/// Copies `count` bytes of a file from `offset` on; false when that fails. It must not raise.
typedef bool (*imgtool_tiff_read)(void *context, uint64_t offset, void *bytes, size_t count);

/// One page of a file, for one thread at a time. The library prints nothing; what it says is kept.
typedef struct imgtool_tiff imgtool_tiff;

/// Where a page is in a file, and what is known of it.
typedef struct {
  /// Of the file.
  uint64_t byte_count;
  /// Where the directory stands.
  uint64_t directory;
  /// The bytes of each piece of memory that the library may take for itself.
  ptrdiff_t memory_limit;
  /// The bytes of a row of a strip or tile when it is decoded, which must be those; 0 for any.
  ptrdiff_t row_byte_count;
} imgtool_tiff_page;

/// Reads the directory of a page. JPEG's YCbCr is decoded to RGB, LogLuv to linear RGB of floats.
/// Returns NULL only without memory: what else goes wrong is a message.
imgtool_tiff *imgtool_tiff_open(imgtool_tiff_read read, void *context, imgtool_tiff_page page);
void imgtool_tiff_close(imgtool_tiff *tiff);

/// Why the last call failed; empty when it did not.
const char *imgtool_tiff_message(const imgtool_tiff *tiff);

/// Decodes all `count` bytes of a strip or tile, words in the processor's byte order. What the library
/// only warns of is damage, too: some of its decoders go on with whatever they have.
void imgtool_tiff_decode(imgtool_tiff *tiff, uint32_t segment, uint8_t *bytes, size_t count);

/// Decodes rows, of whole strips or tiles, as the library would show them: bytes of red, green, blue
/// and alpha, in the order of the file.
void imgtool_tiff_decode_colors(
    imgtool_tiff *tiff, uint32_t row, uint32_t row_count, uint32_t *pixels);
