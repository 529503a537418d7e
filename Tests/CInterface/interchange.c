// Arrow and DLPack: what goes out comes back in, on the same bytes.
#include "check.h"

static void arrow(void) {
  unsigned char bytes[2 * 2 * 4];
  for (int index = 0; index < 16; index++) bytes[index] = (unsigned char)index;
  atomic_int releases = 0;
  imgtool_image *image = on(bytes, sizeof bytes, "RGBA", 2, 2, &releases), *back = NULL;
  struct ArrowSchema schema;
  struct ArrowArray array;
  OK(imgtool_image_to_arrow(image, &schema, &array));
  imgtool_image_free(image);
  CHECK(strcmp(schema.format, "+w:4") == 0 && strcmp(schema.children[0]->format, "C") == 0);
  CHECK(array.length == 4 && array.null_count == 0 && array.children[0]->length == 16);
  CHECK(array.children[0]->buffers[1] == bytes && releases == 0);
  REFUSED(imgtool_image_from_arrow(&schema, &array, "RGBA", 3, 2, &back), "3x2");
  REFUSED(imgtool_image_from_arrow(&schema, &array, "L", 2, 2, &back), "values a pixel");
  array.offset = INT64_MAX;
  REFUSED(imgtool_image_from_arrow(&schema, &array, "RGBA", 2, 2, &back), "offset");
  array.offset = 1;
  REFUSED(imgtool_image_from_arrow(&schema, &array, "RGBA", 2, 2, &back), "too few");
  array.offset = 0;
  array.null_count = -1;
  array.buffers[0] = bytes;
  REFUSED(imgtool_image_from_arrow(&schema, &array, "RGBA", 2, 2, &back), "nulls");
  array.buffers[0] = NULL;
  CHECK(array.release != NULL);
  OK(imgtool_image_from_arrow(&schema, &array, "RGBA", 2, 2, &back));
  CHECK(array.release == NULL);
  // To release nothing does nothing.
  schema.release(NULL);
  schema.release(&schema);
  bytes[12] = 99;
  CHECK(pixel(back, 1, 1) == 99);
  imgtool_info info;
  OK(imgtool_image_info(back, &info));
  CHECK(info.read_only == IMGTOOL_BYTES_READ_ONLY && releases == 0);
  imgtool_image_free(back);
  CHECK(releases == 1);

  // What was released before is not taken.
  REFUSED(imgtool_image_from_arrow(&schema, &array, "RGBA", 2, 2, &back), "released before");

  // Rows with gaps are no Arrow array; a column of pixels and one pixel are.
  imgtool_image *view = NULL;
  image = on(bytes, sizeof bytes, "L", 4, 4, &releases);
  OK(imgtool_image_crop(image, 0, 0, 2, 2, &view));
  NO(imgtool_image_to_arrow(view, &schema, &array), "gaps");
  imgtool_image_free(view);
  OK(imgtool_image_to_arrow(image, &schema, &array));
  CHECK(strcmp(schema.format, "C") == 0 && array.buffers[1] == bytes && array.n_buffers == 2);
  array.release(NULL);
  array.release(&array);
  schema.release(&schema);
  imgtool_image_free(image);
  CHECK(releases == 2);

  // A column of pixels needs no pixel stride, and a single pixel no stride at all.
  imgtool_layout layout = layout_of("L", 1, 3);
  layout.is_strided = 1;
  layout.stride = 1;
  layout.pixel_stride = 7;
  OK(imgtool_image_from_memory(bytes, 16, &layout, IMGTOOL_READ_ONLY, NULL, NULL, &image));
  OK(imgtool_image_to_arrow(image, &schema, &array));
  CHECK(array.length == 3 && array.buffers[1] == bytes);
  array.release(&array);
  schema.release(&schema);
  imgtool_image_free(image);
  layout.stride = 2;
  OK(imgtool_image_from_memory(bytes, 16, &layout, IMGTOOL_READ_ONLY, NULL, NULL, &image));
  NO(imgtool_image_to_arrow(image, &schema, &array), "gaps");
  OK(imgtool_image_crop(image, 0, 2, 1, 1, &view));
  OK(imgtool_image_to_arrow(view, &schema, &array));
  CHECK(array.length == 1 && array.buffers[1] == bytes + 4);
  array.release(&array);
  schema.release(&schema);
  imgtool_image_free(view);
  imgtool_image_free(image);
}

// An array as Pillow has it: the first pixel of it, from an image of one.
static void check_like_pillow(
    const char *mode, const unsigned char *stored, size_t count, const char *format,
    const char *bands, const unsigned char *expected, size_t expected_count) {
  unsigned char bytes[8] = {0};
  memcpy(bytes, stored, count);
  atomic_int releases = 0;
  imgtool_image *image = on(bytes, count, mode, 1, 1, &releases), *back = NULL;
  struct ArrowSchema schema, again;
  struct ArrowArray array;
  OK(imgtool_image_to_arrow_like_pillow(image, &schema, NULL));
  OK(imgtool_image_to_arrow_like_pillow(image, &again, &array));
  CHECK(strcmp(schema.format, format) == 0 && strcmp(again.format, format) == 0);
  schema.release(&schema);
  int is_list = again.n_children == 1;
  struct ArrowSchema *item = is_list ? again.children[0] : &again;
  struct ArrowArray *values = is_list ? array.children[0] : &array;
  CHECK(item->metadata != NULL && *(const int32_t *)item->metadata == 1);
  CHECK(memcmp(item->metadata + 8, "image", 5) == 0);
  CHECK(memcmp(item->metadata + 17, bands, strlen(bands)) == 0);
  CHECK(item->flags == 0 && memcmp(values->buffers[1], expected, expected_count) == 0);
  OK(imgtool_image_from_arrow(&again, &array, mode, 1, 1, &back));
  double wanted[4] = {0}, found[4] = {0};
  OK(imgtool_image_getpixel(image, 0, 0, wanted, 4));
  OK(imgtool_image_getpixel(back, 0, 0, found, 4));
  CHECK(memcmp(wanted, found, sizeof wanted) == 0);
  again.release(&again);
  imgtool_image_free(back);
  imgtool_image_free(image);
  CHECK(releases == 1);
}

static void arrow_like_pillow(void) {
#define BYTES(...) (const unsigned char[]){__VA_ARGS__}, sizeof((unsigned char[]){__VA_ARGS__})
  check_like_pillow("1", BYTES(0x80), "C", "{\"bands\": [\"1\"]}", BYTES(255));
  check_like_pillow("L", BYTES(7), "C", "{\"bands\": [\"L\"]}", BYTES(7));
  check_like_pillow(
      "LA", BYTES(7, 8), "+w:4", "{\"bands\": [\"L\", \"X\", \"X\", \"A\"]}", BYTES(7, 7, 7, 8));
  check_like_pillow(
      "RGB", BYTES(1, 2, 3), "+w:4", "{\"bands\": [\"R\", \"G\", \"B\", \"X\"]}",
      BYTES(1, 2, 3, 255));
  check_like_pillow(
      "LAB", BYTES(1, 130, 131), "+w:4", "{\"bands\": [\"L\", \"a\", \"b\", \"X\"]}",
      BYTES(1, 2, 3, 255));
  check_like_pillow(
      "CMYK", BYTES(1, 2, 3, 4), "+w:4", "{\"bands\": [\"C\", \"M\", \"Y\", \"K\"]}",
      BYTES(1, 2, 3, 4));
  check_like_pillow("I;16", BYTES(1, 255), "s", "{\"bands\": [\"I\"]}", BYTES(1, 255));
  check_like_pillow("I", BYTES(1, 2, 3, 255), "i", "{\"bands\": [\"I\"]}", BYTES(1, 2, 3, 255));
  check_like_pillow("F", BYTES(0, 0, 32, 64), "f", "{\"bands\": [\"F\"]}", BYTES(0, 0, 32, 64));

  // What stands so already is not copied; what Pillow does not have is not made up.
  unsigned char bytes[16] = {1, 2, 3, 4};
  atomic_int releases = 0;
  imgtool_image *image = on(bytes, sizeof bytes, "RGBX", 2, 2, &releases), *back = NULL;
  struct ArrowSchema schema;
  struct ArrowArray array;
  OK(imgtool_image_to_arrow_like_pillow(image, &schema, &array));
  CHECK(array.children[0]->buffers[1] == bytes);
  imgtool_image_free(image);
  array.release(&array);
  schema.release(&schema);
  CHECK(releases == 1);
  image = on(bytes, sizeof bytes, "I;16B", 2, 2, &releases);
  NO(imgtool_image_to_arrow_like_pillow(image, &schema, &array), "I;16B");
  imgtool_image_free(image);

  // All values in a row, and words of four bytes.
  image = on(bytes, sizeof bytes, "L", 4, 1, &releases);
  OK(imgtool_image_to_arrow(image, &schema, &array));
  REFUSED(imgtool_image_from_arrow(&schema, &array, "RGB", 4, 1, &back), "values a pixel");
  OK(imgtool_image_from_arrow(&schema, &array, "LA", 1, 1, &back));
  double samples[4];
  OK(imgtool_image_getpixel(back, 0, 0, samples, 4));
  CHECK(samples[0] == 1 && samples[1] == 4);
  imgtool_image_free(back);
  imgtool_image_free(image);
  schema.release(&schema);
  image = on(bytes, sizeof bytes, "I", 2, 2, &releases);
  OK(imgtool_image_to_arrow(image, &schema, &array));
  REFUSED(imgtool_image_from_arrow(&schema, &array, "RGB", 2, 2, &back), "values a pixel");
  *(char *)schema.format = 'I';
  OK(imgtool_image_from_arrow(&schema, &array, "RGB", 2, 2, &back));
  OK(imgtool_image_getpixel(back, 0, 0, samples, 4));
  CHECK(samples[0] == 1 && samples[1] == 2 && samples[2] == 3);
  imgtool_image_free(back);
  imgtool_image_free(image);
  schema.release(&schema);
}

static void dlpack(void) {
  float numbers[6] = {0, 1, 2, 3, 4, 5};
  atomic_int releases = 0;
  imgtool_image *image = on(numbers, sizeof numbers, "F", 3, 2, &releases), *view = NULL;
  imgtool_image *back = NULL;
  OK(imgtool_image_reorient(image, "180", &view));
  imgtool_image_free(image);
  DLManagedTensorVersioned *tensor = NULL;
  OK(imgtool_image_to_dlpack(view, &tensor));
  CHECK(tensor->version.major == 1 && tensor->flags == 0);
  CHECK(tensor->dl_tensor.data == &numbers[5] && tensor->dl_tensor.ndim == 2);
  CHECK(tensor->dl_tensor.shape[0] == 2 && tensor->dl_tensor.shape[1] == 3);
  CHECK(tensor->dl_tensor.strides[0] == -3 && tensor->dl_tensor.strides[1] == -1);
  CHECK(tensor->dl_tensor.dtype.code == 2 && tensor->dl_tensor.dtype.bits == 32);
  REFUSED(imgtool_image_from_dlpack(tensor, "RGB", &back), "axes");
  tensor->dl_tensor.byte_offset = UINT64_MAX;
  REFUSED(imgtool_image_from_dlpack(tensor, "F", &back), "offset");
  tensor->dl_tensor.byte_offset = 0;
  OK(imgtool_image_from_dlpack(tensor, "F", &back));
  imgtool_image_free(view);
  CHECK(pixel(back, 0, 0) == 5 && pixel(back, 2, 1) == 0);
  double value = 0.5;
  OK(imgtool_image_putpixel(back, 2, 1, &value, 1));
  CHECK(numbers[0] == 0.5f && releases == 0);
  imgtool_image_free(back);
  CHECK(releases == 1);

  image = on(numbers, sizeof numbers, "F", 3, 2, &releases);
  DLManagedTensor *old = NULL;
  OK(imgtool_image_to_dlpack_unversioned(image, &old));
  imgtool_image_free(image);
  OK(imgtool_image_from_dlpack_unversioned(old, "F", &back));
  CHECK(pixel(back, 2, 1) == 5);
  imgtool_image_free(back);
  CHECK(releases == 2);

  imgtool_layout layout = layout_of("I;16B", 1, 1);
  OK(imgtool_image_from_memory(numbers, 2, &layout, IMGTOOL_READ_ONLY, NULL, NULL, &image));
  NO(imgtool_image_to_dlpack(image, &tensor), "big-endian");
  imgtool_image_free(image);
  layout = layout_of("L", 1, 1);
  OK(imgtool_image_from_memory(numbers, 2, &layout, IMGTOOL_READ_ONLY, NULL, NULL, &image));
  NO(imgtool_image_to_dlpack_unversioned(image, &old), "read-only");
  OK(imgtool_image_to_dlpack(image, &tensor));
  CHECK(tensor->flags == 1);
  tensor->deleter(tensor);
  imgtool_image_free(image);
}

// What a tensor of others may be, one change at a time.
static void tensors(void) {
  float numbers[6] = {0, 1, 2, 3, 4, 5};
  int64_t shape[3] = {2, 3, 1}, strides[3] = {3, 1, 0};
  DLManagedTensorVersioned tensor = {.version = {1, 0}};
  tensor.dl_tensor = (DLTensor){
      .data = numbers, .device = {1, 0}, .ndim = 2, .dtype = {2, 32, 1}, .shape = shape,
      .strides = strides};
  imgtool_image *image = NULL;
#define TAKE(mode) imgtool_image_from_dlpack(&tensor, mode, &image)
  tensor.version.major = 2;
  REFUSED(TAKE("F"), "DLPack 2");
  tensor.version.major = 1;
  tensor.dl_tensor.device.device_type = 2;
  REFUSED(TAKE("F"), "device 2");
  tensor.dl_tensor.device.device_type = 1;
  tensor.dl_tensor.dtype.lanes = 2;
  REFUSED(TAKE("F"), "no mode has numbers of the tensor's type");
  tensor.dl_tensor.dtype.lanes = 1;
  tensor.dl_tensor.dtype.bits = 64;
  REFUSED(TAKE("L"), "mode L has no float samples of 8 bytes");
  tensor.dl_tensor.dtype.bits = 32;
  shape[0] = 0;
  REFUSED(TAKE("F"), "shape is [0, 3]");
  shape[0] = 2;
  strides[0] = (int64_t)1 << 50;
  REFUSED(TAKE("F"), "strides");
  // Each stride and size is fine, what they reach together is not.
  strides[0] = (int64_t)1 << 49;
  shape[0] = ((int64_t)1 << 39);
  REFUSED(TAKE("F"), "64 bits");
  shape[0] = 65;
  REFUSED(TAKE("F"), "64 bits");
  shape[0] = 2;
  strides[0] = 3;
  CHECK(image == NULL);
  // Nobody has to be told of the end, and rows may be packed without a word.
  tensor.dl_tensor.strides = NULL;
  OK(TAKE("F"));
  CHECK(pixel(image, 2, 1) == 5);
  imgtool_image *view = NULL;
  DLManagedTensorVersioned *made = NULL;
  OK(imgtool_image_to_dlpack(image, &made));
  made->deleter(NULL);
  made->deleter(made);
  DLManagedTensor *old = NULL;
  OK(imgtool_image_to_dlpack_unversioned(image, &old));
  old->deleter(NULL);
  old->deleter(old);
  imgtool_image_free(image);

  // Numbers at distances that are no whole numbers of them.
  imgtool_layout layout = layout_of("F", 2, 2);
  layout.is_strided = 1;
  layout.pixel_stride = 4;
  layout.stride = 9;
  OK(imgtool_image_from_memory(
      numbers, sizeof numbers, &layout, IMGTOOL_READ_WRITE, NULL, NULL, &view));
  NO(imgtool_image_to_dlpack(view, &made), "strides in whole numbers");
  imgtool_image_free(view);

  // Booleans: a byte a pixel, zero or not.
  unsigned char flags[4] = {0, 1, 1, 0};
  shape[1] = 2;
  tensor.dl_tensor.data = flags;
  tensor.dl_tensor.dtype = (DLDataType){6, 8, 1};
  OK(TAKE("1"));
  CHECK(pixel(image, 0, 0) == 0 && pixel(image, 1, 0) == 255);
  OK(imgtool_image_to_dlpack(image, &made));
  CHECK(made->dl_tensor.dtype.code == 6 && made->dl_tensor.data == flags);
  made->deleter(made);
  imgtool_image_free(image);
}

void test_interchange(void) {
  arrow();
  arrow_like_pillow();
  tensors();
  dlpack();
}
