// Numbers out of range: every parameter and field that is a number, with values that mean nothing.
#include "check.h"

static int tried;

#define OUT(call)                                                                       \
  do {                                                                                  \
    tried++;                                                                            \
    imgtool_image *made = image = NULL;                                                 \
    int status = (call);                                                                \
    made = image;                                                                       \
    if (status != IMGTOOL_REFUSED || made || strlen(imgtool_last_error()) < 10) {       \
      printf("%s:%d: %d and \"%s\": %s\n", __FILE__, __LINE__, status,                  \
             status ? imgtool_last_error() : "", #call);                                \
      atomic_fetch_add(&failures, 1);                                                   \
    }                                                                                   \
  } while (0)

static const int64_t LOW = INT64_MIN, HIGH = INT64_MAX, FAR = (int64_t)1 << 61;

static void layouts(const char *file) {
  static unsigned char bytes[64], colors[4];
  imgtool_image *image = NULL;
  // One field at a time of a layout that is fine without it, on memory and on a file.
#define FIELD(mode_name, ...)                                                          \
  do {                                                                                 \
    imgtool_layout layout = layout_of(mode_name, 2, 2);                                \
    __VA_ARGS__;                                                                       \
    OUT(imgtool_image_from_memory(bytes, sizeof bytes, &layout, 2, NULL, NULL, &image)); \
    OUT(imgtool_image_map(file, &layout, 0, &image));                                  \
  } while (0)
  const int64_t numbers[] = {-1, -5, LOW, HIGH, FAR};
  for (size_t at = 0; at < sizeof numbers / sizeof *numbers; at++) {
    FIELD("L", layout.width = numbers[at]);
    FIELD("L", layout.height = numbers[at]);
    FIELD("L", layout.offset = numbers[at]);
    FIELD("L", layout.stride = numbers[at]);
    FIELD("L", layout.pixel_stride = numbers[at]);
    FIELD("L", layout.band_stride = numbers[at]);
    FIELD("RGB", layout.plane_stride = numbers[at]; layout.interleave = IMGTOOL_BY_PLANE);
    FIELD("L", layout.width = numbers[at]; layout.is_strided = 1);
    FIELD("L", layout.height = numbers[at]; layout.is_strided = 1);
    FIELD("L", layout.offset = numbers[at]; layout.is_strided = 1);
    FIELD("L", layout.stride = numbers[at]; layout.is_strided = 1);
    FIELD("L", layout.pixel_stride = numbers[at]; layout.is_strided = 1);
    FIELD("RGB", layout.band_stride = numbers[at]; layout.is_strided = 1);
    FIELD("L", layout.plane_stride = numbers[at]; layout.is_strided = 1);
  }
  FIELD("L", layout.plane_stride = -5);
  FIELD("L", layout.width = 0);
  FIELD("L", layout.height = 0);
  FIELD("L", layout.offset = 64);
  FIELD("L", layout.stride = 1);
  const int32_t choices[] = {-2, 3, INT32_MIN, INT32_MAX};
  for (size_t at = 0; at < sizeof choices / sizeof *choices; at++) {
    FIELD("L", layout.orientation = choices[at]);
    FIELD("L", layout.interleave = choices[at]);
    FIELD("L", layout.is_strided = choices[at]);
    FIELD("L", layout.is_strided = 1; layout.orientation = choices[at]);
    FIELD("L", layout.is_strided = 1; layout.interleave = choices[at]);
  }
  FIELD("L", layout.orientation = 2);
  FIELD("L", layout.interleave = -1);
  FIELD("L", layout.is_strided = 1; layout.orientation = -1; layout.stride = 2; layout.pixel_stride = 1);
  // A palette: 1 to 256 colors of 3 or 4 bytes, for modes of indices.
  const struct {
    uint8_t *colors;
    size_t count;
    int32_t bands;
  } palettes[] = {
      {NULL, 9999, 9}, {NULL, 1, 3},    {NULL, 0, 9},        {NULL, 0, -3},      {NULL, SIZE_MAX, 0},
      {colors, 1, 0},  {colors, 1, 2},  {colors, 1, 5},      {colors, 1, -3},    {colors, 0, 3},
      {colors, 257, 3}, {colors, 257, 4}, {colors, SIZE_MAX, 3}, {colors, SIZE_MAX / 2, 4},
  };
  for (size_t at = 0; at < sizeof palettes / sizeof *palettes; at++)
    FIELD("P", layout.palette = palettes[at].colors; layout.palette_count = palettes[at].count;
          layout.palette_bands = palettes[at].bands);
  FIELD("L", layout.palette = colors; layout.palette_count = 1; layout.palette_bands = 3);

  imgtool_layout layout = layout_of("L", 2, 2);
  const int accesses[] = {-1, 3, INT32_MIN, INT32_MAX};
  for (size_t at = 0; at < sizeof accesses / sizeof *accesses; at++) {
    OUT(imgtool_image_from_memory(bytes, 4, &layout, accesses[at], NULL, NULL, &image));
    OUT(imgtool_image_map(file, &layout, accesses[at], &image));
    OUT(imgtool_image_open(file, accesses[at], 0, &image));
  }
  OUT(imgtool_image_from_memory(bytes, 3, &layout, 2, NULL, NULL, &image));
  OUT(imgtool_image_from_memory(bytes, SIZE_MAX, &layout, 2, NULL, NULL, &image));
  OUT(imgtool_image_new("L", -1, 1, &image));
  OUT(imgtool_image_new("L", 1, LOW, &image));
  OUT(imgtool_image_new("RGB", HIGH, 1, &image));
  OUT(imgtool_image_new("F", HIGH, HIGH, &image));
  OUT(imgtool_image_new("F", FAR, 1, &image));
  int64_t count = 0;
  OUT(imgtool_row_byte_count("L", NULL, 0, &count));
  OUT(imgtool_row_byte_count("L", NULL, -1, &count));
  OUT(imgtool_row_byte_count("RGB", NULL, HIGH, &count));
  OUT(imgtool_row_byte_count("1", NULL, LOW, &count));
}

// A structure of a newer header: what is known is taken when the rest is zero, and only then.
static void structures(const char *file) {
  unsigned char bytes[4] = {0};
  imgtool_image *image = NULL;
  struct {
    imgtool_layout layout;
    int64_t unknown[4];
  } layout = {.layout = layout_of("L", 2, 2)};
  struct {
    imgtool_save_options options;
    int64_t unknown[4];
  } options = {.options = {.struct_size = sizeof options, .format = "raw"}};
  layout.layout.struct_size = sizeof layout;
#define FROM imgtool_image_from_memory(bytes, 4, &layout.layout, 2, NULL, NULL, &image)
  OK(FROM);
  imgtool_image *saved = image;
  OK(imgtool_image_save(saved, file, &options.options, NULL));
  for (size_t byte = 0; byte < sizeof layout.unknown; byte++) {
    memset(layout.unknown, 0, sizeof layout.unknown);
    ((unsigned char *)layout.unknown)[byte] = 1;
    memcpy(options.unknown, layout.unknown, sizeof layout.unknown);
    OUT(FROM);
    OUT(imgtool_image_save(saved, file, &options.options, NULL));
  }
  const size_t sizes[] = {0, 8, 1 << 20, SIZE_MAX, sizeof layout.layout - 1};
  for (size_t at = 0; at < sizeof sizes / sizeof *sizes; at++) {
    layout.layout.struct_size = sizes[at];
    OUT(FROM);
    options.options.struct_size = at < 4 ? sizes[at] : sizeof options.options - 1;
    OUT(imgtool_image_save(saved, file, &options.options, NULL));
  }
  imgtool_image_free(saved);
}

static void pixels(void) {
  imgtool_image *image = NULL, *gray = NULL, *color = NULL, *number = NULL, *bilevel = NULL;
  OK(imgtool_image_new("L", 4, 4, &gray));
  OK(imgtool_image_new("RGB", 4, 4, &color));
  OK(imgtool_image_new("I", 4, 4, &number));
  OK(imgtool_image_new("1", 4, 4, &bilevel));
  double samples[4] = {0};
  unsigned char rows[64];
  char hash[65];
  imgtool_band_statistics statistics;
  const int threads[] = {-1, -5, INT32_MIN};
  for (size_t at = 0; at < sizeof threads / sizeof *threads; at++) {
    OUT(imgtool_image_hash(gray, threads[at], hash));
    OUT(imgtool_image_compare(gray, gray, 0, threads[at], NULL));
    OUT(imgtool_image_copy(gray, threads[at], &image));
    OUT(imgtool_image_statistics(gray, threads[at], &statistics, NULL));
    OUT(imgtool_image_read_rows(gray, 0, 1, NULL, rows, 4, threads[at]));
    OUT(imgtool_image_write_rows(gray, 0, 1, NULL, rows, 4, threads[at]));
    OUT(imgtool_image_fill(gray, 0, 0, 1, 1, samples, 1, threads[at]));
    OUT(imgtool_image_invert(gray, threads[at]));
    OUT(imgtool_image_flip(gray, "h", threads[at]));
    OUT(imgtool_image_swap(color, 0, 1, threads[at]));
    OUT(imgtool_image_add(gray, 1, threads[at]));
    OUT(imgtool_image_paste(gray, gray, 0, 0, threads[at]));
  }
  const double tolerances[] = {-1, -0.001, -INFINITY, NAN};
  for (size_t at = 0; at < sizeof tolerances / sizeof *tolerances; at++) {
    OUT(imgtool_image_compare(gray, gray, tolerances[at], 1, NULL));
    OUT(imgtool_image_compare(gray, color, tolerances[at], 1, NULL));
  }
  OK(imgtool_image_compare(gray, gray, INFINITY, 1, NULL));

  const int64_t places[] = {-1, 4, LOW, HIGH, FAR};
  for (size_t at = 0; at < sizeof places / sizeof *places; at++) {
    int64_t place = places[at];
    OUT(imgtool_image_crop(gray, place, 0, 1, 1, &image));
    OUT(imgtool_image_crop(gray, 0, place, 1, 1, &image));
    OUT(imgtool_image_crop(gray, 1, 0, place, 1, &image));
    OUT(imgtool_image_crop(gray, 0, 1, 1, place, &image));
    OUT(imgtool_image_getpixel(gray, place, 0, samples, 1));
    OUT(imgtool_image_getpixel(gray, 0, place, samples, 1));
    OUT(imgtool_image_putpixel(gray, place, 0, samples, 1));
    OUT(imgtool_image_putpixel(gray, 0, place, samples, 1));
    OUT(imgtool_image_fill(gray, place, 0, 1, 1, samples, 1, 1));
    OUT(imgtool_image_fill(gray, 1, 1, 1, place, samples, 1, 1));
    OUT(imgtool_image_paste(gray, gray, place, 0, 1));
    OUT(imgtool_image_paste(gray, gray, 0, place, 1));
    OUT(imgtool_image_read_rows(gray, place, 1, NULL, rows, 64, 1));
    OUT(imgtool_image_read_rows(gray, 1, place, NULL, rows, 64, 1));
    OUT(imgtool_image_write_rows(gray, place, 1, NULL, rows, 64, 1));
    OUT(imgtool_image_write_rows(gray, 1, place, NULL, rows, 64, 1));
  }
  OUT(imgtool_image_crop(gray, 0, 0, 0, 1, &image));
  OUT(imgtool_image_fill(gray, 0, 0, 1, 0, samples, 1, 1));
  OUT(imgtool_image_read_rows(gray, 0, 0, NULL, rows, 64, 1));
  OUT(imgtool_image_read_rows(gray, 0, 1, NULL, rows, 3, 1));
  OUT(imgtool_image_read_rows(gray, 0, 1, NULL, rows, SIZE_MAX, 1));
  OUT(imgtool_image_write_rows(gray, 0, 4, NULL, rows, 15, 1));
  OUT(imgtool_image_write_rows(gray, 0, 4, NULL, rows, SIZE_MAX, 1));
  const int bands[] = {-1, 3, INT32_MIN, INT32_MAX};
  for (size_t at = 0; at < sizeof bands / sizeof *bands; at++) {
    OUT(imgtool_image_band(color, bands[at], &image));
    OUT(imgtool_image_swap(color, bands[at], 0, 1));
    OUT(imgtool_image_swap(color, 2, bands[at], 1));
  }
  const int64_t steps[] = {0, -1, LOW};
  for (size_t at = 0; at < sizeof steps / sizeof *steps; at++) {
    OUT(imgtool_image_every(gray, steps[at], 1, &image));
    OUT(imgtool_image_every(gray, 1, steps[at], &image));
  }
  const double windows[][2] = {{5, 5}, {5, 4}, {NAN, 5}, {5, NAN}, {0, INFINITY}, {-INFINITY, 0},
                               {-1.7e308, 1.7e308}};
  for (size_t at = 0; at < sizeof windows / sizeof *windows; at++)
    OUT(imgtool_image_window(gray, windows[at][0], windows[at][1], &image));
  const size_t counts[] = {0, 2, SIZE_MAX};
  for (size_t at = 0; at < sizeof counts / sizeof *counts; at++) {
    if (counts[at] != 2) OUT(imgtool_image_getpixel(gray, 0, 0, samples, counts[at]));
    OUT(imgtool_image_getpixel(color, 0, 0, samples, counts[at]));
    OUT(imgtool_image_putpixel(gray, 0, 0, samples, counts[at]));
    OUT(imgtool_image_fill(color, 0, 0, 1, 1, samples, counts[at], 1));
  }
  const double values[] = {-1, 256, 0.5, NAN, INFINITY, -INFINITY, 1e300};
  for (size_t at = 0; at < sizeof values / sizeof *values; at++) {
    samples[0] = values[at];
    OUT(imgtool_image_putpixel(gray, 0, 0, samples, 1));
    OUT(imgtool_image_putpixel(bilevel, 0, 0, samples, 1));
    OUT(imgtool_image_fill(color, 0, 0, 4, 4, samples, 3, 1));
    OUT(imgtool_image_add(gray, values[at], 1));
    if (values[at] != -1 && values[at] != 256) {
      OUT(imgtool_image_putpixel(number, 0, 0, samples, 1));
      OUT(imgtool_image_add(number, values[at], 1));
    }
  }
  const struct {
    size_t count;
    int bands;
  } palettes[] = {{0, 3}, {257, 3}, {SIZE_MAX, 3}, {1, 2}, {1, 5}, {1, -4}};
  for (size_t at = 0; at < sizeof palettes / sizeof *palettes; at++)
    OUT(imgtool_image_with_palette(gray, rows, palettes[at].count, palettes[at].bands, &image));
  CHECK(pixel(gray, 0, 0) == 0 && pixel(color, 0, 0) == 0 && pixel(number, 0, 0) == 0);
  imgtool_image_free(gray);
  imgtool_image_free(color);
  imgtool_image_free(number);
  imgtool_image_free(bilevel);
}

static int never(void *context, const void *bytes, size_t count) {
  (void)context, (void)bytes, (void)count;
  abort();
}

static void files(const char *directory) {
  char path[512], none[512];
  imgtool_image *image = NULL, *gray = NULL;
  OK(imgtool_image_new("L", 4, 4, &gray));
  const char *formats[] = {"bmp", "tiff", "npy", "pgm", "tga", "png", "qoi", "ff", "vips", "pfm"};
  for (size_t at = 0; at < sizeof formats / sizeof *formats; at++) {
    if (imgtool_format_holds(formats[at], "L") != IMGTOOL_OK) continue;
    snprintf(path, sizeof path, "%s/frames.%s", directory, formats[at]);
    OK(imgtool_image_save(gray, path, NULL, NULL));
    const int64_t frames[] = {1, -2, LOW, HIGH};
    for (size_t frame = 0; frame < sizeof frames / sizeof *frames; frame++)
      OUT(imgtool_image_open(path, IMGTOOL_READ_ONLY, frames[frame], &image));
  }
  snprintf(none, sizeof none, "%s/none.png", directory);
#define OPTION(...)                                                                        \
  do {                                                                                     \
    imgtool_save_options options = {.struct_size = sizeof options, .format = "png", __VA_ARGS__}; \
    OUT(imgtool_image_save(gray, none, &options, NULL));                                   \
    OUT(imgtool_image_save_to(gray, never, NULL, &options, NULL));                         \
  } while (0)
  const int32_t numbers[] = {-1, 17, INT32_MIN, INT32_MAX};
  for (size_t at = 0; at < sizeof numbers / sizeof *numbers; at++) {
    OPTION(.has_level = 1, .level = numbers[at]);
    OPTION(.has_level = numbers[at], .level = 1);
    OPTION(.bits = numbers[at]);
    OPTION(.replaces_mapped = numbers[at]);
    OPTION(.is_durable = numbers[at]);
    if (numbers[at] < 0) OPTION(.threads = numbers[at]);
  }
  OPTION(.has_level = 1, .level = 10);
  OPTION(.bits = 3);
  CHECK(remove(none) != 0);
  imgtool_image_free(gray);
}

void test_ranges(const char *directory) {
  char file[512];
  snprintf(file, sizeof file, "%s/ranges.bin", directory);
  FILE *stream = fopen(file, "wb");
  CHECK(stream && fwrite(file, 1, 64, stream) == 64 && fclose(stream) == 0);
  layouts(file);
  structures(file);
  pixels();
  files(directory);
  CHECK(tried > 500);
}
