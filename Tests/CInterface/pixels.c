// Views, edits, rows and questions.
#include "check.h"

void test_views(void) {
  unsigned char bytes[3 * 4 * 2];
  for (int index = 0; index < 24; index++) bytes[index] = (unsigned char)index;
  atomic_int releases = 0;
  imgtool_image *image = on(bytes, sizeof bytes, "RGB", 4, 2, &releases);
  imgtool_image *view = NULL;
  OK(imgtool_image_crop(image, 1, 1, 2, 1, &view));
  CHECK(pixel(view, 0, 0) == 15);
  bytes[15] = 99;
  CHECK(pixel(view, 0, 0) == 99);
  imgtool_image_free(view);
  OK(imgtool_image_band(image, 2, &view));
  CHECK(pixel(view, 0, 0) == 2);
  imgtool_image_free(view);
  OK(imgtool_image_reorient(image, "90", &view));
  CHECK(pixel(view, 0, 0) == 12 && pixel(view, 1, 3) == 9);
  imgtool_image_free(view);
  OK(imgtool_image_every(image, 3, 2, &view));
  CHECK(pixel(view, 1, 0) == 9);
  imgtool_image_free(view);
  OK(imgtool_image_convert(image, "L", &view));
  memset(bytes, 200, 3);
  CHECK(pixel(view, 0, 0) == 200);
  imgtool_image *copy = NULL;
  OK(imgtool_image_copy(view, 2, &copy));
  memset(bytes, 100, 3);
  CHECK(pixel(view, 0, 0) == 100 && pixel(copy, 0, 0) == 200);
  imgtool_image *window = NULL;
  OK(imgtool_image_window(copy, 100, 200, &window));
  CHECK(pixel(window, 0, 0) == 255);
  imgtool_image_free(window);
  imgtool_image_free(copy);
  imgtool_image_free(view);
  imgtool_image_free(image);
  CHECK(releases == 1);
}

// What 8 bits do not hold is refused, clamped on purpose, or spread.
static void wide_samples(void) {
  unsigned short numbers[2] = {100, 4095};
  imgtool_layout layout = layout_of("I;16", 2, 1);
  imgtool_image *image = NULL, *view = NULL;
  OK(imgtool_image_from_memory(
      numbers, sizeof numbers, &layout, IMGTOOL_READ_ONLY, NULL, NULL, &image));
  double sample, low, high;
  OK(imgtool_image_convert(image, "L", &view));
  REFUSED(imgtool_image_getpixel(view, 1, 0, &sample, 1), "4095");
  imgtool_image_free(view);
  OK(imgtool_image_convert_clamping(image, "L", &view));
  CHECK(pixel(view, 1, 0) == 255);
  imgtool_image_free(view);
  OK(imgtool_image_automatic_window(image, 0, 1, &low, &high));
  CHECK(low == 100 && high == 4095);
  imgtool_image_free(image);

  // Nothing is as black or as white as what is not a number.
  float floats[2] = {1, NAN};
  layout = layout_of("F", 2, 1);
  OK(imgtool_image_from_memory(
      floats, sizeof floats, &layout, IMGTOOL_READ_ONLY, NULL, NULL, &image));
  OK(imgtool_image_window(image, 0, 1, &view));
  CHECK(pixel(view, 0, 0) == 255);
  REFUSED(imgtool_image_getpixel(view, 1, 0, &sample, 1), "not a number");
  imgtool_image_free(view);
  OK(imgtool_image_window_clamping(image, 0, 1, &view));
  CHECK(pixel(view, 1, 0) == 0);
  imgtool_image_free(view);
  imgtool_image_free(image);
}

void test_edits(void) {
  wide_samples();
  unsigned char bytes[4 * 2] = {1, 2, 3, 4, 5, 6, 7, 8};
  atomic_int releases = 0;
  imgtool_image *image = on(bytes, sizeof bytes, "L", 4, 2, &releases);
  double nine = 9;
  OK(imgtool_image_putpixel(image, 1, 1, &nine, 1));
  CHECK(bytes[5] == 9);
  OK(imgtool_image_fill(image, 2, 0, 2, 2, &nine, 1, 1));
  CHECK(memcmp(bytes, "\1\2\11\11\5\11\11\11", 8) == 0);
  OK(imgtool_image_add(image, 1, 1));
  CHECK(bytes[0] == 2 && bytes[7] == 10);
  OK(imgtool_image_flip(image, "h", 1));
  CHECK(bytes[0] == 10 && bytes[3] == 2);
  OK(imgtool_image_flip(image, "v", 1));
  CHECK(bytes[7] == 2);
  OK(imgtool_image_invert(image, 1));
  CHECK(bytes[7] == 253);
  unsigned char color[3] = {1, 2, 3};
  imgtool_image *picture = on(color, sizeof color, "RGB", 1, 1, &releases);
  OK(imgtool_image_swap(picture, 0, 2, 1));
  CHECK(color[0] == 3 && color[2] == 1);
  memset(color, 50, 3);
  OK(imgtool_image_paste(image, picture, 3, 1, 1));
  CHECK(bytes[7] == 50);
  REFUSED(imgtool_image_paste(image, picture, 4, 1, 1), "outside");
  OK(imgtool_image_flush(image));
  unsigned char clear[4] = {1, 2, 3, 0};
  imgtool_image *opaque = on(clear, sizeof clear, "RGBA", 1, 1, &releases);
  REFUSED(imgtool_image_paste(image, opaque, 0, 0, 1), "opacity");
  imgtool_image_free(opaque);
  imgtool_image_free(picture);
  imgtool_image_free(image);
  CHECK(releases == 3);
}

void test_rows(void) {
  // 5 x 2 pixels of one bit in rows of four bytes, and what comes out: packed rows.
  unsigned char bits[8] = {0xA8, 0, 0, 0, 0x50, 0, 0, 0}, rows[6] = {0};
  atomic_int releases = 0;
  imgtool_layout layout = layout_of("1", 5, 2);
  layout.stride = 4;
  imgtool_image *image = NULL;
  OK(imgtool_image_from_memory(
      bits, sizeof bits, &layout, IMGTOOL_READ_WRITE, count_release, &releases, &image));
  CHECK(pixel(image, 0, 0) == 255 && pixel(image, 0, 1) == 0);
  OK(imgtool_image_read_rows(image, 0, 2, NULL, rows, 2, 0));
  CHECK(rows[0] == 0xA8 && rows[1] == 0x50);
  rows[0] = 0xF8;
  OK(imgtool_image_write_rows(image, 1, 1, NULL, rows, 1, 0));
  CHECK(bits[0] == 0xA8 && bits[4] == 0xF8);
  imgtool_image_free(image);

  unsigned char color[6] = {1, 2, 3, 4, 5, 6};
  image = on(color, sizeof color, "RGB", 1, 2, &releases);
  OK(imgtool_image_read_rows(image, 0, 2, "BGR", rows, sizeof rows, 1));
  CHECK(memcmp(rows, "\3\2\1\6\5\4", 6) == 0);
  OK(imgtool_image_write_rows(image, 0, 2, "RGB", rows, sizeof rows, 1));
  CHECK(memcmp(color, "\3\2\1\6\5\4", 6) == 0);
  REFUSED(imgtool_image_read_rows(image, 0, 1, "L", rows, sizeof rows, 1), "rawmode L");
  imgtool_image_free(image);
  CHECK(releases == 2);
}

void test_questions(void) {
  unsigned char one[4] = {1, 2, 3, 4}, other[8] = {1, 0, 2, 0, 3, 0, 4, 0};
  atomic_int releases = 0;
  imgtool_image *a = on(one, sizeof one, "L", 2, 2, &releases), *b = NULL;
  imgtool_layout layout = layout_of("L", 2, 2);
  layout.is_strided = 1;
  layout.stride = 4;
  layout.pixel_stride = 2;
  OK(imgtool_image_from_memory(
      other, sizeof other, &layout, IMGTOOL_READ_WRITE, count_release, &releases, &b));
  imgtool_difference difference;
  char first[65], second[65];
  OK(imgtool_image_compare(a, b, 0, 1, &difference));
  CHECK(difference.pixel_count == 4 && difference.first_x == -1 && isinf(difference.psnr));
  OK(imgtool_image_hash(a, 1, first));
  OK(imgtool_image_hash(b, 2, second));
  CHECK(strlen(first) == 64 && strcmp(first, second) == 0);
  other[6] = 7;
  NO(imgtool_image_compare(a, b, 0, 1, &difference), "1 of 4");
  CHECK(difference.differing_pixels == 1 && difference.maximum == 3);
  CHECK(difference.first_x == 1 && difference.first_y == 1);
  CHECK(difference.first_a[0] == 4 && difference.first_b[0] == 7);
  other[0] = 2;
  NO(imgtool_image_compare(a, b, 1, 1, &difference), "1 of 4 pixels differ, the first at 1,1");
  CHECK(difference.differing_pixels == 2 && difference.first_x == 1 && difference.first_y == 1);
  OK(imgtool_image_compare(a, b, 3, 1, &difference));
  CHECK(difference.differing_pixels == 2 && difference.first_x == -1);
  OK(imgtool_image_hash(b, 1, second));
  CHECK(strcmp(first, second) != 0);

  imgtool_band_statistics bands[1];
  int64_t histogram[256];
  OK(imgtool_image_statistics(a, 1, bands, histogram));
  CHECK(bands[0].count == 4 && bands[0].minimum == 1 && bands[0].maximum == 4);
  CHECK(bands[0].mean == 2.5 && histogram[0] == 0 && histogram[4] == 1);
  OK(imgtool_image_statistics(a, 1, bands, NULL));
  REFUSED(imgtool_image_statistics(a, 1, NULL, histogram), "bands");

  imgtool_sharing sharing;
  OK(imgtool_image_sharing(b, &sharing));
  CHECK(sharing.address == other && sharing.byte_count == 7 && sharing.detached_pages == 0);
  imgtool_image *copy = NULL, *view = NULL;
  OK(imgtool_image_copy(b, 1, &copy));
  NO(imgtool_image_sharing(copy, &sharing), "copy");
  OK(imgtool_image_crop(copy, 0, 0, 1, 1, &view));
  NO(imgtool_image_compare(a, view, 0, 1, &difference), "sizes");
  CHECK(difference.pixel_count == 0);
  imgtool_image_free(view);
  imgtool_image_free(copy);
  imgtool_image_free(a);
  imgtool_image_free(b);
  CHECK(releases == 2);
}

void test_palettes(void) {
  unsigned char indices[2] = {1, 0}, found[1024];
  const unsigned char colors[8] = {9, 8, 7, 6, 5, 4, 3, 2};
  atomic_int releases = 0;
  imgtool_image *gray = on(indices, sizeof indices, "L", 2, 1, &releases), *view = NULL;
  imgtool_image *color = NULL, *again = NULL;
  OK(imgtool_image_with_palette(gray, colors, 2, 4, &view));
  size_t count = 0;
  OK(imgtool_image_palette(view, found, &count));
  CHECK(count == 2 && memcmp(found, colors, 8) == 0);
  OK(imgtool_image_with_palette(view, colors, 2, 3, &again));
  OK(imgtool_image_convert(again, "RGB", &color));
  CHECK(pixel(color, 0, 0) == 6);
  // The indices are shared, the colors are not.
  indices[0] = 0;
  CHECK(pixel(color, 0, 0) == 9);
  REFUSED(imgtool_image_with_palette(gray, colors, 0, 3, &view), "1 to 256");
  REFUSED(imgtool_image_with_palette(gray, colors, 2, 2, &view), "3 or 4");
  REFUSED(imgtool_image_with_palette(color, colors, 2, 3, &view), "RGB");
  imgtool_image_free(color);
  imgtool_image_free(again);
  imgtool_image_free(view);
  imgtool_image_free(gray);
  CHECK(releases == 1);
}
