// Uses every function of the C interface. Prints what is not as it must be, and ends with 1 then.
#include "check.h"

atomic_int failures;

void test_names(void) {
  CHECK(imgtool_abi_version() == IMGTOOL_ABI_VERSION);
  CHECK(strchr(imgtool_version(), '.') != NULL);
  size_t modes = 0, rawmodes = 0, formats = 0;
  while (imgtool_mode_name(modes)) modes++;
  const char *mode = NULL;
  while (imgtool_rawmode_name(rawmodes, &mode)) rawmodes++;
  while (imgtool_format_name(formats)) formats++;
  CHECK(modes == 20);
  CHECK(rawmodes > 100);
  CHECK(formats > 10);
  size_t colors = 0, opaque = 0;
  uint8_t rgba[4];
  for (const char *name; (name = imgtool_color_name(colors, rgba)); colors++) {
    CHECK(imgtool_color_name(colors, NULL) == name);
    opaque += rgba[3] == 255;
    if (strcmp(name, "rebeccapurple") == 0)
      CHECK(rgba[0] == 0x66 && rgba[1] == 0x33 && rgba[2] == 0x99 && rgba[3] == 255);
  }
  CHECK(colors == 149 && opaque == 148);
  CHECK(strcmp(imgtool_rawmode_name(0, &mode), "1") == 0 && strcmp(mode, "1") == 0);
  int64_t count = 0;
  OK(imgtool_row_byte_count("L", "L;4", 5, &count));
  CHECK(count == 3);
  OK(imgtool_row_byte_count("RGB", NULL, 5, &count));
  CHECK(count == 15);
  REFUSED(imgtool_row_byte_count("L", NULL, INT64_MAX, &count), "64 bits");
  OK(imgtool_format_holds("png", "RGB"));
  NO(imgtool_format_holds("png", "CMYK"), "CMYK");
  REFUSED(imgtool_format_holds("gif", "L"), "gif");
}

void test_memory(void) {
  unsigned char bytes[2 * 8] = {1, 2, 3, 0, 0, 0, 0, 0, 4, 5, 6};
  atomic_int releases = 0;
  imgtool_layout layout = layout_of("L", 3, 2);
  layout.stride = 8;
  imgtool_image *image = NULL;
  OK(imgtool_image_from_memory(
      bytes, sizeof bytes, &layout, IMGTOOL_READ_WRITE, count_release, &releases, &image));
  CHECK(pixel(image, 2, 1) == 6);
  bytes[10] = 60;
  CHECK(pixel(image, 2, 1) == 60);

  imgtool_info info;
  OK(imgtool_image_info(image, &info));
  CHECK(info.width == 3 && info.height == 2 && strcmp(info.mode, "L") == 0);
  CHECK(info.row_byte_count == 3 && info.band_count == 1 && info.frame_count == 1);
  CHECK(info.sample_type == IMGTOOL_U8 && info.read_only == IMGTOOL_WRITABLE);

  imgtool_array array;
  OK(imgtool_image_array(image, &array));
  CHECK(array.data == bytes && array.dimension_count == 2 && array.kind == 'u');
  CHECK(array.shape[0] == 2 && array.shape[1] == 3 && array.strides[0] == 8);
  CHECK(array.strides[1] == 1 && array.item_byte_count == 1 && !array.is_read_only);

  imgtool_image *view = NULL;
  OK(imgtool_image_crop(image, 1, 1, 2, 1, &view));
  imgtool_image_free(image);
  CHECK(releases == 0);
  CHECK(pixel(view, 1, 0) == 60);
  imgtool_image_free(view);
  CHECK(releases == 1);

  // Bottom-up, and as an array that goes backwards.
  layout.orientation = -1;
  layout.offset = 0;
  OK(imgtool_image_from_memory(
      bytes, sizeof bytes, &layout, IMGTOOL_READ_ONLY, count_release, &releases, &image));
  CHECK(pixel(image, 0, 0) == 4);
  imgtool_image_free(image);
  layout = layout_of("L", 3, 2);
  layout.is_strided = 1;
  layout.offset = 10;
  layout.stride = -8;
  layout.pixel_stride = -1;
  OK(imgtool_image_from_memory(
      bytes, sizeof bytes, &layout, IMGTOOL_READ_WRITE, NULL, NULL, &image));
  CHECK(pixel(image, 0, 0) == 60 && pixel(image, 2, 1) == 1);
  imgtool_image_free(image);
  CHECK(releases == 2);

  // A palette, planes, and memory of its own.
  unsigned char colors[6] = {0, 0, 0, 255, 128, 0}, indices[2] = {1, 0}, found[1024];
  layout = layout_of("P", 2, 1);
  layout.palette = colors;
  layout.palette_count = 2;
  layout.palette_bands = 3;
  OK(imgtool_image_from_memory(
      indices, sizeof indices, &layout, IMGTOOL_READ_WRITE, NULL, NULL, &image));
  size_t count = 0;
  OK(imgtool_image_palette(image, found, &count));
  CHECK(count == 2 && memcmp(found + 4, "\377\200\0\377", 4) == 0);
  imgtool_image_free(image);

  unsigned char planes[6] = {10, 11, 20, 21, 30, 31};
  layout = layout_of("RGB", 2, 1);
  layout.interleave = IMGTOOL_BY_PLANE;
  OK(imgtool_image_from_memory(
      planes, sizeof planes, &layout, IMGTOOL_READ_WRITE, NULL, NULL, &image));
  NO(imgtool_image_palette(image, found, &count), "palette");
  double samples[4];
  OK(imgtool_image_getpixel(image, 1, 0, samples, 4));
  CHECK(samples[0] == 11 && samples[1] == 21 && samples[2] == 31);
  imgtool_image_free(image);

  OK(imgtool_image_new("F", 4, 4, &image));
  CHECK(pixel(image, 3, 3) == 0);
  imgtool_image_free(image);
  imgtool_image_free(NULL);
}

void test_refusals(void) {
  unsigned char bytes[4] = {0};
  atomic_int releases = 0;
  imgtool_image *image = NULL;
  imgtool_layout layout = layout_of("L", 3, 2);
#define FROM(access) \
  imgtool_image_from_memory(bytes, sizeof bytes, &layout, access, count_release, &releases, &image)
  REFUSED(FROM(IMGTOOL_READ_WRITE), "4 are there");
  REFUSED(FROM(IMGTOOL_COPY_ON_WRITE), "memory");
  REFUSED(FROM(7), "access");
  layout = layout_of("XYZ", 1, 1);
  REFUSED(FROM(IMGTOOL_READ_WRITE), "XYZ");
  layout = layout_of("L", INT64_MAX, INT64_MAX);
  REFUSED(FROM(IMGTOOL_READ_WRITE), "64 bits");
  layout = layout_of("L", 0, 1);
  REFUSED(FROM(IMGTOOL_READ_WRITE), "0x1");
  layout = layout_of("L", 2, 2);
  layout.struct_size = 8;
  REFUSED(FROM(IMGTOOL_READ_WRITE), "struct_size");
  layout = layout_of("L", 2, 2);
  layout.rawmode = "BGR";
  REFUSED(FROM(IMGTOOL_READ_WRITE), "BGR");
  layout.rawmode = "\377";
  REFUSED(FROM(IMGTOOL_READ_WRITE), "UTF-8");
  layout = layout_of("L", 2, 2);
  layout.is_strided = 1;
  layout.stride = INT64_MIN;
  REFUSED(FROM(IMGTOOL_READ_WRITE), "64 bits");
  layout = layout_of("L", (int64_t)1 << 40, (int64_t)1 << 40);
  layout.is_strided = 1;
  REFUSED(FROM(IMGTOOL_READ_WRITE), "48 bits");
  // Memory that was refused is still the caller's.
  CHECK(releases == 0);
  REFUSED(imgtool_image_from_memory(NULL, 1, &layout, 0, NULL, NULL, &image), "NULL");
  REFUSED(imgtool_image_map(NULL, &layout, 0, &image), "NULL");
  REFUSED(imgtool_image_info(NULL, NULL), "NULL");

  image = on(bytes, sizeof bytes, "L", 2, 2, &releases);
  imgtool_image *view = NULL;
  double black[4] = {0};
  REFUSED(imgtool_image_crop(image, 1, 1, 2, 1, &view), "outside");
  REFUSED(imgtool_image_crop(image, INT64_MAX, 0, INT64_MAX, 1, &view), "outside");
  REFUSED(imgtool_image_band(image, 1, &view), "band 1");
  REFUSED(imgtool_image_reorient(image, "45", &view), "45");
  REFUSED(imgtool_image_every(image, 0, 1, &view), "at least 1");
  REFUSED(imgtool_image_convert(image, "LAB", &view), "conversion");
  REFUSED(imgtool_image_window(image, 5, 5, &view), "window");
  REFUSED(imgtool_image_getpixel(image, 2, 0, black, 4), "outside");
  REFUSED(imgtool_image_getpixel(image, 0, 0, black, 0), "room");
  REFUSED(imgtool_image_putpixel(image, 0, 0, black, 3), "3 samples");
  black[0] = 256;
  REFUSED(imgtool_image_putpixel(image, 0, 0, black, 1), "256");
  REFUSED(imgtool_image_flip(image, "d", 1), "axis");
  REFUSED(imgtool_image_swap(image, 0, 1, 1), "band 1");
  REFUSED(imgtool_image_add(image, 256, 1), "256");
  REFUSED(imgtool_image_read_rows(image, 0, 2, NULL, bytes, 3, 1), "3 are there");
  REFUSED(imgtool_image_read_rows(image, 0, 3, NULL, bytes, 4, 1), "outside");
  OK(imgtool_image_convert(image, "RGB", &view));
  REFUSED(imgtool_image_invert(view, 1), "computed");
  imgtool_array array;
  NO(imgtool_image_array(view, &array), "computed");
  imgtool_image_free(view);
  imgtool_image_free(image);
  CHECK(releases == 1);
}

int main(int count, char **arguments) {
  const char *directory = count > 1 ? arguments[1] : ".";
  test_names();
  test_modes();
  test_memory();
  test_files(directory);
  test_views();
  test_edits();
  test_rows();
  test_questions();
  test_palettes();
  test_saving(directory);
  test_interchange();
  test_threads(directory);
  test_refusals();
  test_words(directory);
  test_causes(directory);
  test_ranges(directory);
  if (failures == 0) printf("all is as it must be\n");
  return failures > 0;
}
