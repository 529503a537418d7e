// Memory that libpng and the table of mappings cannot have is an error of the call, each time.
//
// The program's malloc and calloc stand before the C library's. What the language's runtime asks
// for is left alone: it ends the process when it gets nothing.
#include "check.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <unistd.h>

atomic_int failures;

static __thread int left;      // requests that succeed before one fails; 0: all do
static __thread bool is_hit;

static bool fails(const void *caller, const char *library) {
  Dl_info found;
  if (left == 0 || !dladdr(caller, &found) || !strstr(found.dli_fname, library)) return false;
  is_hit = --left == 0;
  return is_hit;
}

void *malloc(size_t count) {
  static void *(*next)(size_t);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "malloc");
  return fails(__builtin_return_address(0), "libpng") ? NULL : next(count);
}

void *calloc(size_t count, size_t size) {
  // dlsym itself may ask.
  static char early[1024];
  static void *(*next)(size_t, size_t);
  static bool is_looking;
  if (is_looking) return early;
  is_looking = next == NULL;
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "calloc");
  is_looking = false;
  return fails(__builtin_return_address(0), "libimgtool") ? NULL : next(count, size);
}

static int tries;

// Has the `number`th request fail. Returns whether there was one.
#define FAILING(number, call)                                             \
  (left = (number), is_hit = false, status = (call), left = 0, is_hit)

static void each_request(const char *directory, const char *mode) {
  char path[512], other[512];
  snprintf(path, sizeof path, "%s/good.png", directory);
  snprintf(other, sizeof other, "%s/other.png", directory);
  imgtool_image *image = NULL, *opened = NULL;
  imgtool_save_options options = {.struct_size = sizeof options, .threads = 1};
  int status;
  OK(imgtool_image_new(mode, 9, 9, &image));
  OK(imgtool_image_save(image, path, &options, NULL));
  int number = 1;
  for (; FAILING(number, imgtool_image_open(path, IMGTOOL_READ_ONLY, 0, &opened)); number++) {
    tries++;
    REFUSED(status, "memory");
    CHECK(opened == NULL);
  }
  OK(status);
  CHECK(number > 3);
  OK(imgtool_image_compare(image, opened, 0, 1, NULL));
  imgtool_image_free(opened);
  for (number = 1; FAILING(number, imgtool_image_save(image, other, &options, NULL)); number++) {
    tries++;
    REFUSED(status, "memory");
    CHECK(access(other, F_OK) != 0);
  }
  OK(status);
  CHECK(number > 3 && access(other, F_OK) == 0);
  remove(other);
  imgtool_image_free(image);
}

static void many_mappings(const char *directory) {
  enum { COUNT = 130 };
  char path[512];
  snprintf(path, sizeof path, "%s/raw.bin", directory);
  FILE *file = fopen(path, "wb");
  CHECK(file && fputc(7, file) == 7 && fclose(file) == 0);
  imgtool_layout layout = layout_of("L", 1, 1);
  imgtool_image *images[COUNT] = {NULL};
  int refusals = 0, status;
  for (int index = 0; index < COUNT; index++) {
    if (FAILING(1, imgtool_image_map(path, &layout, IMGTOOL_READ_ONLY, &images[index]))) {
      REFUSED(status, "out of memory");
      CHECK(images[index] == NULL);
      // What is mapped is as it was, and with memory there is one more.
      CHECK(pixel(images[0], 0, 0) == 7);
      status = imgtool_image_map(path, &layout, IMGTOOL_READ_ONLY, &images[index]);
      refusals++;
    }
    OK(status);
  }
  // The table has room for 64 at the start and grows by as many.
  CHECK(refusals == 2);
  for (int index = 0; index < COUNT; index++) {
    CHECK(pixel(images[index], 0, 0) == 7);
    imgtool_image_free(images[index]);
  }
}

int main(int count, char **arguments) {
  if (count != 2) return 3;
  each_request(arguments[1], "RGB");
  each_request(arguments[1], "P");
  many_mappings(arguments[1]);
  printf("%d requests failed\n", tries);
  return failures > 0;
}
