#include "pngshim.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_CAPACITY = 160, SOURCE_CAPACITY = 64 * 1024 };

// Sides are limited by the format, memory by the caller's arithmetic on the header.
enum { SIDE_LIMIT = 0x7fffffff };
// A file with more ancillary chunks than this is an attack.
enum { CHUNK_COUNT_LIMIT = 128 };

struct imgtool_png_writer {
  png_structp png;
  png_infop info;
  uint8_t *block;
  size_t capacity, count;
  char message[MESSAGE_CAPACITY];
};

struct imgtool_png_reader {
  png_structp png;
  png_infop info;
  imgtool_png_read read;
  void *context;
  imgtool_png_result result;
  uint32_t rows_left;
  bool interlaced, started, ended, bad_checksum;
  int pass_count, pass;
  uint32_t row;
  size_t row_byte_count;
  size_t start, end;
  char message[MESSAGE_CAPACITY];
  uint8_t buffer[SOURCE_CAPACITY];
};

static void keep_message(char *out, png_const_charp message) {
  strncpy(out, message != NULL ? message : "unknown error", MESSAGE_CAPACITY - 1);
  out[MESSAGE_CAPACITY - 1] = 0;
}

static void set_limits(png_structp png) {
  png_set_user_limits(png, SIDE_LIMIT, SIDE_LIMIT);
  png_set_chunk_cache_max(png, CHUNK_COUNT_LIMIT);
  png_set_chunk_malloc_max(png, IMGTOOL_PNG_CHUNK_BYTE_LIMIT);
}

const char *imgtool_png_version(void) { return png_get_libpng_ver(NULL); }

// Writing

static void writer_error(png_structp png, png_const_charp message) {
  imgtool_png_writer *writer = png_get_error_ptr(png);
  keep_message(writer->message, message);
  png_longjmp(png, 1);
}

// What is odd about a header that we made ourselves is an error of ours.
static void writer_warning(png_structp png, png_const_charp message) {
  png_error(png, message);
}

static void writer_data(png_structp png, png_bytep bytes, size_t count) {
  imgtool_png_writer *writer = png_get_io_ptr(png);
  if (count > writer->capacity - writer->count) png_error(png, "the block is too small");
  uint8_t *target = writer->block + writer->count;
  // The data of a chunk is already where it belongs.
  if (count != 0 && target != bytes) memmove(target, bytes, count);
  writer->count += count;
}

imgtool_png_writer *imgtool_png_writer_create(void) {
  imgtool_png_writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) return NULL;
  writer->png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, writer_error, writer_warning);
  if (writer->png != NULL) writer->info = png_create_info_struct(writer->png);
  if (writer->info == NULL) {
    imgtool_png_writer_destroy(writer);
    return NULL;
  }
  // Nothing is flushed: libpng does so only behind image data that it compresses itself.
  png_set_write_fn(writer->png, writer, writer_data, NULL);
  set_limits(writer->png);
  return writer;
}

void imgtool_png_writer_destroy(imgtool_png_writer *writer) {
  if (writer == NULL) return;
  png_destroy_write_struct(&writer->png, &writer->info);
  free(writer);
}

const char *imgtool_png_writer_message(const imgtool_png_writer *writer) {
  return writer->message;
}

imgtool_png_result imgtool_png_write_header(
    imgtool_png_writer *writer, const imgtool_png_header *header, uint8_t *block, size_t capacity,
    size_t *byte_count) {
  png_structp png = writer->png;
  png_infop info = writer->info;
  writer->block = block;
  writer->capacity = capacity;
  writer->count = 0;
  if (setjmp(png_jmpbuf(png))) return IMGTOOL_PNG_FAILED;
  png_set_IHDR(
      png, info, header->width, header->height, header->bit_depth, header->color_type,
      header->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
      PNG_FILTER_TYPE_BASE);
  if (header->color_count != 0) {
    png_color colors[256];
    if (header->color_count > 256) png_error(png, "more than 256 colors");
    for (size_t i = 0; i < header->color_count; i++) {
      colors[i].red = header->colors[3 * i];
      colors[i].green = header->colors[3 * i + 1];
      colors[i].blue = header->colors[3 * i + 2];
    }
    png_set_PLTE(png, info, colors, header->color_count);
  }
  if (header->alpha_count != 0) {
    if (header->alpha_count > 256) png_error(png, "more than 256 opacities");
    png_set_tRNS(png, info, header->alpha, header->alpha_count, NULL);
  } else if (header->has_key) {
    png_color_16 key = {
        .red = header->key[0], .green = header->key[1], .blue = header->key[2],
        .gray = header->key[0]};
    png_set_tRNS(png, info, NULL, 0, &key);
  }
  png_write_info(png, info);
  *byte_count = writer->count;
  return IMGTOOL_PNG_OK;
}

imgtool_png_result imgtool_png_write_chunk(
    imgtool_png_writer *writer, const char *name, uint8_t *block, size_t byte_count) {
  png_structp png = writer->png;
  writer->block = block;
  writer->capacity = byte_count + IMGTOOL_PNG_CHUNK_PREFIX + IMGTOOL_PNG_CHUNK_SUFFIX;
  writer->count = 0;
  if (setjmp(png_jmpbuf(png))) return IMGTOOL_PNG_FAILED;
  if (byte_count > SIDE_LIMIT) png_error(png, "chunk too long");
  png_write_chunk(png, (png_const_bytep)name, block + IMGTOOL_PNG_CHUNK_PREFIX, byte_count);
  return IMGTOOL_PNG_OK;
}

// Reading

static void reader_error(png_structp png, png_const_charp message) {
  imgtool_png_reader *reader = png_get_error_ptr(png);
  keep_message(reader->message, message);
  // libpng must not be asked for anything more.
  reader->started = false;
  reader->rows_left = 0;
  png_longjmp(png, 1);
}

static void reader_warning(png_structp png, png_const_charp message) {
  imgtool_png_reader *reader = png_get_error_ptr(png);
  // Behind the last row libpng only warns about a wrong Adler-32.
  if (strstr(message, "incorrect data check") != NULL) reader->bad_checksum = true;
}

static void reader_data(png_structp png, png_bytep bytes, size_t count) {
  imgtool_png_reader *reader = png_get_io_ptr(png);
  while (count != 0) {
    if (reader->start == reader->end) {
      ptrdiff_t got = reader->read(reader->context, reader->buffer, SOURCE_CAPACITY);
      // Swift has returned: from here on libpng may jump.
      if (got < 0 || (size_t)got > SOURCE_CAPACITY) {
        reader->result = IMGTOOL_PNG_SOURCE;
        png_error(png, "the source cannot be read");
      }
      if (got == 0) {
        reader->result = IMGTOOL_PNG_TRUNCATED;
        png_error(png, "the file ends too early");
      }
      reader->start = 0;
      reader->end = (size_t)got;
    }
    size_t part = reader->end - reader->start;
    if (part > count) part = count;
    memcpy(bytes, reader->buffer + reader->start, part);
    reader->start += part;
    bytes += part;
    count -= part;
  }
}

// Only what the rows need is looked at. The rest is checked for its CRC and skipped, so that a fault in its
// parser cannot be reached.
static const png_byte skipped[] = {
    'b', 'K', 'G', 'D', 0, 'c', 'H', 'R', 'M', 0, 'e', 'X', 'I', 'f', 0, 'g', 'A', 'M', 'A', 0,
    'h', 'I', 'S', 'T', 0, 'i', 'C', 'C', 'P', 0, 'i', 'T', 'X', 't', 0, 'o', 'F', 'F', 's', 0,
    'p', 'C', 'A', 'L', 0, 'p', 'H', 'Y', 's', 0, 's', 'B', 'I', 'T', 0, 's', 'C', 'A', 'L', 0,
    's', 'P', 'L', 'T', 0, 's', 'R', 'G', 'B', 0, 't', 'E', 'X', 't', 0, 't', 'I', 'M', 'E', 0,
    'z', 'T', 'X', 't', 0};

bool imgtool_png_skips(uint32_t name) {
  for (size_t at = 0; at < sizeof skipped; at += 5)
    if (png_get_uint_32(skipped + at) == name) return true;
  return false;
}

static bool prepare(imgtool_png_reader *reader) {
  if (setjmp(png_jmpbuf(reader->png))) return false;
  png_set_read_fn(reader->png, reader, reader_data);
  set_limits(reader->png);
  png_set_crc_action(reader->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_keep_unknown_chunks(
      reader->png, PNG_HANDLE_CHUNK_NEVER, skipped, (int)(sizeof skipped / 5));
  return true;
}

imgtool_png_reader *imgtool_png_reader_create(imgtool_png_read read, void *context) {
  imgtool_png_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  reader->read = read;
  reader->context = context;
  reader->result = IMGTOOL_PNG_FAILED;
  reader->png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, reader_error, reader_warning);
  if (reader->png != NULL) reader->info = png_create_info_struct(reader->png);
  if (reader->info == NULL || !prepare(reader)) {
    imgtool_png_reader_destroy(reader);
    return NULL;
  }
  return reader;
}

void imgtool_png_reader_destroy(imgtool_png_reader *reader) {
  if (reader == NULL) return;
  png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader);
}

const char *imgtool_png_reader_message(const imgtool_png_reader *reader) {
  return reader->message;
}

static imgtool_png_result misuse(imgtool_png_reader *reader, const char *message) {
  keep_message(reader->message, message);
  return IMGTOOL_PNG_MISUSE;
}

imgtool_png_result imgtool_png_read_header(imgtool_png_reader *reader, imgtool_png_header *header) {
  png_structp png = reader->png;
  png_infop info = reader->info;
  if (setjmp(png_jmpbuf(png))) return reader->result;
  png_read_info(png, info);
  memset(header, 0, sizeof *header);
  header->width = png_get_image_width(png, info);
  header->height = png_get_image_height(png, info);
  header->bit_depth = png_get_bit_depth(png, info);
  header->color_type = png_get_color_type(png, info);
  header->interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  png_colorp colors = NULL;
  int color_count = 0;
  // A palette beside true color is only a hint for displays.
  if (header->color_type == PNG_COLOR_TYPE_PALETTE &&
      png_get_PLTE(png, info, &colors, &color_count) != 0 && color_count <= 256) {
    header->color_count = (uint16_t)color_count;
    for (int i = 0; i < color_count; i++) {
      header->colors[3 * i] = colors[i].red;
      header->colors[3 * i + 1] = colors[i].green;
      header->colors[3 * i + 2] = colors[i].blue;
    }
  }
  png_bytep alpha = NULL;
  int alpha_count = 0;
  png_color_16p key = NULL;
  if (png_get_tRNS(png, info, &alpha, &alpha_count, &key) != 0) {
    if (header->color_type == PNG_COLOR_TYPE_PALETTE) {
      if (alpha != NULL && alpha_count > 0 && alpha_count <= 256) {
        header->alpha_count = (uint16_t)alpha_count;
        memcpy(header->alpha, alpha, (size_t)alpha_count);
      }
    } else if (key != NULL) {
      bool gray = header->color_type == PNG_COLOR_TYPE_GRAY;
      header->has_key = true;
      header->key[0] = gray ? key->gray : key->red;
      header->key[1] = gray ? 0 : key->green;
      header->key[2] = gray ? 0 : key->blue;
    }
  }
  reader->interlaced = header->interlaced;
  reader->rows_left = header->height;
  return IMGTOOL_PNG_OK;
}

void imgtool_png_take_each_byte(imgtool_png_reader *reader) {
  if (setjmp(png_jmpbuf(reader->png))) return;
  png_set_compression_buffer_size(reader->png, 1);
}

void imgtool_png_progress(const imgtool_png_reader *reader, int *pass, uint32_t *row) {
  *pass = reader->pass;
  *row = reader->row;
}

imgtool_png_result imgtool_png_read_start(
    imgtool_png_reader *reader, bool key_to_alpha, uint8_t *bit_depth, uint8_t *color_type,
    size_t *row_byte_count) {
  png_structp png = reader->png;
  png_infop info = reader->info;
  if (reader->rows_left == 0 || reader->started) return misuse(reader, "started twice or too early");
  if (setjmp(png_jmpbuf(png))) return reader->result;
  if (key_to_alpha && png_get_valid(png, info, PNG_INFO_tRNS) != 0 &&
      png_get_color_type(png, info) != PNG_COLOR_TYPE_PALETTE)
    png_set_tRNS_to_alpha(png);
  reader->pass_count = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  *bit_depth = png_get_bit_depth(png, info);
  *color_type = png_get_color_type(png, info);
  reader->row_byte_count = png_get_rowbytes(png, info);
  *row_byte_count = reader->row_byte_count;
  reader->started = true;
  return IMGTOOL_PNG_OK;
}

imgtool_png_result imgtool_png_read_rows(
    imgtool_png_reader *reader, uint8_t *base, ptrdiff_t stride, uint32_t row_count) {
  png_structp png = reader->png;
  if (!reader->started) return misuse(reader, "rows were asked for before the start");
  if (row_count > reader->rows_left) return misuse(reader, "more rows were asked for than are left");
  if (reader->interlaced && row_count != reader->rows_left)
    return misuse(reader, "an interlaced image is read whole");
  if (setjmp(png_jmpbuf(png))) return reader->result;
  for (int pass = 0; pass < reader->pass_count; pass++) {
    if (reader->interlaced) {
      reader->pass = pass;
      reader->row = 0;
    }
    for (uint32_t row = 0; row < row_count; row++) {
      png_read_row(png, base + (ptrdiff_t)row * stride, NULL);
      reader->row++;
    }
  }
  reader->rows_left -= row_count;
  return IMGTOOL_PNG_OK;
}

imgtool_png_result imgtool_png_read_end(imgtool_png_reader *reader) {
  png_structp png = reader->png;
  if (!reader->started || reader->rows_left != 0) return misuse(reader, "rows are left unread");
  if (reader->ended) return misuse(reader, "ended twice");
  reader->ended = true;
  if (setjmp(png_jmpbuf(png))) return reader->result;
  png_read_end(png, NULL);
  if (reader->bad_checksum) png_error(png, "IDAT: incorrect data check");
  return IMGTOOL_PNG_OK;
}
