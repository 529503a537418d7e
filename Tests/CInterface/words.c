// Refusals: what each says, and that nothing else happens.
#include "check.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

// An error of any length is cut to what a thread keeps, and never inside of a character.
static void long_texts(void) {
  char name[4096];
  int64_t count = 0;
  for (size_t start = 0; start < 3; start++) {
    memset(name, 'x', start);
    for (size_t index = start; index + 3 < sizeof name; index += 3)
      memcpy(name + index, "\xE2\x82\xAC", 4);
    REFUSED(imgtool_row_byte_count(name, NULL, 1, &count), "\xE2\x82\xAC");
    const char *error = imgtool_last_error();
    size_t length = strlen(error);
    CHECK(length <= 1023 && length > 1020 && (length - start) % 3 == 0);
    CHECK(strncmp(error, name, length) == 0);
  }
  REFUSED(imgtool_row_byte_count("x", NULL, 1, &count), "x is not a mode; the modes are 1, L");
}

static void layouts(void) {
  unsigned char bytes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  unsigned char colors[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  imgtool_image *image = NULL;
  double samples[4];
#define WITH(mode_name, x, y, ...)                                                 \
  imgtool_image_from_memory(                                                       \
      bytes, sizeof bytes,                                                         \
      &(imgtool_layout){.struct_size = sizeof(imgtool_layout), .mode = mode_name,  \
                        .width = x, .height = y, __VA_ARGS__},                     \
      IMGTOOL_READ_WRITE, NULL, NULL, &image)
  REFUSED(WITH("L", 1, 1, .offset = -1), "0 or more");
  REFUSED(WITH("L", 1, 1, .orientation = 2), "orientation is 2");
  REFUSED(WITH("L", 1, 1, .interleave = 3), "interleave is 3");
  REFUSED(WITH("RGB", 1, 1, .rawmode = "BGR;16", .interleave = IMGTOOL_BY_PLANE), "one word");
  REFUSED(WITH("L", 3, 2, .stride = 2), "at least 3 is expected");
  REFUSED(WITH("L", 2, 2, .rawmode = "L;4", .is_strided = 1), "whole elements");
  REFUSED(WITH("L", 0, 2, .is_strided = 1), "0x2");
  REFUSED(WITH("L", 2, 2, .palette = colors, .palette_count = 2, .palette_bands = 4), "P and PA");
  REFUSED(WITH("P", 2, 2, .palette = colors, .palette_count = 2, .palette_bands = 5), "of 5 bytes");
  REFUSED(WITH("P", 2, 2, .palette = colors, .palette_count = 257, .palette_bands = 3), "257");
  REFUSED(WITH("P", 2, 2, .palette = colors, .palette_bands = 4), "0 colors");
  REFUSED(WITH(NULL, 1, 1, .rawmode = "no such"), "no such is not a rawmode");
  REFUSED(imgtool_image_from_memory(bytes, SIZE_MAX, NULL, 0, NULL, NULL, &image), "byte_count");
  CHECK(image == NULL);

  // Without a mode and a rawmode, gray; with a rawmode, the mode that it is most used with.
  OK(WITH(NULL, 2, 2, .offset = 3));
  CHECK(pixel(image, 1, 1) == 6);
  imgtool_image_free(image);
  OK(WITH(NULL, 1, 1, .rawmode = "BGR"));
  CHECK(pixel(image, 0, 0) == 2);
  imgtool_image_free(image);
  // One row of each band after the other; a single band has no other place.
  OK(WITH("RGB", 2, 2, .interleave = IMGTOOL_BY_LINE));
  OK(imgtool_image_getpixel(image, 1, 1, samples, 4));
  CHECK(samples[0] == 7 && samples[1] == 9 && samples[2] == 11);
  imgtool_image_free(image);
  OK(WITH("L", 2, 2, .interleave = IMGTOOL_BY_PLANE));
  CHECK(pixel(image, 0, 1) == 2);
  imgtool_image_free(image);
  // Pixels that are computed from what is stored: opaque, so the premultiplied color is the color.
  memset(bytes + 8, 255, 8);
  OK(WITH("RGBA", 1, 2, .rawmode = "RGBa", .offset = 8));
  OK(imgtool_image_getpixel(image, 0, 1, samples, 4));
  CHECK(samples[0] == 255 && samples[3] == 255);
  imgtool_info info;
  OK(imgtool_image_info(image, &info));
  CHECK(info.read_only == IMGTOOL_DERIVED && strcmp(info.mode, "RGBA") == 0);
  imgtool_image_free(image);
  // A pixel that stands for many cannot be edited.
  OK(WITH("L", 5, 5, .is_strided = 1, .offset = 7));
  CHECK(pixel(image, 4, 4) == 7);
  OK(imgtool_image_info(image, &info));
  CHECK(info.read_only == IMGTOOL_LAYOUT_READ_ONLY);
  samples[0] = 1;
  REFUSED(imgtool_image_putpixel(image, 0, 0, samples, 1), "share bytes");
  CHECK(bytes[7] == 7);
  imgtool_image_free(image);
  // A palette with opacity, an index without a color, and no palette.
  OK(WITH("P", 2, 1, .palette = colors, .palette_count = 2, .palette_bands = 4, .offset = 1));
  imgtool_image *view = NULL;
  OK(imgtool_image_convert(image, "RGBA", &view));
  OK(imgtool_image_getpixel(view, 0, 0, samples, 4));
  CHECK(samples[0] == 5 && samples[3] == 8);
  REFUSED(imgtool_image_getpixel(view, 1, 0, samples, 4), "pixel 1,0 has index");
  imgtool_image_free(view);
  imgtool_image_free(image);
  OK(WITH("P", 2, 1, .offset = 1));
  REFUSED(imgtool_image_convert(image, "RGB", &view), "mode P needs a palette");
  imgtool_image_free(image);
}

static void numbers(void) {
  unsigned char bytes[8] = {255, 255, 255, 255, 255, 255, 255, 255};
  imgtool_image *image = NULL, *other = NULL;
  imgtool_layout layout = layout_of("1", 2, 1);
  OK(imgtool_image_from_memory(bytes, 8, &layout, IMGTOOL_READ_WRITE, NULL, NULL, &image));
  double value = 7;
  REFUSED(
      imgtool_image_putpixel(image, 0, 0, &value, 1),
      "7 is not a sample of band 1, which holds 0 or 255");
  imgtool_image_free(image);
  OK(imgtool_image_new("L", 2, 1, &image));
  value = 1e300;
  REFUSED(imgtool_image_putpixel(image, 0, 0, &value, 1), "1e+300 is not a sample");
  // More bits than a double has.
  layout = layout_of("I", 1, 1);
  layout.rawmode = "I;64S";
  int64_t large = ((int64_t)1 << 60) + 1;
  memcpy(bytes, &large, 8);
  OK(imgtool_image_from_memory(bytes, 8, &layout, IMGTOOL_READ_WRITE, NULL, NULL, &other));
  REFUSED(imgtool_image_getpixel(other, 0, 0, &value, 1), "0,0 has more than 53 bits");
  imgtool_image_free(other);
  // The same mode with samples of another size.
  layout = layout_of("RGB", 1, 1);
  layout.rawmode = "RGB;16L";
  OK(imgtool_image_from_memory(bytes, 8, &layout, IMGTOOL_READ_WRITE, NULL, NULL, &other));
  imgtool_image *color = NULL;
  OK(imgtool_image_new("RGB", 1, 1, &color));
  REFUSED(imgtool_image_paste(color, other, 0, 0, 1), "8-bit samples, the picture pasted has 16");
  // They are compared in 16 bits.
  NO(imgtool_image_compare(color, other, 0, 1, NULL), "1 of 1 pixels differ");
  imgtool_image_free(other);
  OK(imgtool_image_new("I", 1, 1, &other));
  NO(imgtool_image_compare(color, other, 0, 1, NULL), "no mode shows both RGB and I");
  imgtool_image_free(color);
  imgtool_image_free(other);
  OK(imgtool_image_new("P", 1, 1, &other));
  NO(imgtool_image_compare(image, other, 0, 1, NULL), "sizes");
  imgtool_sharing sharing;
  NO(imgtool_image_sharing(other, &sharing), "memory of its own");
  CHECK(sharing.byte_count == 1);
  // Without colors of its own, an index is its own gray.
  imgtool_info info;
  OK(imgtool_image_info(other, &info));
  CHECK(info.palette_count == 256);
  imgtool_image_free(other);
  imgtool_image_free(image);
  REFUSED(imgtool_image_new("L", (int64_t)1 << 24, (int64_t)1 << 24, &image), "out of memory");
  REFUSED(imgtool_image_new("L", 0, 1, &image), "0x1");
}

static char *named(const char *directory, const char *name) {
  static char path[512];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  return path;
}

static void put(const char *path, const void *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  CHECK(file && fwrite(bytes, 1, count, file) == count && fclose(file) == 0);
}

static void opening(const char *directory) {
  imgtool_image *image = NULL;
  imgtool_layout layout = layout_of("L", 2, 2);
  REFUSED(imgtool_image_map(directory, &layout, 0, &image), "a regular file is expected");
  REFUSED(imgtool_image_map("/proc/self/exe", &layout, IMGTOOL_READ_WRITE, &image), "not written");
  char *path = named(directory, "short.bin");
  put(path, "abc", 3);
  REFUSED(imgtool_image_map(path, &layout, 0, &image), "short.bin: 2x2 pixels");
  // Each file is no picture for another reason.
  const struct {
    const char *bytes;
    size_t count;
    const char *words;
  } files[] = {
      {"P5 2 2 255\nabc", 14, "2x2 pixels need 15 bytes"},
      {"P5 x 2 255\nabcd", 15, "damaged"},
      {"qoif", 4, "damaged qoi file"},
      {"P5 99999999999999999999 1 255\n", 30, "pgm"},
      {"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16, "png"},
      {"GIF89a\1\0\1\0", 10, "which is not read here"},
      {"no picture at all", 17, "not those of an image format"},
  };
  path = named(directory, "bad.file");
  for (size_t index = 0; index < sizeof files / sizeof *files; index++) {
    put(path, files[index].bytes, files[index].count);
    REFUSED(imgtool_image_open(path, IMGTOOL_READ_ONLY, 0, &image), files[index].words);
    CHECK(strncmp(imgtool_last_error(), path, strlen(path)) == 0 && image == NULL);
  }
  put(path, "P5 1 1 255\na", 12);
  REFUSED(imgtool_image_open(path, IMGTOOL_READ_ONLY, 5, &image), "no frame 5");
  OK(imgtool_image_open(path, IMGTOOL_READ_ONLY, 0, &image));
  CHECK(pixel(image, 0, 0) == 'a');
  // Another file takes the name; the image keeps the old one.
  char other[512];
  snprintf(other, sizeof other, "%s", named(directory, "next.file"));
  put(other, "P5 1 1 255\nb", 12);
  path = named(directory, "bad.file");
  CHECK(rename(other, path) == 0);
  imgtool_sharing sharing;
  NO(imgtool_image_sharing(image, &sharing), "is another file now");
  CHECK(pixel(image, 0, 0) == 'a');
  imgtool_image_free(image);
}

static int add_up(void *context, const void *bytes, size_t count) {
  (void)bytes;
  *(size_t *)context += count;
  return 0;
}

static void saving(const char *directory) {
  imgtool_image *image = NULL;
  OK(imgtool_image_new("L", 40, 40, &image));
  imgtool_save_options options = {.struct_size = sizeof options, .bits = 17, .threads = 1};
  char *path = named(directory, "out.png");
  REFUSED(imgtool_image_save(image, path, &options, NULL), "the number of bits is 17");
  options.bits = 3;
  REFUSED(imgtool_image_save(image, path, &options, NULL), "bits a sample, not 3");
  options.bits = 2;
  imgtool_saved two, eight;
  OK(imgtool_image_save(image, path, &options, &two));
  double value = 9;
  OK(imgtool_image_putpixel(image, 0, 0, &value, 1));
  REFUSED(imgtool_image_save(image, path, &options, NULL), "2 bits hold multiples of 85");
  options.bits = 0;
  OK(imgtool_image_save(image, path, &options, &eight));
  CHECK(two.byte_count < eight.byte_count);
  options.rawmode = "L;4";
  REFUSED(imgtool_image_save(image, path, &options, NULL), "png files have no rawmode");
  options.format = "raw";
  options.rawmode = "BGR";
  REFUSED(imgtool_image_save(image, path, &options, NULL), "BGR does not store mode L");
  options.rawmode = NULL;
  REFUSED(imgtool_image_save(image, directory, &options, NULL), "is a directory");
  REFUSED(imgtool_image_save(image, "/dev/full", &options, NULL), "no space left");
  REFUSED(imgtool_image_save(image, "/sys/out.raw", &options, NULL), "takes no new file");

  // Limits of the process: on the size of a file, and on open files.
  path = named(directory, "limited.raw");
  struct rlimit before, limit = {1000, 0};
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &before);
  limit.rlim_max = before.rlim_max;
  setrlimit(RLIMIT_FSIZE, &limit);
  REFUSED(imgtool_image_save(image, path, &options, NULL), "1600 bytes are more than the limit");
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK(access(path, F_OK) != 0);
  getrlimit(RLIMIT_NOFILE, &before);
  limit = (struct rlimit){3, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &limit);
  REFUSED(imgtool_image_save(image, path, &options, NULL), "Too many open files");
  size_t taken = 0;
  REFUSED(imgtool_image_save_to(image, NULL, &taken, &options, NULL), "write is NULL");
  // A function needs no descriptor.
  OK(imgtool_image_save_to(image, add_up, &taken, &options, NULL));
  CHECK(taken == 1600);
  setrlimit(RLIMIT_NOFILE, &before);
  imgtool_image_free(image);
}

void test_words(const char *directory) {
  long_texts();
  layouts();
  numbers();
  opening(directory);
  saving(directory);
}
