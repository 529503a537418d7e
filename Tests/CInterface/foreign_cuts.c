// A host that lends the library memory which maps a file, and cuts the file.
#include "check.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

atomic_int failures;

enum { PAGE = 4096, SIDE = 512, BYTES = SIDE * SIDE, WHOLE = 10 * PAGE };

static const char *path;
static unsigned char *bytes, rows[BYTES];
static imgtool_image *image;

static int take(void *context, const void *part, size_t byte_count) {
  (void)context;
  return part == NULL || byte_count == 0;
}

static int save_to(const char *format) {
  imgtool_save_options options = {.struct_size = sizeof options, .format = format};
  return imgtool_image_save_to(image, take, NULL, &options, NULL);
}

static int get(void) {
  double sample;
  return imgtool_image_getpixel(image, 0, SIDE - 1, &sample, 1);
}
static int put(void) {
  double sample = 1;
  return imgtool_image_putpixel(image, 0, SIDE - 1, &sample, 1);
}
static int read_all(void) {
  return imgtool_image_read_rows(image, 0, SIDE, NULL, rows, BYTES, 0);
}
static int write_all(void) {
  return imgtool_image_write_rows(image, 0, SIDE, NULL, rows, BYTES, 0);
}
static int read_part(void) {
  imgtool_image *part = NULL;
  OK(imgtool_image_crop(image, 3, 0, 7, SIDE, &part));
  int status = imgtool_image_read_rows(part, 0, SIDE, NULL, rows, BYTES, 0);
  imgtool_image_free(part);
  return status;
}
static int save_png(void) { return save_to("png"); }
static int save_raw(void) { return save_to("raw"); }
static int hash(void) {
  char text[65];
  return imgtool_image_hash(image, 0, text);
}
static int copy(void) {
  imgtool_image *result = NULL;
  int status = imgtool_image_copy(image, 0, &result);
  imgtool_image_free(result);
  return status;
}
static int invert(void) { return imgtool_image_invert(image, 0); }

static const struct {
  const char *name;
  int (*call)(void);
} calls[] = {
    {"getpixel", get},     {"putpixel", put},   {"read rows", read_all}, {"write rows", write_all},
    {"a crop", read_part}, {"save png", save_png}, {"save raw", save_raw}, {"hash", hash},
    {"copy", copy},        {"invert", invert},
};

static void set_size(off_t size) { CHECK(truncate(path, size) == 0); }

// MARK: Own faults of the host

static sigjmp_buf back;
static void on_bus_error(int number) {
  (void)number;
  siglongjmp(back, 1);
}

static bool host_faults_at(size_t offset) {
  volatile bool faulted = true;
  if (sigsetjmp(back, 1) == 0) {
    (void)((volatile unsigned char *)bytes)[offset];
    faulted = false;
  }
  return faulted;
}

int main(int count, char **arguments) {
  CHECK(count == 2);
  path = arguments[1];
  signal(SIGBUS, on_bus_error);
  int flags[] = {MAP_SHARED, MAP_PRIVATE};
  for (size_t kind = 0; kind < 2; kind++) {
    int file = open(path, O_RDWR | O_CREAT, 0600);
    set_size(BYTES);
    bytes = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, flags[kind], file, 0);
    CHECK(bytes != MAP_FAILED);
    atomic_int releases = 0;
    image = on(bytes, BYTES, "L", SIDE, SIDE, &releases);
    for (size_t index = 0; index < sizeof calls / sizeof *calls; index++) {
      OK(calls[index].call());
      set_size(WHOLE);
      int before = failures;
      REFUSED(calls[index].call(), "was cut");
      REFUSED(calls[index].call(), "was cut");
      // Nothing lies over the mapping: the owner's own access is the owner's fault, as it was.
      CHECK(host_faults_at(BYTES - 1) && !host_faults_at(WHOLE - 1));
      // And a file that is whole again is read as it is.
      set_size(BYTES);
      unsigned char mark = (unsigned char)(index + 1);
      CHECK(pwrite(file, &mark, 1, BYTES - 1) == 1);
      double sample = 0;
      OK(imgtool_image_getpixel(image, SIDE - 1, SIDE - 1, &sample, 1));
      CHECK(sample == mark && bytes[BYTES - 1] == mark);
      if (failures > before) printf("%s of kind %zu\n", calls[index].name, kind);
    }
    imgtool_image_free(image);
    munmap(bytes, BYTES);
    close(file);
  }

  // A mapping of ours, whose bytes the host has as memory: it reads zeros, and sharing says so.
  imgtool_layout layout = layout_of("L", SIDE, SIDE);
  OK(imgtool_image_map(path, &layout, IMGTOOL_READ_ONLY, &image));
  imgtool_array array;
  imgtool_sharing sharing;
  OK(imgtool_image_array(image, &array));
  OK(imgtool_image_sharing(image, &sharing));
  set_size(WHOLE);
  NO(imgtool_image_sharing(image, &sharing), "was cut");
  bytes = array.data;
  CHECK(!host_faults_at(BYTES - 1) && bytes[BYTES - 1] == 0);
  NO(imgtool_image_sharing(image, &sharing), "was cut");
  CHECK(sharing.address == array.data && sharing.byte_count == BYTES);
  set_size(BYTES);
  NO(imgtool_image_sharing(image, &sharing), "was cut");
  REFUSED(get(), "was cut");
  imgtool_image_free(image);
  return failures;
}
