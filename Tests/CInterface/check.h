// What the tests of the C interface share: checks that say what they saw, and small pictures.
#ifndef CHECK_H
#define CHECK_H

#include <imgtool.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern atomic_int failures;

#define CHECK(condition)                                                              \
  do {                                                                                \
    if (!(condition)) {                                                               \
      printf("%s:%d: not so: %s (%s)\n", __FILE__, __LINE__, #condition, imgtool_last_error()); \
      atomic_fetch_add(&failures, 1);                                                 \
    }                                                                                 \
  } while (0)
#define OK(call) CHECK((call) == IMGTOOL_OK)
#define NO(call, words) CHECK((call) == IMGTOOL_NO && strstr(imgtool_last_error(), words))
#define REFUSED(call, words) CHECK((call) == IMGTOOL_REFUSED && strstr(imgtool_last_error(), words))

// How often the release callback of some memory was called.
static inline void count_release(void *context) { atomic_fetch_add((atomic_int *)context, 1); }

static inline imgtool_layout layout_of(const char *mode, int64_t width, int64_t height) {
  return (imgtool_layout){
      .struct_size = sizeof(imgtool_layout), .mode = mode, .width = width, .height = height};
}

// An image on some bytes, read-write.
static inline imgtool_image *on(
    void *bytes, size_t count, const char *mode, int64_t width, int64_t height,
    atomic_int *releases) {
  imgtool_layout layout = layout_of(mode, width, height);
  imgtool_image *image = NULL;
  OK(imgtool_image_from_memory(
      bytes, count, &layout, IMGTOOL_READ_WRITE, count_release, releases, &image));
  return image;
}

static inline double pixel(const imgtool_image *image, int64_t x, int64_t y) {
  double samples[4] = {-1, -1, -1, -1};
  OK(imgtool_image_getpixel(image, x, y, samples, 4));
  return samples[0];
}

void test_names(void);
void test_modes(void);
void test_memory(void);
void test_files(const char *directory);
void test_views(void);
void test_edits(void);
void test_rows(void);
void test_questions(void);
void test_palettes(void);
void test_saving(const char *directory);
void test_interchange(void);
void test_threads(const char *directory);
void test_refusals(void);
void test_words(const char *directory);
void test_causes(const char *directory);
void test_ranges(const char *directory);

#endif
