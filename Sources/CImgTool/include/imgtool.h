// imgtool: images on memory, mapped files and opened files, for every language that can call C.
//
// An image is a view: it owns no pixels. Reading it reads the memory, or the file, as it is now;
// editing it edits that memory. Crops, mirrors, turns, bands and conversions are views as well and
// copy nothing. A handle keeps its memory alive.
//
// Every function that can fail returns a status:
//
//   IMGTOOL_OK       0  done; same; shared
//   IMGTOOL_NO       1  the answer is no: the pixels differ, the image is not shared, no such view
//   IMGTOOL_REFUSED  2  an argument, the layout, the file or the system refused
//
// After 1 and 2, imgtool_last_error() has one line about it. Results are stored through the last
// pointers, and only when the status is 0 unless the function says more.
//
// Threads. Any function may be called from any thread. A handle never changes: several threads may
// use one at the same time, one of them may save it while another writes pixels, and each pixel is
// read once. Stores that overlap are ordered by no one; that is up to the caller. A handle is freed
// once, by whoever is the last to use it. `threads` is how many threads a call may keep busy, the
// calling one included; 0 means all processors. They end before the call returns.
//
// Numbers. Sizes, offsets and strides are bytes unless they are pixels; the origin is the top-left
// pixel; samples of getpixel and putpixel are doubles in the mode's own range (0 or 255 for mode 1;
// infinities and NaN where samples are floats). A number out of its range is refused, never clamped.
// Strings are UTF-8 and end with a zero byte; paths are any bytes up to one, as the system has them,
// and an error shows as \xff what of them is not text. NULL stands for a default, or for no interest in a
// result, where that is said; elsewhere it is refused.
#ifndef IMGTOOL_H
#define IMGTOOL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The version of this header. It grows when something that a caller relies on changes; functions,
// and fields at the end of structures that carry their size, may be added without it.
#define IMGTOOL_ABI_VERSION 1

enum { IMGTOOL_OK = 0, IMGTOOL_NO = 1, IMGTOOL_REFUSED = 2 };

// The version of the header that the library was built with, and its own.
int imgtool_abi_version(void);
const char *imgtool_version(void);

// One line about the last call of this thread that did not return IMGTOOL_OK; "" when there was
// none. The pointer is the thread's own and valid until its next such call.
const char *imgtool_last_error(void);

// What refused in the last call of this thread that returned IMGTOOL_REFUSED.
enum {
  IMGTOOL_CAUSE_VALUE = 0,        // an argument, the layout, a sample, a combination
  IMGTOOL_CAUSE_SYSTEM = 1,       // the system; imgtool_last_errno() says which error
  IMGTOOL_CAUSE_MEMORY = 2,       // memory could not be allocated
  IMGTOOL_CAUSE_OUTSIDE = 3,      // a pixel, band, area, row or frame outside of what is there
  IMGTOOL_CAUSE_CONTENTS = 4,     // the file: damaged, in an unknown format, cut while in use
  IMGTOOL_CAUSE_READ_ONLY = 5,    // an edit of what cannot be edited
  IMGTOOL_CAUSE_INTERRUPTED = 6,  // the caller's own function asked to stop
};
int imgtool_last_cause(void);

// The errno of that call (ENOENT, ENOSPC, EMFILE …); 0 where the system gave none.
int imgtool_last_errno(void);

// One line about what the last save or edit of this thread dropped or changed; "" for
// nothing. An edit rounds samples to the nearest that the storage holds: 37 in 5 bits is 33.
const char *imgtool_last_note(void);

// The names that this build knows, from index 0 on; NULL after the last. A rawmode is a way to
// store a mode; `mode`, unless NULL, receives the mode's name.
const char *imgtool_mode_name(size_t index);
const char *imgtool_rawmode_name(
    size_t index, const char **mode);
const char *imgtool_format_name(size_t index);

// The names of colors in the CSS Color Module, level 4, in the same way; `rgba`, unless NULL, receives
// the color's four bytes.
const char *imgtool_color_name(size_t index, uint8_t rgba[4]);

// The bytes of a packed row of `width` pixels; a rawmode of NULL is as the mode is called.
int imgtool_row_byte_count(
    const char *mode, const char *rawmode, int64_t width, int64_t *byte_count);

// IMGTOOL_OK when files of a format hold a mode, IMGTOOL_NO when they do not.
int imgtool_format_holds(const char *format, const char *mode);

// The type of the samples of plain pixels.
enum { IMGTOOL_U8 = 0, IMGTOOL_U16 = 1, IMGTOOL_I32 = 2, IMGTOOL_F32 = 3, IMGTOOL_F64 = 4 };

// What a mode is.
typedef struct imgtool_mode_facts {
  const char *bands[4];     // their names, which live as long as the process; NULL after the last
  int32_t band_count;
  int32_t alpha_band;       // -1 without opacity
  int32_t sample_type;      // that of the packed storage which is called as the mode
  int32_t sample_types;     // all that the mode can have: bit 1 << IMGTOOL_U8 …
} imgtool_mode_facts;
int imgtool_mode_describe(const char *mode, imgtool_mode_facts *facts);

// A number in memory.
typedef struct imgtool_element {
  int32_t kind;             // 'b' boolean bytes, 'u' unsigned, 'i' signed, 'f' floating point
  int32_t byte_count;
  int32_t is_big_endian;    // 0 for single bytes
} imgtool_element;

// The array of packed rows of a mode with samples of a type: the rawmode by which
// imgtool_image_read_rows makes it, and its elements. IMGTOOL_NO when the mode has no such samples.
int imgtool_mode_array(
    const char *mode, int sample_type, const char **rawmode, imgtool_element *element);

// The mode of an array that names none. IMGTOOL_NO when several modes, or none, could be meant.
int imgtool_element_mode(
    const imgtool_element *element, int64_t band_count, const char **mode);

// The rawmode that stores a mode in such elements. IMGTOOL_NO when there is none.
int imgtool_element_rawmode(
    const imgtool_element *element, const char *mode, const char **rawmode);

// Keeps the library from handling SIGBUS, which it does from the first image on a file or on memory
// of the caller: a mapped file that another process cuts short is then an error of the call that
// reads it, whoever has mapped it. A host that opts out dies of the signal instead. To be called
// before the first image.
void imgtool_leave_bus_errors_to_host(void);

// Says whether a call should stop: nonzero if so.
typedef int (*imgtool_interrupt)(void *context);

// Lets a long call be stopped. `check` is set for the calling thread, and called on it alone, about
// every 50 ms at most, while a call of that thread works; NULL: none. Once it returns nonzero, the
// call ends within a fifth of a second with IMGTOOL_REFUSED. A file that was being saved is as it was
// before; an edit in place, or rows that were being read, may be done in part. A call that waits for
// a disk or a device looks again when that has answered, or when a signal comes.
void imgtool_set_interrupt(imgtool_interrupt check, void *context);

// MARK: Images

// A view of pixels. Made by the functions below, freed by imgtool_image_free.
typedef struct imgtool_image imgtool_image;

// What an edit does.
enum {
  IMGTOOL_READ_ONLY = 0,      // it is refused
  IMGTOOL_COPY_ON_WRITE = 1,  // of a file: the page that it touches becomes the image's own
  IMGTOOL_READ_WRITE = 2,     // it is in the file, or in the memory
};

// Where the samples of one pixel stand: side by side, in one row after the other, in one plane
// after the other.
enum { IMGTOOL_BY_PIXEL = 0, IMGTOOL_BY_LINE = 1, IMGTOOL_BY_PLANE = 2 };

// Where pixels stand in bytes. Set struct_size to sizeof(imgtool_layout) and the rest to zero, then
// what is known: zero is the default of every field.
typedef struct imgtool_layout {
  size_t struct_size;
  const char *mode;     // "1", "L", "RGB", "I;16" …; NULL: "L"
  const char *rawmode;  // "BGR;16", "RGBX", "L;4" …; NULL: as the mode is called
  int64_t width, height;                 // pixels
  int64_t offset;                        // bytes before the first stored row
  int64_t stride;                        // bytes from a row to the next; 0: packed
  int64_t plane_stride;                  // bytes from a plane to the next; 0: packed
  int32_t orientation;                   // 1 or 0: the first row is on top; -1: bottom-up
  int32_t interleave;                    // IMGTOOL_BY_PIXEL …
  // An array: offset is where the top-left pixel stands, and the three strides are exact. Each may
  // be negative or, for a picture of repeated pixels, zero. The rawmode has whole elements.
  int32_t is_strided;
  int32_t palette_bands;                 // 3 or 4 bytes a color
  int64_t pixel_stride, band_stride;
  const uint8_t *palette;  // the colors of modes P and PA; copied
  size_t palette_count;                  // colors, at most 256
} imgtool_layout;

// Called when the last image on some memory is gone, once, by the thread that frees it.
typedef void (*imgtool_release)(void *context);

// An image on memory that the caller owns. Nothing is copied; the memory must stay where it is
// until `release` is called. When the status is not 0, the memory was not taken and `release` is
// not called. `access` is IMGTOOL_READ_ONLY or IMGTOOL_READ_WRITE.
int imgtool_image_from_memory(
    void *memory, size_t byte_count, const imgtool_layout *layout, int access,
    imgtool_release release, void *context,
    imgtool_image **image);

// An image on a file of raw pixels, mapped.
int imgtool_image_map(
    const char *path, const imgtool_layout *layout, int access,
    imgtool_image **image);

// An image of a file with a header (PNG, BMP, TIFF, NPY …). Uncompressed pixels are mapped
// in place, others are decoded into memory (imgtool_image_sharing says which), and refused under
// IMGTOOL_READ_WRITE. Under IMGTOOL_READ_ONLY decoded pixels are read-only as well. `frame` counts from 0, or from the end when negative.
int imgtool_image_open(
    const char *path, int access, int64_t frame, imgtool_image **image);

// The same of one array, by its name, of a file that holds several (safetensors, .npz).
int imgtool_image_open_tensor(
    const char *path, int access, const char *tensor, imgtool_image **image);

// An image of zeros in memory of its own.
int imgtool_image_new(
    const char *mode, int64_t width, int64_t height, imgtool_image **image);

// Frees a handle; NULL is nothing. Other images on the same bytes keep them alive.
void imgtool_image_free(imgtool_image *image);

// Why an image cannot be edited: it can; its bytes may only be read; its pixels are computed from
// others; its samples share bits or have none.
enum {
  IMGTOOL_WRITABLE = 0,
  IMGTOOL_BYTES_READ_ONLY = 1,
  IMGTOOL_DERIVED = 2,
  IMGTOOL_LAYOUT_READ_ONLY = 3,
};

typedef struct imgtool_info {
  int64_t width, height;
  const char *mode;         // lives as long as the process
  int64_t row_byte_count;   // a packed row, as imgtool_image_read_rows stores it
  int64_t frame_count;      // of the file that the image is from
  int32_t band_count;
  int32_t sample_type;      // IMGTOOL_U8 …
  int32_t read_only;        // IMGTOOL_WRITABLE …
  int32_t palette_count;
} imgtool_info;

int imgtool_image_info(const imgtool_image *image, imgtool_info *info);

// The colors behind indices, as RGBA bytes; `palette` has room for 1024 bytes. IMGTOOL_NO without.
int imgtool_image_palette(const imgtool_image *image, uint8_t *palette, size_t *count);

// The name of the format of the file that imgtool_image_open read; IMGTOOL_NO for other images, and
// for views. It lives as long as the process.
int imgtool_image_file_format(const imgtool_image *image, const char **format);

// The pixels as an array of numbers in place.
typedef struct imgtool_array {
  void *data;               // the first sample of the top-left pixel
  int64_t shape[3];         // height, width, bands
  int64_t strides[3];       // bytes
  int32_t dimension_count;  // 2 for one band, else 3
  int32_t kind;             // 'b' boolean bytes, 'u' unsigned, 'i' signed, 'f' floating point
  int32_t item_byte_count;
  int32_t is_big_endian;
  int32_t is_read_only;
  int32_t reserved;
} imgtool_array;

// IMGTOOL_NO when no array can show the pixels: they are computed, or samples are not whole elements
// at equal distances. The array is valid while the image lives.
int imgtool_image_array(const imgtool_image *image, imgtool_array *array);

// MARK: Views

// A rectangle of the pixels.
int imgtool_image_crop(
    const imgtool_image *image, int64_t x, int64_t y, int64_t width, int64_t height,
    imgtool_image **view);
// One band, as gray or as numbers.
int imgtool_image_band(const imgtool_image *image, int band, imgtool_image **view);
// The pixels mirrored left-right ("h") or top-bottom ("v"), or turned clockwise ("90", "180",
// "270").
int imgtool_image_reorient(
    const imgtool_image *image, const char *how, imgtool_image **view);
// Each `columns`th column of each `rows`th row.
int imgtool_image_every(
    const imgtool_image *image, int64_t columns, int64_t rows,
    imgtool_image **view);
// The pixels in another mode, computed while they are read; read-only. A sample that the mode cannot
// hold is an error when it is read.
int imgtool_image_convert(
    const imgtool_image *image, const char *mode, imgtool_image **view);
// The same, where such a sample becomes the nearest one that the mode holds, and 0 where it is not a
// number.
int imgtool_image_convert_clamping(
    const imgtool_image *image, const char *mode, imgtool_image **view);
// Numbers from `low` to `high` as 8-bit gray, and colors as 8-bit colors, computed while they are read;
// read-only. Opacity is not windowed. What is beyond the window becomes black or white; a sample that is
// not a number is an error when it is read.
int imgtool_image_window(
    const imgtool_image *image, double low, double high, imgtool_image **view);
// The same, where such a sample becomes black.
int imgtool_image_window_clamping(
    const imgtool_image *image, double low, double high, imgtool_image **view);
// The window that shows the whole picture: from its smallest to its largest finite sample, opacity and
// padding left out; or, with `percent` from 0 to less than 50, from that percentile to the one as far
// from the other end, as NumPy's percentile has them. `low` is less than `high`.
int imgtool_image_automatic_window(
    const imgtool_image *image, double percent, int threads, double *low, double *high);
// The same indices with other colors: `count` of 3 or 4 bytes, which are copied. Grays
// become indices (L a view in mode P, LA one in PA).
int imgtool_image_with_palette(
    const imgtool_image *image, const uint8_t *palette, size_t count, int bands,
    imgtool_image **view);
// A copy of the pixels in memory of its own, no longer tied to the original.
int imgtool_image_copy(
    const imgtool_image *image, int threads, imgtool_image **copy);

// MARK: Pixels and rows

// One sample a band; `samples` has room for `count` of them, at least the image's bands.
int imgtool_image_getpixel(
    const imgtool_image *image, int64_t x, int64_t y, double *samples, size_t count);
int imgtool_image_putpixel(
    const imgtool_image *image, int64_t x, int64_t y, const double *samples, size_t count);

// Copies whole rows out of the image or into it. They are packed as `rawmode` has them, or, for
// NULL, as the mode is called (info.row_byte_count bytes each), without gaps between rows.
// `byte_count` is the room, or what is there; less than the rows need is refused. Bits beyond the
// last pixel of a row keep their value.
int imgtool_image_read_rows(
    const imgtool_image *image, int64_t row, int64_t row_count, const char *rawmode,
    void *rows, size_t byte_count, int threads);
int imgtool_image_write_rows(
    const imgtool_image *image, int64_t row, int64_t row_count, const char *rawmode,
    const void *rows, size_t byte_count, int threads);

// MARK: Edits, in place

// Every pixel of a rectangle.
int imgtool_image_fill(
    const imgtool_image *image, int64_t x, int64_t y, int64_t width, int64_t height,
    const double *samples, size_t count, int threads);
// Replaces each color sample v with max - v; opacity and padding are kept.
int imgtool_image_invert(const imgtool_image *image, int threads);
// Mirrors the stored pixels, "h" or "v".
int imgtool_image_flip(const imgtool_image *image, const char *axis, int threads);
// Two bands change places.
int imgtool_image_swap(const imgtool_image *image, int first, int second, int threads);
// Adds a number to every color sample; refused, and nothing changed, when one sum does not fit, or would
// be rounded.
int imgtool_image_add(const imgtool_image *image, double number, int threads);
// Copies all pixels of `other` to where its top-left pixel is at x, y. Another mode is converted,
// unless opacity would be lost or a sample would be clamped; indices are refused where their palettes give them different colors.
// What is pasted is `other` as it was, also where both share memory or a file: it is copied first
// where the paste would change it before it is read.
int imgtool_image_paste(
    const imgtool_image *image, const imgtool_image *other, int64_t x, int64_t y, int threads);

// MARK: Questions

typedef struct imgtool_difference {
  int64_t pixel_count, differing_pixels;
  int64_t failing_pixels;   // those with an error beyond the tolerance
  double maximum, mean, mean_squared, psnr;
  int64_t first_x, first_y; // the first pixel that fails, in reading order; -1 without
  double first_a[4], first_b[4];
} imgtool_difference;

// IMGTOOL_OK when both show the same, up to `tolerance` a sample, in a mode that shows each without
// a loss. `difference`, unless NULL, is filled when there are pixels to compare; its pixel_count is
// 0 for images of different sizes, or modes without a common one.
int imgtool_image_compare(
    const imgtool_image *a, const imgtool_image *b, double tolerance, int threads,
    imgtool_difference *difference);

typedef struct imgtool_band_statistics {
  int64_t count, nan_count;  // samples that are numbers, and that are not
  double minimum, maximum, mean, deviation;
} imgtool_band_statistics;

// Statistics of the samples of each band. `bands` has room for one record a band;
// `histograms`, unless NULL, for 256 counts a band: of each value of 8 bits, else of 256 equal parts
// from the smallest to the largest finite number.
int imgtool_image_statistics(
    const imgtool_image *image, int threads, imgtool_band_statistics *bands, int64_t *histograms);

// A hash of the pixels, the same for every layout of them: 64 hexadecimal digits and a zero byte.
int imgtool_image_hash(const imgtool_image *image, int threads, char hash[65]);

typedef struct imgtool_sharing {
  void *address;            // of the first byte that belongs to a pixel
  int64_t offset;           // of that byte, in the file or memory that the image was made on
  int64_t byte_count;       // up to the last byte that belongs to a pixel
  int64_t detached_pages;   // of a file under IMGTOOL_COPY_ON_WRITE: those that edits have touched
  int64_t page_byte_count;
} imgtool_sharing;

// IMGTOOL_OK when reading the image reads the file or the memory as it is now, IMGTOOL_NO when
// something stands between (a copy, pages of the image's own, or zeros in place of what the file lost
// when it was cut) and when that cannot be known: on network file systems, on the lower layers of an
// overlay, and under IMGTOOL_COPY_ON_WRITE where /proc is not mounted.
// `sharing` is filled for all.
int imgtool_image_sharing(const imgtool_image *image, imgtool_sharing *sharing);

// MARK: Metadata

// What a value of metadata is.
enum {
  IMGTOOL_TEXT = 0,    // UTF-8 without a zero byte at its end
  IMGTOOL_BYTES = 1,
  IMGTOOL_NUMBERS = 2  // doubles
};

// Takes one item; 0 to go on. `value` is valid during the call.
typedef int (*imgtool_metadata_visit)(
    void *context, const char *key, int kind, const void *value, size_t byte_count);

// What the file of an image has besides its pixels, as far as it is true of the image: the views of an
// image have it too, and a save writes what the format has a place for. The keys are Pillow's:
// "icc_profile" and "exif" (bytes), "dpi" or, without a unit, "aspect" (x and y), "gamma", "srgb" (the
// intent), "chromaticity" (8 numbers); any other key is that of a text. Texts are listed last, and
// may have the same key.
int imgtool_image_metadata(
    const imgtool_image *image, imgtool_metadata_visit visit, void *context);

// MARK: Saving

typedef struct imgtool_save_options {
  size_t struct_size;                    // sizeof(imgtool_save_options)
  const char *format;   // "png" …; NULL: what the path's suffix means
  const char *rawmode;  // how format "raw" stores the pixels; NULL: natural
  int32_t has_level, level;              // how hard to compress, 0 to 9; without: a balance
  int32_t bits;                          // bits a sample, where the format lets one choose; 0: all
  int32_t threads;                       // 0: all processors
  int32_t replaces_mapped;               // the path may be that of a file that the process maps
  int32_t is_durable;                    // the file reaches the disk before the call returns
  int32_t strips_metadata;               // metadata of the image's file is left out
  int32_t quality;                       // of JPEG, 1 to 100; 0: 90
  const char *subsampling;  // of JPEG: "444", "422", "420"; NULL: "444" from quality 90 on, else "420"
} imgtool_save_options;

typedef struct imgtool_saved {
  int64_t byte_count;
  int64_t bytes_copied;     // through private memory; the kernel moved the rest
  int32_t was_flushed;      // the image already is that file: nothing was written but edits
  int32_t is_lossy;         // imgtool_last_note() says what is not in the file
} imgtool_saved;

// Saves to a path: the file appears whole or not at all. The image stays tied to its bytes. A path
// that leads to a file which the process maps is refused, unless the image already is that file:
// then its edits are flushed. That holds for memory of the caller too, where it is a shared mapping of
// the file, and for files that other libraries have mapped to share them.
// `options` and `saved` may be NULL.
int imgtool_image_save(
    const imgtool_image *image, const char *path,
    const imgtool_save_options *options, imgtool_saved *saved);

// Takes the next bytes of a file; 0 to go on. Runs on the thread that saves.
typedef int (*imgtool_write)(void *context, const void *bytes, size_t byte_count);

// Saves to a function; options->format is needed. What it was given before a failure is not a file.
int imgtool_image_save_to(
    const imgtool_image *image, imgtool_write write, void *context,
    const imgtool_save_options *options, imgtool_saved *saved);

// Before a save to a function that writes to an open file: refuses one that the library maps, or that
// the image's memory is a mapping of, since it would be overwritten while it is read.
int imgtool_image_check_descriptor(const imgtool_image *image, int descriptor);

// Edits of a file under IMGTOOL_READ_WRITE reach the disk.
int imgtool_image_flush(const imgtool_image *image);

// MARK: Arrow and DLPack

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};
#endif

// The pixels as an Arrow array, row after row, without a copy: samples of one band, or lists of as
// many samples as a pixel has (four for a color of three with padding). IMGTOOL_NO when rows have
// gaps or samples are of no Arrow type. The array keeps the pixels alive until it is released. The
// schema carries Pillow's metadata: under the key "image" the names of the bands.
int imgtool_image_to_arrow(
    const imgtool_image *image, struct ArrowSchema *schema, struct ArrowArray *array);

// The pixels as Pillow has them in Arrow: lists of four bytes for modes of two bands (gray, gray,
// gray, opacity) and of three (the last is 255), a byte of 0 or 255 for mode 1, signed words for
// I;16. In place where they stand so, else in a copy. Without `array`, which may be NULL, only the
// schema is made. IMGTOOL_NO for pixels that Pillow does not have.
int imgtool_image_to_arrow_like_pillow(
    const imgtool_image *image, struct ArrowSchema *schema, struct ArrowArray *array);

// An image on the values of such an array, read-only as Arrow requires: one value a pixel, lists of
// values, the values of all pixels one after the other, or words of 32 bits with four bytes each.
// The array is moved on success and released with the last image on it; the schema stays the
// caller's.
int imgtool_image_from_arrow(
    const struct ArrowSchema *schema, struct ArrowArray *array, const char *mode, int64_t width,
    int64_t height, imgtool_image **image);

#ifndef DLPACK_DLPACK_H_
typedef struct {
  int32_t device_type;
  int32_t device_id;
} DLDevice;
typedef struct {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
} DLDataType;
typedef struct {
  void *data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape;
  int64_t *strides;
  uint64_t byte_offset;
} DLTensor;
typedef struct DLManagedTensor {
  DLTensor dl_tensor;
  void *manager_ctx;
  void (*deleter)(struct DLManagedTensor *self);
} DLManagedTensor;
typedef struct {
  uint32_t major;
  uint32_t minor;
} DLPackVersion;
typedef struct DLManagedTensorVersioned {
  DLPackVersion version;
  void *manager_ctx;
  void (*deleter)(struct DLManagedTensorVersioned *self);
  uint64_t flags;
  DLTensor dl_tensor;
} DLManagedTensorVersioned;
#endif

// The pixels as a tensor of height, width and, for several bands, bands, without a copy; with the
// read-only flag where the image is read-only. IMGTOOL_NO when there is no such tensor. The form
// without a version knows no such flag: read-only images have none.
int imgtool_image_to_dlpack(
    const imgtool_image *image, DLManagedTensorVersioned **tensor);
int imgtool_image_to_dlpack_unversioned(
    const imgtool_image *image, DLManagedTensor **tensor);

// An image on a tensor in main memory. The tensor is taken on success, and deleted with the last
// image on it.
int imgtool_image_from_dlpack(
    DLManagedTensorVersioned *tensor, const char *mode, imgtool_image **image);
int imgtool_image_from_dlpack_unversioned(
    DLManagedTensor *tensor, const char *mode, imgtool_image **image);

#ifdef __cplusplus
}
#endif

#endif
