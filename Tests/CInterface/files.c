// Files: mapping, opening, saving; and threads that do so at once.
#include "check.h"

static char *in(const char *directory, const char *name) {
  static _Thread_local char paths[4][512];
  static _Thread_local int next;
  char *path = paths[next++ % 4];
  snprintf(path, sizeof paths[0], "%s/%s", directory, name);
  return path;
}

static void put_file(const char *path, const void *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  CHECK(file && fwrite(bytes, 1, count, file) == count && fclose(file) == 0);
}

static int byte_of(const char *path, long offset) {
  FILE *file = fopen(path, "rb");
  if (!file) return -1;
  fseek(file, offset, SEEK_SET);
  int byte = fgetc(file);
  fclose(file);
  return byte;
}

// To the system a name is bytes: none is mended, and an error shows those that are no text.
static void names(const char *directory) {
  imgtool_layout layout = layout_of("L", 2, 2);
  const struct {
    const char *name, *shown;
  } all[] = {
      {"\377.bmp", "/\\xff.bmp"},
      {"a\303.bmp", "/a\\xc3.bmp"},
      {"\303\251\200.bmp", "/\303\251\\x80.bmp"},
      {"\364\217\272\200.bmp", "/\\xf4\\x8f\\xba\\x80.bmp"},
      {"\360\237\226\274 \n.bmp", "/\360\237\226\274 \\n.bmp"},
  };
  for (size_t at = 0; at < sizeof all / sizeof *all; at++) {
    imgtool_image *image = NULL, *opened = NULL;
    char *path = in(directory, all[at].name);
    REFUSED(imgtool_image_open(path, 0, 0, &image), all[at].shown);
    REFUSED(imgtool_image_map(path, &layout, 0, &image), all[at].shown);
    OK(imgtool_image_new("L", 2, 2, &image));
    OK(imgtool_image_save(image, path, NULL, NULL));
    CHECK(byte_of(path, 0) == 'B');
    OK(imgtool_image_open(path, 0, 0, &opened));
    REFUSED(imgtool_image_save(image, path, NULL, NULL), all[at].shown);
    imgtool_image_free(opened);
    OK(imgtool_image_map(path, &layout, 0, &opened));
    CHECK(pixel(opened, 0, 0) == 'B');
    imgtool_image_free(opened);
    CHECK(remove(path) == 0);
    imgtool_image_free(image);
  }
}

static int see_density(void *context, const char *key, int kind, const void *value, size_t byte_count) {
  const double *numbers = value;
  double *found = context;
  if (strcmp(key, "dpi") == 0 && kind == IMGTOOL_NUMBERS && byte_count == 2 * sizeof *numbers) {
    found[0] = numbers[0], found[1] = numbers[1];
    return 1;
  }
  return 0;
}

// A bitmap of one pixel that says how dense it is: 2835 and 5669 pixels a meter.
static void metadata(const char *directory) {
  unsigned char file[58] = {'B', 'M', 58, 0, 0, 0, 0, 0, 0, 0, 54};
  file[14] = 40, file[18] = 1, file[22] = 1, file[26] = 1, file[28] = 24, file[34] = 4;
  file[38] = 2835 & 255, file[39] = 2835 >> 8, file[42] = 5669 & 255, file[43] = 5669 >> 8;
  put_file(in(directory, "dense.bmp"), file, sizeof file);
  imgtool_image *image = NULL, *turned = NULL;
  OK(imgtool_image_open(in(directory, "dense.bmp"), IMGTOOL_READ_ONLY, 0, &image));
  double found[2] = {0};
  imgtool_image_metadata(image, see_density, found);
  CHECK(fabs(found[0] - 72) < 0.1 && fabs(found[1] - 144) < 0.1);
  OK(imgtool_image_reorient(image, "90", &turned));
  imgtool_image_metadata(turned, see_density, found);
  CHECK(fabs(found[0] - 144) < 0.1 && fabs(found[1] - 72) < 0.1);
  imgtool_image_free(turned);
  imgtool_image_free(image);
}

void test_files(const char *directory) {
  metadata(directory);
  char *raw = in(directory, "raw.bin");
  put_file(raw, "\1\2\3\4", 4);
  imgtool_layout layout = layout_of("L", 2, 2);
  imgtool_image *image = NULL;
  imgtool_sharing sharing;
  double value = 77;

  OK(imgtool_image_map(raw, &layout, IMGTOOL_COPY_ON_WRITE, &image));
  OK(imgtool_image_sharing(image, &sharing));
  OK(imgtool_image_putpixel(image, 0, 0, &value, 1));
  CHECK(pixel(image, 0, 0) == 77 && byte_of(raw, 0) == 1);
  NO(imgtool_image_sharing(image, &sharing), "own");
  CHECK(sharing.detached_pages == 1 && sharing.page_byte_count >= 4096);
  imgtool_image_free(image);

  OK(imgtool_image_map(raw, &layout, IMGTOOL_READ_WRITE, &image));
  OK(imgtool_image_putpixel(image, 0, 0, &value, 1));
  OK(imgtool_image_flush(image));
  CHECK(byte_of(raw, 0) == 77);
  put_file(in(directory, "other.bin"), "", 0);
  imgtool_image_free(image);

  OK(imgtool_image_map(raw, &layout, IMGTOOL_READ_ONLY, &image));
  imgtool_info info;
  OK(imgtool_image_info(image, &info));
  CHECK(info.read_only == IMGTOOL_BYTES_READ_ONLY);
  REFUSED(imgtool_image_putpixel(image, 0, 0, &value, 1), "read-only");
  // A file that is cut while it is mapped is an error, and no signal.
  FILE *file = fopen(raw, "wb");
  fclose(file);
  double samples[1];
  REFUSED(imgtool_image_getpixel(image, 0, 0, samples, 1), "cut");
  imgtool_image_free(image);
  REFUSED(imgtool_image_map(raw, &layout, IMGTOOL_READ_ONLY, &image), "empty");
  REFUSED(imgtool_image_map(in(directory, "none"), &layout, 0, &image), "none");
  REFUSED(imgtool_image_open(in(directory, "none.png"), 0, 0, &image), "none.png");
  REFUSED(imgtool_image_open_tensor(in(directory, "none.npz"), 0, "a", &image), "none.npz");
  names(directory);
}

static int append(void *context, const void *bytes, size_t count) {
  return fwrite(bytes, 1, count, context) != count;
}

static int refuse(void *context, const void *bytes, size_t count) {
  (void)bytes;
  *(size_t *)context += count;
  return 1;
}

void test_saving(const char *directory) {
  unsigned char bytes[16 * 16];
  for (int index = 0; index < 256; index++) bytes[index] = (unsigned char)index;
  atomic_int releases = 0;
  imgtool_image *image = on(bytes, sizeof bytes, "L", 16, 16, &releases), *opened = NULL;
  imgtool_save_options options = {.struct_size = sizeof options, .has_level = 1, .level = 9};
  options.threads = 2;
  imgtool_saved saved;
  imgtool_sharing sharing;

  OK(imgtool_image_save(image, in(directory, "a.png"), &options, &saved));
  CHECK(saved.byte_count > 60 && !saved.was_flushed && !saved.is_lossy);
  OK(imgtool_image_open(in(directory, "a.png"), IMGTOOL_READ_ONLY, 0, &opened));
  const char *format = NULL;
  OK(imgtool_image_file_format(opened, &format));
  CHECK(strcmp(format, "png") == 0);
  NO(imgtool_image_file_format(image, &format), "format");
  OK(imgtool_image_compare(image, opened, 0, 1, NULL));
  NO(imgtool_image_sharing(opened, &sharing), "copy");
  imgtool_image_free(opened);
  REFUSED(imgtool_image_open(in(directory, "a.png"), IMGTOOL_READ_WRITE, 0, &opened), "edits");
  // The tie is kept.
  bytes[0] = 200;
  CHECK(pixel(image, 0, 0) == 200);
  OK(imgtool_image_sharing(image, &sharing));

  OK(imgtool_image_save(image, in(directory, "a.bmp"), NULL, NULL));
  OK(imgtool_image_open(in(directory, "a.bmp"), IMGTOOL_READ_WRITE, 0, &opened));
  CHECK(pixel(opened, 0, 0) == 200);
  double value = 5;
  OK(imgtool_image_putpixel(opened, 0, 0, &value, 1));
  OK(imgtool_image_save(opened, in(directory, "a.bmp"), NULL, &saved));
  CHECK(saved.was_flushed);
  REFUSED(imgtool_image_save(image, in(directory, "a.bmp"), NULL, NULL), "open image");
  options.replaces_mapped = 1;
  options.is_durable = 1;
  OK(imgtool_image_save(opened, in(directory, "a.bmp"), &options, &saved));
  imgtool_image_free(opened);

  FILE *file = fopen(in(directory, "b.png"), "wb");
  options.format = "png";
  OK(imgtool_image_save_to(image, append, file, &options, &saved));
  fclose(file);
  OK(imgtool_image_open(in(directory, "b.png"), IMGTOOL_READ_ONLY, 0, &opened));
  OK(imgtool_image_compare(image, opened, 0, 1, NULL));
  imgtool_image_free(opened);
  size_t taken = 0;
  REFUSED(imgtool_image_save_to(image, refuse, &taken, &options, NULL), "not take");
  CHECK(taken > 0);
  options.format = NULL;
  REFUSED(imgtool_image_save_to(image, append, NULL, &options, NULL), "format");
  options.format = "ppm";
  REFUSED(imgtool_image_save_to(image, append, NULL, &options, NULL), "cannot hold");
  options.format = "raw";
  options.rawmode = "L;I";
  OK(imgtool_image_save(image, in(directory, "inverted.bin"), &options, NULL));
  CHECK(byte_of(in(directory, "inverted.bin"), 0) == 255 - 200);
  options.rawmode = "L;4";
  OK(imgtool_image_save(image, in(directory, "four.bin"), &options, &saved));
  CHECK(saved.is_lossy && strstr(imgtool_last_note(), "precision"));
  options.level = 10;
  REFUSED(imgtool_image_save(image, in(directory, "x.png"), &options, NULL), "level");
  REFUSED(imgtool_image_save(image, in(directory, "x.gif"), NULL, NULL), "suffix");
  REFUSED(imgtool_image_save(image, in(directory, "no/x.png"), NULL, NULL), "no such directory");
  imgtool_image_free(image);
  CHECK(releases == 1);
}

enum { SIDE = 64, ROUNDS = 20, THREADS = 3 };

typedef struct {
  imgtool_image *image;
  const char *directory;
  int number;
} job;

static void *save_often(void *context) {
  job *job = context;
  char name[32];
  snprintf(name, sizeof name, "thread%d.png", job->number);
  for (int round = 0; round < ROUNDS; round++) {
    OK(imgtool_image_save(job->image, in(job->directory, name), NULL, NULL));
    imgtool_image *opened = NULL;
    OK(imgtool_image_open(in(job->directory, name), IMGTOOL_READ_ONLY, 0, &opened));
    // The writer only ever stores these two.
    double value = pixel(opened, round % SIDE, round % SIDE);
    CHECK(value == 10 || value == 20);
    imgtool_image_free(opened);
    REFUSED(imgtool_image_save(job->image, "x.gif", NULL, NULL), "suffix");
  }
  CHECK(strstr(imgtool_last_error(), "suffix"));
  return NULL;
}

static void *free_it(void *image) {
  imgtool_image_free(image);
  return NULL;
}

void test_threads(const char *directory) {
  unsigned char *bytes = malloc(SIDE * SIDE);
  memset(bytes, 10, SIDE * SIDE);
  atomic_int releases = 0;
  imgtool_image *image = on(bytes, SIDE * SIDE, "L", SIDE, SIDE, &releases);
  pthread_t threads[THREADS];
  job jobs[THREADS];
  for (int index = 0; index < THREADS; index++) {
    jobs[index] = (job){image, directory, index};
    pthread_create(&threads[index], NULL, save_often, &jobs[index]);
  }
  REFUSED(imgtool_image_flip(image, "d", 1), "axis");
  for (int round = 0; round < ROUNDS; round++) {
    double value = round % 2 ? 10 : 20;
    OK(imgtool_image_fill(image, 0, 0, SIDE, SIDE, &value, 1, 1));
  }
  for (int index = 0; index < THREADS; index++) pthread_join(threads[index], NULL);
  // The other threads have texts of their own.
  CHECK(strstr(imgtool_last_error(), "axis"));
  CHECK(releases == 0);
  pthread_create(&threads[0], NULL, free_it, image);
  pthread_join(threads[0], NULL);
  CHECK(releases == 1);
  free(bytes);
}
