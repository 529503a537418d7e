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
  schema.release(&schema);
  bytes[12] = 99;
  CHECK(pixel(back, 1, 1) == 99);
  imgtool_info info;
  OK(imgtool_image_info(back, &info));
  CHECK(info.read_only == IMGTOOL_BYTES_READ_ONLY && releases == 0);
  imgtool_image_free(back);
  CHECK(releases == 1);

  // Rows with gaps are no Arrow array; a column of pixels and one pixel are.
  imgtool_image *view = NULL;
  image = on(bytes, sizeof bytes, "L", 4, 4, &releases);
  OK(imgtool_image_crop(image, 0, 0, 2, 2, &view));
  NO(imgtool_image_to_arrow(view, &schema, &array), "gaps");
  imgtool_image_free(view);
  OK(imgtool_image_to_arrow(image, &schema, &array));
  CHECK(strcmp(schema.format, "C") == 0 && array.buffers[1] == bytes && array.n_buffers == 2);
  array.release(&array);
  schema.release(&schema);
  imgtool_image_free(image);
  CHECK(releases == 2);
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

void test_interchange(void) {
  arrow();
  dlpack();
}
