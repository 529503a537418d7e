#include "jpegshim.h"

// A build that wants libjpeg is made where its header is not, too, and does without.
#if defined(IMGTOOL_JPEG) && __has_include(<jpeglib.h>)

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

enum { BLOCK_CAPACITY = 64 * 1024, SEGMENT_LIMIT = 65533 };

// What libjpeg calls when something is wrong, for reader and writer.
typedef struct errors {
  struct jpeg_error_mgr manager;
  jmp_buf jump;
  imgtool_jpeg_result result;
  char message[JMSG_LENGTH_MAX];
} errors;

struct imgtool_jpeg_reader {
  // First, so that a pointer to it is one to the whole.
  struct jpeg_decompress_struct jpeg;
  errors errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  imgtool_jpeg_read read;
  void *context;
  bool salvages, has_header, started, has_several_scans, has_ended, is_short, is_damaged;
  uint64_t taken;
  uint32_t rows_read;
  uint8_t buffer[BLOCK_CAPACITY];
};

struct imgtool_jpeg_writer {
  struct jpeg_compress_struct jpeg;
  errors errors;
  struct jpeg_destination_mgr target;
  uint8_t *block;
  size_t capacity;
  bool started;
};

#define STRING(text) #text
#define NAME(text) STRING(text)

const char *imgtool_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
  return NAME(LIBJPEG_TURBO_VERSION);
#else
  return NAME(JPEG_LIB_VERSION) " (not turbo)";
#endif
}

static void fail(j_common_ptr jpeg, imgtool_jpeg_result result) {
  errors *errors = jpeg->client_data;
  errors->result = result;
  longjmp(errors->jump, 1);
}

static void on_error(j_common_ptr jpeg) {
  errors *errors = jpeg->client_data;
  jpeg->err->format_message(jpeg, errors->message);
  bool is_memory = jpeg->err->msg_code == JERR_OUT_OF_MEMORY;
  fail(jpeg, is_memory ? IMGTOOL_JPEG_MEMORY : IMGTOOL_JPEG_FAILED);
}

// Traces are not asked for, and nothing is printed.
static void on_output(j_common_ptr jpeg) { (void)jpeg; }

static void on_writer_message(j_common_ptr jpeg, int level) {
  if (level < 0) on_error(jpeg);
}

static void on_reader_message(j_common_ptr jpeg, int level) {
  // Numbers of a later version, and a color transform that is taken for the usual one.
  if (level >= 0 || jpeg->err->msg_code == JWRN_JFIF_MAJOR ||
      jpeg->err->msg_code == JWRN_ADOBE_XFORM)
    return;
  imgtool_jpeg_reader *reader = (imgtool_jpeg_reader *)jpeg;
  if (!reader->salvages) on_error(jpeg);
  if (reader->has_ended) {
    reader->is_short = true;
  } else if (!reader->is_damaged) {
    reader->is_damaged = true;
    jpeg->err->format_message(jpeg, reader->errors.message);
  }
}

static void set_up(errors *errors, void (*on_message)(j_common_ptr, int)) {
  jpeg_std_error(&errors->manager);
  errors->manager.error_exit = on_error;
  errors->manager.emit_message = on_message;
  errors->manager.output_message = on_output;
}

// Reading

static void reader_start(j_decompress_ptr jpeg) { (void)jpeg; }

static boolean reader_fill(j_decompress_ptr jpeg) {
  imgtool_jpeg_reader *reader = (imgtool_jpeg_reader *)jpeg;
  ptrdiff_t got = 0;
  if (!reader->has_ended) {
    got = reader->read(reader->context, reader->buffer, BLOCK_CAPACITY);
    // Swift has returned: from here on libjpeg may be left.
    if (got < 0 || got > BLOCK_CAPACITY) fail((j_common_ptr)jpeg, IMGTOOL_JPEG_SOURCE);
  }
  if (got == 0) {
    if (!reader->salvages || !reader->has_header)
      fail((j_common_ptr)jpeg, IMGTOOL_JPEG_TRUNCATED);
    // What libjpeg can decode without more bytes is decoded before it heeds this.
    reader->has_ended = true;
    reader->buffer[0] = 0xFF;
    reader->buffer[1] = JPEG_EOI;
    got = 2;
  } else {
    reader->taken += (uint64_t)got;
  }
  reader->source.next_input_byte = reader->buffer;
  reader->source.bytes_in_buffer = (size_t)got;
  return TRUE;
}

static void reader_skip(j_decompress_ptr jpeg, long count) {
  struct jpeg_source_mgr *source = jpeg->src;
  while (count > 0 && (size_t)count > source->bytes_in_buffer) {
    count -= (long)source->bytes_in_buffer;
    reader_fill(jpeg);
    if (((imgtool_jpeg_reader *)jpeg)->has_ended) return;
  }
  if (count > 0) {
    source->next_input_byte += count;
    source->bytes_in_buffer -= (size_t)count;
  }
}

static void on_progress(j_common_ptr jpeg) {
  if (((j_decompress_ptr)jpeg)->input_scan_number > IMGTOOL_JPEG_SCAN_LIMIT)
    fail(jpeg, IMGTOOL_JPEG_SCANS);
}

imgtool_jpeg_reader *imgtool_jpeg_reader_create(
    imgtool_jpeg_read read, void *context, bool salvages) {
  imgtool_jpeg_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  reader->read = read;
  reader->context = context;
  reader->salvages = salvages;
  set_up(&reader->errors, on_reader_message);
  reader->jpeg.err = &reader->errors.manager;
  reader->jpeg.client_data = &reader->errors;
  if (setjmp(reader->errors.jump)) {
    imgtool_jpeg_reader_destroy(reader);
    return NULL;
  }
  jpeg_create_decompress(&reader->jpeg);
  reader->source.init_source = reader_start;
  reader->source.fill_input_buffer = reader_fill;
  reader->source.skip_input_data = reader_skip;
  reader->source.resync_to_restart = jpeg_resync_to_restart;
  reader->source.term_source = reader_start;
  reader->jpeg.src = &reader->source;
  reader->progress.progress_monitor = on_progress;
  reader->jpeg.progress = &reader->progress;
  return reader;
}

void imgtool_jpeg_reader_destroy(imgtool_jpeg_reader *reader) {
  if (reader == NULL) return;
  jpeg_destroy_decompress(&reader->jpeg);
  free(reader);
}

const char *imgtool_jpeg_reader_message(const imgtool_jpeg_reader *reader) {
  return reader->errors.message;
}

static imgtool_jpeg_result misuse(errors *errors, const char *message) {
  snprintf(errors->message, sizeof errors->message, "%s", message);
  return IMGTOOL_JPEG_MISUSE;
}

imgtool_jpeg_result imgtool_jpeg_read_header(
    imgtool_jpeg_reader *reader, uint32_t *width, uint32_t *height, uint8_t *component_count) {
  j_decompress_ptr jpeg = &reader->jpeg;
  if (reader->has_header) return misuse(&reader->errors, "the header was asked for twice");
  if (setjmp(reader->errors.jump)) return reader->errors.result;
  jpeg_read_header(jpeg, TRUE);
  // What others do for speed is another choice for pixels: these are libjpeg's own.
  jpeg->dct_method = JDCT_ISLOW;
  jpeg->do_fancy_upsampling = TRUE;
  jpeg_calc_output_dimensions(jpeg);
  *width = jpeg->output_width;
  *height = jpeg->output_height;
  *component_count = (uint8_t)jpeg->output_components;
  reader->has_header = true;
  return IMGTOOL_JPEG_OK;
}

imgtool_jpeg_result imgtool_jpeg_read_start(imgtool_jpeg_reader *reader) {
  if (!reader->has_header || reader->started)
    return misuse(&reader->errors, "started twice or too early");
  if (setjmp(reader->errors.jump)) return reader->errors.result;
  reader->has_several_scans = jpeg_has_multiple_scans(&reader->jpeg);
  jpeg_start_decompress(&reader->jpeg);
  reader->started = true;
  return IMGTOOL_JPEG_OK;
}

imgtool_jpeg_result imgtool_jpeg_read_rows(
    imgtool_jpeg_reader *reader, uint8_t *base, ptrdiff_t stride, uint32_t row_count,
    uint32_t *rows_read) {
  j_decompress_ptr jpeg = &reader->jpeg;
  *rows_read = 0;
  if (!reader->started) return misuse(&reader->errors, "rows were asked for before the start");
  if (row_count > jpeg->output_height - jpeg->output_scanline)
    return misuse(&reader->errors, "more rows were asked for than are left");
  reader->rows_read = 0;
  if (setjmp(reader->errors.jump)) {
    *rows_read = reader->rows_read;
    // An error in the middle ends what can be salvaged.
    if (!reader->salvages || reader->errors.result != IMGTOOL_JPEG_FAILED)
      return reader->errors.result;
    reader->started = false;
    reader->is_damaged = true;
    return IMGTOOL_JPEG_OK;
  }
  while (reader->rows_read < row_count) {
    JSAMPROW row = base + (ptrdiff_t)reader->rows_read * stride;
    if (jpeg_read_scanlines(jpeg, &row, 1) != 1) break;
    // Arithmetic decoding takes what is not there for zeros, and says nothing.
    bool is_short = reader->is_short || (jpeg->arith_code && reader->has_ended);
    if (is_short && !reader->has_several_scans) break;
    reader->rows_read++;
  }
  *rows_read = reader->rows_read;
  return IMGTOOL_JPEG_OK;
}

imgtool_jpeg_result imgtool_jpeg_read_end(imgtool_jpeg_reader *reader, uint64_t *end) {
  j_decompress_ptr jpeg = &reader->jpeg;
  *end = 0;
  if (!reader->started || jpeg->output_scanline != jpeg->output_height)
    return misuse(&reader->errors, "rows are left unread");
  reader->started = false;
  if (setjmp(reader->errors.jump)) return reader->errors.result;
  jpeg_finish_decompress(jpeg);
  size_t left = reader->has_ended ? 0 : reader->source.bytes_in_buffer;
  *end = reader->taken - left;
  return IMGTOOL_JPEG_OK;
}

imgtool_jpeg_state imgtool_jpeg_reader_state(const imgtool_jpeg_reader *reader) {
  // Nothing of libjpeg is called: there is no frame to jump to.
  return (imgtool_jpeg_state){
      .has_ended = reader->has_ended,
      .is_damaged = reader->is_damaged,
      .has_several_scans = reader->has_several_scans,
      .scan_number = (uint32_t)reader->jpeg.input_scan_number};
}

// Writing

static void writer_start(j_compress_ptr jpeg) { (void)jpeg; }

static boolean writer_grow(j_compress_ptr jpeg) {
  imgtool_jpeg_writer *writer = (imgtool_jpeg_writer *)jpeg;
  size_t used = writer->capacity;
  uint8_t *block = used <= SIZE_MAX / 2 ? realloc(writer->block, 2 * used) : NULL;
  if (block == NULL) fail((j_common_ptr)jpeg, IMGTOOL_JPEG_MEMORY);
  writer->block = block;
  writer->capacity = 2 * used;
  // libjpeg takes the whole block for used, whatever is left of it.
  writer->target.next_output_byte = block + used;
  writer->target.free_in_buffer = used;
  return TRUE;
}

imgtool_jpeg_writer *imgtool_jpeg_writer_create(void) {
  imgtool_jpeg_writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) return NULL;
  writer->block = malloc(BLOCK_CAPACITY);
  writer->capacity = BLOCK_CAPACITY;
  set_up(&writer->errors, on_writer_message);
  writer->jpeg.err = &writer->errors.manager;
  writer->jpeg.client_data = &writer->errors;
  if (writer->block == NULL || setjmp(writer->errors.jump)) {
    imgtool_jpeg_writer_destroy(writer);
    return NULL;
  }
  jpeg_create_compress(&writer->jpeg);
  writer->target.init_destination = writer_start;
  writer->target.empty_output_buffer = writer_grow;
  writer->target.term_destination = writer_start;
  writer->jpeg.dest = &writer->target;
  imgtool_jpeg_writer_clear(writer);
  return writer;
}

void imgtool_jpeg_writer_destroy(imgtool_jpeg_writer *writer) {
  if (writer == NULL) return;
  jpeg_destroy_compress(&writer->jpeg);
  free(writer->block);
  free(writer);
}

const char *imgtool_jpeg_writer_message(const imgtool_jpeg_writer *writer) {
  return writer->errors.message;
}

const uint8_t *imgtool_jpeg_writer_bytes(const imgtool_jpeg_writer *writer, size_t *byte_count) {
  *byte_count = writer->capacity - writer->target.free_in_buffer;
  return writer->block;
}

void imgtool_jpeg_writer_clear(imgtool_jpeg_writer *writer) {
  writer->target.next_output_byte = writer->block;
  writer->target.free_in_buffer = writer->capacity;
}

imgtool_jpeg_result imgtool_jpeg_write_start(
    imgtool_jpeg_writer *writer, const imgtool_jpeg_settings *settings) {
  j_compress_ptr jpeg = &writer->jpeg;
  if (writer->started) return misuse(&writer->errors, "started twice");
  if (setjmp(writer->errors.jump)) return writer->errors.result;
  jpeg->image_width = settings->width;
  jpeg->image_height = settings->height;
  jpeg->input_components = settings->component_count;
  jpeg->in_color_space = settings->component_count == 1   ? JCS_GRAYSCALE
                         : settings->component_count == 3 ? JCS_RGB
                                                          : JCS_CMYK;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, settings->quality, TRUE);
  jpeg->dct_method = JDCT_ISLOW;
  if (settings->component_count == 3) {
    jpeg->comp_info[0].h_samp_factor = settings->chroma_columns;
    jpeg->comp_info[0].v_samp_factor = settings->chroma_rows;
  }
  if (settings->has_density) {
    jpeg->write_JFIF_header = TRUE;
    jpeg->density_unit = settings->density_unit;
    jpeg->X_density = settings->density_x;
    jpeg->Y_density = settings->density_y;
  }
  jpeg_start_compress(jpeg, TRUE);
  writer->started = true;
  return IMGTOOL_JPEG_OK;
}

imgtool_jpeg_result imgtool_jpeg_write_segment(
    imgtool_jpeg_writer *writer, uint8_t marker, const uint8_t *bytes, size_t byte_count) {
  if (!writer->started || byte_count > SEGMENT_LIMIT)
    return misuse(&writer->errors, "a segment that is too early or too long");
  if (setjmp(writer->errors.jump)) return writer->errors.result;
  jpeg_write_marker(&writer->jpeg, marker, bytes, (unsigned)byte_count);
  return IMGTOOL_JPEG_OK;
}

imgtool_jpeg_result imgtool_jpeg_write_rows(
    imgtool_jpeg_writer *writer, const uint8_t *base, ptrdiff_t stride, uint32_t row_count) {
  j_compress_ptr jpeg = &writer->jpeg;
  if (!writer->started || row_count > jpeg->image_height - jpeg->next_scanline)
    return misuse(&writer->errors, "too many rows, or too early");
  if (setjmp(writer->errors.jump)) return writer->errors.result;
  for (uint32_t index = 0; index < row_count; index++) {
    // libjpeg only reads what it is given to write.
    JSAMPROW row = (JSAMPROW)(uintptr_t)(base + (ptrdiff_t)index * stride);
    jpeg_write_scanlines(jpeg, &row, 1);
  }
  return IMGTOOL_JPEG_OK;
}

imgtool_jpeg_result imgtool_jpeg_write_end(imgtool_jpeg_writer *writer) {
  if (!writer->started) return misuse(&writer->errors, "ended before the start");
  writer->started = false;
  if (setjmp(writer->errors.jump)) return writer->errors.result;
  jpeg_finish_compress(&writer->jpeg);
  return IMGTOOL_JPEG_OK;
}

#else

// Nothing of this is called: without a version there is no such format.
const char *imgtool_jpeg_version(void) { return NULL; }

#define ABSENT(declaration) \
  declaration { return IMGTOOL_JPEG_MISUSE; }

imgtool_jpeg_reader *imgtool_jpeg_reader_create(
    imgtool_jpeg_read read, void *context, bool salvages) {
  return NULL;
}
void imgtool_jpeg_reader_destroy(imgtool_jpeg_reader *reader) {}
const char *imgtool_jpeg_reader_message(const imgtool_jpeg_reader *reader) { return ""; }
imgtool_jpeg_state imgtool_jpeg_reader_state(const imgtool_jpeg_reader *reader) {
  return (imgtool_jpeg_state){0};
}
ABSENT(imgtool_jpeg_result imgtool_jpeg_read_header(
    imgtool_jpeg_reader *reader, uint32_t *width, uint32_t *height, uint8_t *component_count))
ABSENT(imgtool_jpeg_result imgtool_jpeg_read_start(imgtool_jpeg_reader *reader))
ABSENT(imgtool_jpeg_result imgtool_jpeg_read_rows(
    imgtool_jpeg_reader *reader, uint8_t *base, ptrdiff_t stride, uint32_t row_count,
    uint32_t *rows_read))
ABSENT(imgtool_jpeg_result imgtool_jpeg_read_end(imgtool_jpeg_reader *reader, uint64_t *end))

imgtool_jpeg_writer *imgtool_jpeg_writer_create(void) { return NULL; }
void imgtool_jpeg_writer_destroy(imgtool_jpeg_writer *writer) {}
const char *imgtool_jpeg_writer_message(const imgtool_jpeg_writer *writer) { return ""; }
const uint8_t *imgtool_jpeg_writer_bytes(const imgtool_jpeg_writer *writer, size_t *byte_count) {
  *byte_count = 0;
  return NULL;
}
void imgtool_jpeg_writer_clear(imgtool_jpeg_writer *writer) {}
ABSENT(imgtool_jpeg_result imgtool_jpeg_write_start(
    imgtool_jpeg_writer *writer, const imgtool_jpeg_settings *settings))
ABSENT(imgtool_jpeg_result imgtool_jpeg_write_segment(
    imgtool_jpeg_writer *writer, uint8_t marker, const uint8_t *bytes, size_t byte_count))
ABSENT(imgtool_jpeg_result imgtool_jpeg_write_rows(
    imgtool_jpeg_writer *writer, const uint8_t *base, ptrdiff_t stride, uint32_t row_count))
ABSENT(imgtool_jpeg_result imgtool_jpeg_write_end(imgtool_jpeg_writer *writer))

#endif
