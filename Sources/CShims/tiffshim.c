#include "tiffshim.h"

// A build that wants libtiff is made where its header is not, too, and does without. Before 4.5 what
// the library says, and takes, could be bounded for the whole process only, which is not ours.
#if defined(IMGTOOL_TIFF) && __has_include(<tiffio.h>)
#include <tiffio.h>
#define HAS_TIFF (TIFFLIB_VERSION >= 20221213)
#else
#define HAS_TIFF 0
#endif

#if HAS_TIFF

#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// It needs ten libraries more, which would be loaded at every start; it is loaded when a file first
// needs it.
#define FUNCTIONS(X)                                                                               \
  X(TIFFClientOpenExt) X(TIFFClose) X(TIFFGetField) X(TIFFGetFieldDefaulted) X(TIFFGetVersion)     \
  X(TIFFIsCODECConfigured) X(TIFFIsTiled) X(TIFFOpenOptionsAlloc) X(TIFFOpenOptionsFree)           \
  X(TIFFOpenOptionsSetErrorHandlerExtR) X(TIFFOpenOptionsSetMaxSingleMemAlloc)                     \
  X(TIFFOpenOptionsSetWarningHandlerExtR) X(TIFFRGBAImageBegin) X(TIFFRGBAImageEnd)                \
  X(TIFFRGBAImageGet) X(TIFFReadEncodedStrip) X(TIFFReadEncodedTile) X(TIFFScanlineSize)           \
  X(TIFFSetField) X(TIFFSetSubDirectory) X(TIFFSwabArrayOfLong) X(TIFFTileRowSize)

static struct {
  bool is_loaded;
#define FIELD(name) __typeof__(name) *name;
  FUNCTIONS(FIELD)
} library;

static void load(void) {
  // Since 4.5 it has this name.
  void *handle = dlopen("libtiff.so.6", RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) return;
#define LOAD(name)                                                                                 \
  library.name = (__typeof__(name) *)dlsym(handle, #name);                                        \
  if (library.name == NULL) return;
  FUNCTIONS(LOAD)
  library.is_loaded = true;
}

static bool is_loaded(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return library.is_loaded;
}

struct imgtool_tiff {
  TIFF *file;
  imgtool_tiff_read read;
  void *context;
  uint64_t byte_count, position;
  bool decodes, is_luv;
  char message[256];
};

bool imgtool_tiff_is_built_in(void) { return true; }

const char *imgtool_tiff_version(void) { return is_loaded() ? library.TIFFGetVersion() : NULL; }

bool imgtool_tiff_decodes(uint16_t compression) {
  return is_loaded() && library.TIFFIsCODECConfigured(compression) != 0;
}

const char *imgtool_tiff_message(const imgtool_tiff *tiff) { return tiff->message; }

// What the library reads through

static tmsize_t read_bytes(thandle_t handle, void *bytes, tmsize_t count) {
  imgtool_tiff *tiff = handle;
  if (count <= 0 || tiff->position >= tiff->byte_count) return 0;
  uint64_t rest = tiff->byte_count - tiff->position;
  size_t part = (uint64_t)count < rest ? (size_t)count : (size_t)rest;
  if (!tiff->read(tiff->context, tiff->position, bytes, part)) return -1;
  tiff->position += part;
  return (tmsize_t)part;
}

static tmsize_t write_bytes(thandle_t handle, void *bytes, tmsize_t count) { return -1; }

static toff_t seek(thandle_t handle, toff_t offset, int origin) {
  imgtool_tiff *tiff = handle;
  uint64_t base = origin == SEEK_CUR ? tiff->position : origin == SEEK_END ? tiff->byte_count : 0;
  return tiff->position = base + offset;
}

static toff_t size(thandle_t handle) { return ((imgtool_tiff *)handle)->byte_count; }

static int no_close(thandle_t handle) { return 0; }

// What it says

static void keep(imgtool_tiff *tiff, const char *module, const char *format, va_list values) {
  // Of a decoder's complaints the first is the cause, of those about a directory the last.
  if (tiff->message[0] != 0 && tiff->decodes) return;
  int length = snprintf(tiff->message, 64, "%.60s: ", module != NULL && *module != 0 ? module : "TIFF");
  vsnprintf(tiff->message + length, sizeof tiff->message - (size_t)length, format, values);
}

static int keep_error(
    TIFF *file, void *context, const char *module, const char *format, va_list values) {
  // It goes on with as many bytes as a strip needs, or as are there.
  if (strstr(format, "Limiting to") == NULL) keep(context, module, format, values);
  return 1;
}

static int keep_warning(
    TIFF *file, void *context, const char *module, const char *format, va_list values) {
  imgtool_tiff *tiff = context;
  // It may be of how the bytes are kept, and of data of before TIFF 5, which are whole.
  bool is_of_decoder = tiff->decodes && module != NULL && strncmp(module, "TIFF", 4) != 0;
  if (is_of_decoder && strstr(format, "Old-style LZW") == NULL) keep(tiff, module, format, values);
  return 1;
}

// Pages

static void fail(imgtool_tiff *tiff, const char *message) {
  if (tiff->message[0] != 0) return;
  // Without words it would look like success.
  snprintf(tiff->message, sizeof tiff->message, "%s", message[0] != 0 ? message : "no reason given");
}

static void choose_form(imgtool_tiff *tiff) {
  uint16_t compression = 0, photometric = 0, planar = PLANARCONFIG_CONTIG;
  library.TIFFGetFieldDefaulted(tiff->file, TIFFTAG_COMPRESSION, &compression);
  library.TIFFGetField(tiff->file, TIFFTAG_PHOTOMETRIC, &photometric);
  library.TIFFGetFieldDefaulted(tiff->file, TIFFTAG_PLANARCONFIG, &planar);
  if (compression == COMPRESSION_JPEG && photometric == PHOTOMETRIC_YCBCR &&
      planar == PLANARCONFIG_CONTIG)
    library.TIFFSetField(tiff->file, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  if (compression == COMPRESSION_SGILOG || compression == COMPRESSION_SGILOG24) {
    library.TIFFSetField(tiff->file, TIFFTAG_SGILOGDATAFMT, SGILOGDATAFMT_FLOAT);
    tiff->is_luv = photometric == PHOTOMETRIC_LOGLUV;
  }
}

imgtool_tiff *imgtool_tiff_open(imgtool_tiff_read read, void *context, imgtool_tiff_page page) {
  imgtool_tiff *tiff = calloc(1, sizeof *tiff);
  TIFFOpenOptions *options = library.TIFFOpenOptionsAlloc();
  if (tiff == NULL || options == NULL) {
    free(tiff);
    library.TIFFOpenOptionsFree(options);
    return NULL;
  }
  tiff->read = read;
  tiff->context = context;
  tiff->byte_count = page.byte_count;
  library.TIFFOpenOptionsSetMaxSingleMemAlloc(options, page.memory_limit);
  library.TIFFOpenOptionsSetErrorHandlerExtR(options, keep_error, tiff);
  library.TIFFOpenOptionsSetWarningHandlerExtR(options, keep_warning, tiff);
  // Only the header, not mapped, and strips as large as they are.
  tiff->file = library.TIFFClientOpenExt(
      "", "rhmC", tiff, read_bytes, write_bytes, seek, no_close, size, NULL, NULL, options);
  library.TIFFOpenOptionsFree(options);
  if (tiff->file == NULL || !library.TIFFSetSubDirectory(tiff->file, page.directory)) {
    fail(tiff, "the directory cannot be read");
    return tiff;
  }
  // Other pages, which are counted on the way, may be damaged.
  tiff->message[0] = 0;
  choose_form(tiff);
  tmsize_t row =
      library.TIFFIsTiled(tiff->file) ? library.TIFFTileRowSize(tiff->file) : library.TIFFScanlineSize(tiff->file);
  if (page.row_byte_count != 0 && row != page.row_byte_count) fail(tiff, "rows of other sizes");
  return tiff;
}

void imgtool_tiff_close(imgtool_tiff *tiff) {
  if (tiff->file != NULL) library.TIFFClose(tiff->file);
  free(tiff);
}

// The library's own numbers for CIE XYZ to the primaries of CCIR 709 (tif_luv.c, XYZtoRGB24).
static void make_colors(uint8_t *bytes, size_t count) {
  for (size_t i = 0; i + 3 * sizeof(float) <= count; i += 3 * sizeof(float)) {
    float xyz[3], rgb[3];
    memcpy(xyz, bytes + i, sizeof xyz);
    rgb[0] = (float)(2.690 * xyz[0] + -1.276 * xyz[1] + -0.414 * xyz[2]);
    rgb[1] = (float)(-1.022 * xyz[0] + 1.978 * xyz[1] + 0.044 * xyz[2]);
    rgb[2] = (float)(0.061 * xyz[0] + -0.224 * xyz[1] + 1.163 * xyz[2]);
    memcpy(bytes + i, rgb, sizeof rgb);
  }
}

void imgtool_tiff_decode(imgtool_tiff *tiff, uint32_t segment, uint8_t *bytes, size_t count) {
  tiff->message[0] = 0;
  tiff->decodes = true;
  tmsize_t got = library.TIFFIsTiled(tiff->file)
      ? library.TIFFReadEncodedTile(tiff->file, segment, bytes, (tmsize_t)count)
      : library.TIFFReadEncodedStrip(tiff->file, segment, bytes, (tmsize_t)count);
  tiff->decodes = false;
  if (got < 0 || (size_t)got != count) fail(tiff, "there are not as many bytes as rows need");
  if (tiff->is_luv) make_colors(bytes, count);
}

void imgtool_tiff_decode_colors(
    imgtool_tiff *tiff, uint32_t row, uint32_t row_count, uint32_t *pixels) {
  char message[1024] = "";
  TIFFRGBAImage image;
  tiff->message[0] = 0;
  if (!library.TIFFRGBAImageBegin(&image, tiff->file, 1, message)) {
    fail(tiff, message);
    return;
  }
  image.req_orientation = image.orientation;
  image.row_offset = (int)row;
  tiff->decodes = true;
  if (!library.TIFFRGBAImageGet(&image, pixels, image.width, row_count)) fail(tiff, "no colors");
  tiff->decodes = false;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  library.TIFFSwabArrayOfLong(pixels, (tmsize_t)image.width * row_count);
#endif
  library.TIFFRGBAImageEnd(&image);
}

#else

bool imgtool_tiff_is_built_in(void) { return false; }
const char *imgtool_tiff_version(void) { return NULL; }
bool imgtool_tiff_decodes(uint16_t compression) { return false; }
imgtool_tiff *imgtool_tiff_open(imgtool_tiff_read read, void *context, imgtool_tiff_page page) {
  return NULL;
}
void imgtool_tiff_close(imgtool_tiff *tiff) {}
const char *imgtool_tiff_message(const imgtool_tiff *tiff) { return ""; }
void imgtool_tiff_decode(imgtool_tiff *tiff, uint32_t segment, uint8_t *bytes, size_t count) {}
void imgtool_tiff_decode_colors(imgtool_tiff *tiff, uint32_t row, uint32_t count, uint32_t *pixels) {}

#endif
