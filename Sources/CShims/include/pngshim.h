#ifndef IMGTOOL_PNGSHIM_H
#define IMGTOOL_PNGSHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libpng reports errors by longjmp, which must not cross a Swift frame. Each function here that
// calls libpng has its own setjmp, so that its callers see result codes only.

typedef enum imgtool_png_result {
  IMGTOOL_PNG_OK = 0,
  IMGTOOL_PNG_FAILED = 1,     // libpng raised an error: see the message
  IMGTOOL_PNG_SOURCE = 2,     // the read callback returned a negative number
  IMGTOOL_PNG_TRUNCATED = 3,  // the read callback returned 0 where the file must go on
  IMGTOOL_PNG_MISUSE = 4,     // too many or too few rows were asked for, or too small a block given
} imgtool_png_result;

typedef struct imgtool_png_header {
  uint32_t width, height;
  uint8_t bit_depth, color_type;
  bool interlaced;
  bool has_key;           // tRNS of gray and RGB: the one color that is transparent
  uint16_t key[3];        // gray uses the first
  uint16_t color_count;   // PLTE
  uint16_t alpha_count;   // tRNS of a palette
  uint8_t colors[256 * 3];
  uint8_t alpha[256];
} imgtool_png_header;

// Room for the signature, IHDR, PLTE and tRNS.
enum { IMGTOOL_PNG_HEADER_CAPACITY = 1280 };
// What a chunk has before and after its data.
enum { IMGTOOL_PNG_CHUNK_PREFIX = 8, IMGTOOL_PNG_CHUNK_SUFFIX = 4 };
// A file with a chunk of more data than this beside the rows is an attack.
enum { IMGTOOL_PNG_CHUNK_BYTE_LIMIT = 4 << 20 };

// Whether readers skip a chunk, once its CRC is right: the letters of its name, the first one highest.
bool imgtool_png_skips(uint32_t name);

// Writing: libpng's writers fill blocks that the caller owns, so nothing is called back.
typedef struct imgtool_png_writer imgtool_png_writer;

// NULL when there is no memory.
imgtool_png_writer *imgtool_png_writer_create(void);
void imgtool_png_writer_destroy(imgtool_png_writer *writer);
const char *imgtool_png_writer_message(const imgtool_png_writer *writer);

// Signature, IHDR, PLTE and tRNS, once for each writer.
imgtool_png_result imgtool_png_write_header(
    imgtool_png_writer *writer, const imgtool_png_header *header, uint8_t *block, size_t capacity,
    size_t *byte_count);

// Makes a chunk of byte_count bytes that stand behind a gap of IMGTOOL_PNG_CHUNK_PREFIX bytes and
// before one of IMGTOOL_PNG_CHUNK_SUFFIX bytes: both gaps are filled.
imgtool_png_result imgtool_png_write_chunk(
    imgtool_png_writer *writer, const char *name, uint8_t *block, size_t byte_count);

// Reading.
typedef struct imgtool_png_reader imgtool_png_reader;

// Bytes read (at most capacity), 0 at the end, negative on failure.
typedef ptrdiff_t (*imgtool_png_read)(void *context, uint8_t *bytes, size_t capacity);

// NULL when there is no memory.
imgtool_png_reader *imgtool_png_reader_create(imgtool_png_read read, void *context);
void imgtool_png_reader_destroy(imgtool_png_reader *reader);
const char *imgtool_png_reader_message(const imgtool_png_reader *reader);

// Everything before the first IDAT.
imgtool_png_result imgtool_png_read_header(imgtool_png_reader *reader, imgtool_png_header *header);

// Before the first row: lets no byte wait for those behind it, so that rows are read up to the last
// byte of a file that ends too early.
void imgtool_png_take_each_byte(imgtool_png_reader *reader);

// How many whole rows were read, of the pass behind the whole ones.
void imgtool_png_progress(const imgtool_png_reader *reader, int *pass, uint32_t *row);

// Fixes the form of the rows: as in the file, or with a color key turned into an alpha sample.
// Tells what one row has then.
imgtool_png_result imgtool_png_read_start(
    imgtool_png_reader *reader, bool key_to_alpha, uint8_t *bit_depth, uint8_t *color_type,
    size_t *row_byte_count);

// The next rows, each at stride bytes behind the one before. An interlaced image is read whole,
// into memory that holds zeros.
imgtool_png_result imgtool_png_read_rows(
    imgtool_png_reader *reader, uint8_t *base, ptrdiff_t stride, uint32_t row_count);

// Everything behind the last row, up to and with IEND.
imgtool_png_result imgtool_png_read_end(imgtool_png_reader *reader);

// The version of the library at run time.
const char *imgtool_png_version(void);

#endif
