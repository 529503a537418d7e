#ifndef IMGTOOL_JPEGSHIM_H
#define IMGTOOL_JPEGSHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libjpeg reports errors by a function that must not return, so by longjmp, which must not cross a
// Swift frame. Each function here that calls libjpeg has its own setjmp, so that its callers see result
// codes only.

typedef enum imgtool_jpeg_result {
  IMGTOOL_JPEG_OK = 0,
  IMGTOOL_JPEG_FAILED = 1,     // libjpeg raised an error, or found damage: see the message
  IMGTOOL_JPEG_SOURCE = 2,     // the read callback returned a negative number
  IMGTOOL_JPEG_TRUNCATED = 3,  // the read callback returned 0 where the file must go on
  IMGTOOL_JPEG_MEMORY = 4,     // libjpeg got no memory
  IMGTOOL_JPEG_SCANS = 5,      // more scans than any picture needs
  IMGTOOL_JPEG_MISUSE = 6,     // too many rows, or at the wrong time
} imgtool_jpeg_result;

// What a file may have of scans: progressive ones repeat the work for the whole picture in each, and
// need ten or so.
enum { IMGTOOL_JPEG_SCAN_LIMIT = 500 };
// The longest side, which is libjpeg's.
enum { IMGTOOL_JPEG_SIDE_LIMIT = 65500 };

// Reading.
typedef struct imgtool_jpeg_reader imgtool_jpeg_reader;

// Bytes read (at most capacity), 0 at the end, negative on failure.
typedef ptrdiff_t (*imgtool_jpeg_read)(void *context, uint8_t *bytes, size_t capacity);

// With salvages, a file that is damaged or ends too early behind its header is no error. NULL when
// there is no memory.
imgtool_jpeg_reader *imgtool_jpeg_reader_create(
    imgtool_jpeg_read read, void *context, bool salvages);
void imgtool_jpeg_reader_destroy(imgtool_jpeg_reader *reader);
// What libjpeg said of the first damage, or of the error.
const char *imgtool_jpeg_reader_message(const imgtool_jpeg_reader *reader);

// Everything before the first scan, and the form of the rows: 8 bits for each of 1 (gray), 3 (RGB) or
// 4 (CMYK) components.
imgtool_jpeg_result imgtool_jpeg_read_header(
    imgtool_jpeg_reader *reader, uint32_t *width, uint32_t *height, uint8_t *component_count);

// Takes memory, and reads all scans where there are several.
imgtool_jpeg_result imgtool_jpeg_read_start(imgtool_jpeg_reader *reader);

// The next rows, each at stride bytes behind the one before, and how many there were: fewer than asked
// for only where the rest are not known whole, which then ends the picture.
imgtool_jpeg_result imgtool_jpeg_read_rows(
    imgtool_jpeg_reader *reader, uint8_t *base, ptrdiff_t stride, uint32_t row_count,
    uint32_t *rows_read);

// Everything behind the last row, up to and with EOI, and where that ends.
imgtool_jpeg_result imgtool_jpeg_read_end(imgtool_jpeg_reader *reader, uint64_t *end);

typedef struct imgtool_jpeg_state {
  bool has_ended;          // the file has ended too early
  bool is_damaged;         // what was read before is damaged
  bool has_several_scans;  // all rows are of each
  uint32_t scan_number;    // the scan in which the file has ended
} imgtool_jpeg_state;
imgtool_jpeg_state imgtool_jpeg_reader_state(const imgtool_jpeg_reader *reader);

// Writing: bytes gather in memory of the writer's, which its caller takes and clears, so nothing is
// called back.
typedef struct imgtool_jpeg_writer imgtool_jpeg_writer;

typedef struct imgtool_jpeg_settings {
  uint32_t width, height;
  uint8_t component_count;    // 1 gray, 3 RGB, 4 CMYK
  uint8_t quality;            // 1 to 100
  uint8_t chroma_columns, chroma_rows;  // how many pixels share chroma: 1 or 2 each
  bool has_density;
  uint8_t density_unit;       // 0 none, 1 inch, 2 centimeter
  uint16_t density_x, density_y;
} imgtool_jpeg_settings;

// NULL when there is no memory.
imgtool_jpeg_writer *imgtool_jpeg_writer_create(void);
void imgtool_jpeg_writer_destroy(imgtool_jpeg_writer *writer);
const char *imgtool_jpeg_writer_message(const imgtool_jpeg_writer *writer);
// What was written since it was cleared.
const uint8_t *imgtool_jpeg_writer_bytes(const imgtool_jpeg_writer *writer, size_t *byte_count);
void imgtool_jpeg_writer_clear(imgtool_jpeg_writer *writer);

imgtool_jpeg_result imgtool_jpeg_write_start(
    imgtool_jpeg_writer *writer, const imgtool_jpeg_settings *settings);
// A segment behind those of libjpeg; all of them before the first row.
imgtool_jpeg_result imgtool_jpeg_write_segment(
    imgtool_jpeg_writer *writer, uint8_t marker, const uint8_t *bytes, size_t byte_count);
imgtool_jpeg_result imgtool_jpeg_write_rows(
    imgtool_jpeg_writer *writer, const uint8_t *base, ptrdiff_t stride, uint32_t row_count);
imgtool_jpeg_result imgtool_jpeg_write_end(imgtool_jpeg_writer *writer);

// The version of libjpeg-turbo that the tool was built with; NULL where it was built without.
const char *imgtool_jpeg_version(void);

#endif
