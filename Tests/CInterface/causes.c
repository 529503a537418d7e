// What refused: each cause and each error of the system, as imgtool_last_cause and
// imgtool_last_errno have them.
#include "check.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#define REFUSED_BY(call, cause, code)                                                      \
  do {                                                                                     \
    CHECK((call) == IMGTOOL_REFUSED);                                                      \
    if (imgtool_last_cause() != (cause) || imgtool_last_errno() != (code)) {               \
      printf("%s:%d: %s: cause %d, errno %d (%s)\n", __FILE__, __LINE__, #call,            \
             imgtool_last_cause(), imgtool_last_errno(), imgtool_last_error());            \
      atomic_fetch_add(&failures, 1);                                                      \
    }                                                                                      \
  } while (0)

static char path[512];

static const char *file(const char *directory, const char *name, const char *text) {
  snprintf(path, sizeof path, "%s/%s", directory, name);
  if (text) {
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(text, 1, strlen(text), file) == strlen(text) && fclose(file) == 0);
  }
  return path;
}

static int refuse(void *context, const void *bytes, size_t count) {
  (void)context, (void)bytes, (void)count;
  return 1;
}

static void *cause_of_another_thread(void *unused) {
  (void)unused;
  CHECK(imgtool_last_cause() == IMGTOOL_CAUSE_VALUE && imgtool_last_errno() == 0);
  return NULL;
}

static void opening(const char *in) {
  imgtool_image *image = NULL;
  imgtool_layout layout = layout_of("L", 2, 2);
  const struct {
    const char *name, *text;
    int cause, code;
  } maps[] = {
      {"causes-none", NULL, IMGTOOL_CAUSE_SYSTEM, ENOENT},
      {"causes-file/below", NULL, IMGTOOL_CAUSE_SYSTEM, ENOTDIR},
      {".", NULL, IMGTOOL_CAUSE_SYSTEM, EISDIR},
      {"causes-empty", "", IMGTOOL_CAUSE_CONTENTS, 0},
      {"causes-short", "abc", IMGTOOL_CAUSE_VALUE, 0},
  };
  file(in, "causes-file", "x");
  for (size_t at = 0; at < sizeof maps / sizeof *maps; at++)
    REFUSED_BY(
        imgtool_image_map(file(in, maps[at].name, maps[at].text), &layout, 0, &image),
        maps[at].cause, maps[at].code);

  // What is wrong with a file that describes itself is wrong with its contents.
  const char *damaged[] = {
      "P5 2 2 255\nabc", "P5 x 2 255\nabcd", "P5 0 2 255\nabcd", "qoif", "GIF89a\1\0\1", "text",
      "P5 99999999999999999999 1 255\n", "\x89PNG\r\n\x1A\n", ""};
  for (size_t at = 0; at < sizeof damaged / sizeof *damaged; at++)
    REFUSED_BY(
        imgtool_image_open(file(in, "causes-damaged", damaged[at]), 0, 0, &image),
        IMGTOOL_CAUSE_CONTENTS, 0);
  REFUSED_BY(
      imgtool_image_open(file(in, "causes.pgm", "P5 1 1 255\na"), 0, 1, &image),
      IMGTOOL_CAUSE_OUTSIDE, 0);
  REFUSED_BY(imgtool_image_open(path, 3, 0, &image), IMGTOOL_CAUSE_VALUE, 0);
  REFUSED_BY(imgtool_image_open(NULL, 0, 0, &image), IMGTOOL_CAUSE_VALUE, 0);

  struct rlimit before, limit;
  getrlimit(RLIMIT_NOFILE, &before);
  limit = (struct rlimit){3, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &limit);
  REFUSED_BY(imgtool_image_open(path, 0, 0, &image), IMGTOOL_CAUSE_SYSTEM, EMFILE);
  setrlimit(RLIMIT_NOFILE, &before);

  OK(imgtool_image_map(file(in, "causes-cut", "abcd"), &layout, 0, &image));
  CHECK(truncate(path, 0) == 0);
  double sample = 0;
  REFUSED_BY(imgtool_image_getpixel(image, 0, 0, &sample, 1), IMGTOOL_CAUSE_CONTENTS, 0);
  REFUSED_BY(imgtool_image_putpixel(image, 0, 0, &sample, 1), IMGTOOL_CAUSE_READ_ONLY, 0);
  imgtool_image_free(image);
}

static void pixels(void) {
  imgtool_image *image = NULL, *view = NULL;
  REFUSED_BY(
      imgtool_image_new("L", (int64_t)1 << 24, (int64_t)1 << 24, &image), IMGTOOL_CAUSE_MEMORY,
      ENOMEM);
  OK(imgtool_image_new("L", 2, 2, &image));
  double sample = 256;
  REFUSED_BY(imgtool_image_putpixel(image, 0, 0, &sample, 1), IMGTOOL_CAUSE_VALUE, 0);
  sample = 0;
  REFUSED_BY(imgtool_image_putpixel(image, 2, 0, &sample, 1), IMGTOOL_CAUSE_OUTSIDE, 0);
  REFUSED_BY(imgtool_image_getpixel(image, 0, -1, &sample, 1), IMGTOOL_CAUSE_OUTSIDE, 0);
  REFUSED_BY(imgtool_image_crop(image, 1, 1, 2, 2, &view), IMGTOOL_CAUSE_OUTSIDE, 0);
  REFUSED_BY(imgtool_image_band(image, 1, &view), IMGTOOL_CAUSE_OUTSIDE, 0);
  REFUSED_BY(imgtool_image_swap(image, 0, -1, 1), IMGTOOL_CAUSE_OUTSIDE, 0);
  REFUSED_BY(imgtool_image_fill(image, 0, 0, 3, 1, &sample, 1, 1), IMGTOOL_CAUSE_OUTSIDE, 0);
  REFUSED_BY(imgtool_image_paste(image, image, 1, 1, 1), IMGTOOL_CAUSE_OUTSIDE, 0);
  unsigned char rows[4];
  REFUSED_BY(
      imgtool_image_read_rows(image, 1, 2, NULL, rows, sizeof rows, 1), IMGTOOL_CAUSE_OUTSIDE, 0);
  REFUSED_BY(
      imgtool_image_read_rows(image, 0, 2, NULL, rows, 3, 1), IMGTOOL_CAUSE_VALUE, 0);
  OK(imgtool_image_convert(image, "RGB", &view));
  REFUSED_BY(imgtool_image_invert(view, 1), IMGTOOL_CAUSE_READ_ONLY, 0);
  imgtool_image_free(view);
  imgtool_image_free(image);
}

static void saving(const char *in) {
  imgtool_image *image = NULL, *opened = NULL;
  OK(imgtool_image_new("CMYK", 20, 20, &image));
  imgtool_save_options options = {.struct_size = sizeof options, .format = "raw"};
#define SAVE(to) imgtool_image_save(image, to, &options, NULL)
  REFUSED_BY(SAVE("/dev/full"), IMGTOOL_CAUSE_SYSTEM, ENOSPC);
  REFUSED_BY(SAVE(file(in, "causes-none/x", NULL)), IMGTOOL_CAUSE_SYSTEM, ENOENT);
  REFUSED_BY(SAVE(in), IMGTOOL_CAUSE_SYSTEM, EISDIR);
  REFUSED_BY(
      imgtool_image_save_to(image, refuse, NULL, &options, NULL), IMGTOOL_CAUSE_INTERRUPTED, 0);
  options.format = "png";
  REFUSED_BY(SAVE(file(in, "causes.png", NULL)), IMGTOOL_CAUSE_VALUE, 0);
  imgtool_layout layout = layout_of("L", 1, 1);
  OK(imgtool_image_map(file(in, "causes-mapped", "ab"), &layout, 0, &opened));
  options.format = "raw";
  REFUSED_BY(SAVE(path), IMGTOOL_CAUSE_VALUE, 0);

  // The answer "no" keeps the cause of what was refused before it.
  REFUSED_BY(SAVE("/dev/full"), IMGTOOL_CAUSE_SYSTEM, ENOSPC);
  NO(imgtool_image_compare(image, opened, 0, 1, NULL), "sizes");
  CHECK(imgtool_last_cause() == IMGTOOL_CAUSE_SYSTEM && imgtool_last_errno() == ENOSPC);
  pthread_t thread;
  pthread_create(&thread, NULL, cause_of_another_thread, NULL);
  pthread_join(thread, NULL);
  imgtool_image_free(opened);
  imgtool_image_free(image);
}

void test_causes(const char *directory) {
  opening(directory);
  pixels();
  saving(directory);
}
