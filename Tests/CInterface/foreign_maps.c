// A host that maps files itself, as another library would, and saves onto them.
#include "check.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

atomic_int failures;

enum { WIDTH = 128, HEIGHT = 100, PIXELS = WIDTH * HEIGHT, HEADER = 128 };

static char folder[PATH_MAX];

static char *named(const char *name) {
  static char names[8][PATH_MAX + 32];
  static int next;
  char *path = names[next++ % 8];
  snprintf(path, sizeof names[0], "%s/%s", folder, name);
  return path;
}

static void write_file(const char *path, const void *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL && fwrite(bytes, 1, count, file) == count && fclose(file) == 0);
}

static ino_t inode(const char *path) {
  struct stat status;
  CHECK(stat(path, &status) == 0);
  return status.st_ino;
}

static unsigned char *map(const char *path, size_t count, int protection, int flags) {
  int file = open(path, (protection & PROT_WRITE) && flags == MAP_SHARED ? O_RDWR : O_RDONLY);
  unsigned char *bytes = mmap(NULL, count, protection, flags, file, 0);
  CHECK(file >= 0 && bytes != MAP_FAILED);
  // A mapping outlives its descriptor.
  close(file);
  return bytes;
}

static imgtool_image *gray(unsigned char *bytes, int access) {
  imgtool_layout layout = layout_of("L", WIDTH, HEIGHT);
  imgtool_image *image = NULL;
  OK(imgtool_image_from_memory(bytes, PIXELS, &layout, access, NULL, NULL, &image));
  return image;
}

// What became of a save: a flush of the mapping, a refusal, or a new file.
enum { FLUSHED, REFUSED_AS_MAPPED, REPLACED };

static void save(
    imgtool_image *image, const char *path, const char *format, bool replaces, int outcome,
    const char *case_name) {
  int before_failures = failures;
  ino_t before = inode(path);
  imgtool_save_options options = {
      .struct_size = sizeof options, .format = format, .threads = 1, .replaces_mapped = replaces};
  imgtool_saved saved = {0};
  int status = imgtool_image_save(image, path, &options, &saved);
  if (outcome == REFUSED_AS_MAPPED) {
    CHECK(status == IMGTOOL_REFUSED && strstr(imgtool_last_error(), "open image"));
  } else {
    CHECK(status == IMGTOOL_OK);
    CHECK(saved.was_flushed == (outcome == FLUSHED));
    CHECK((saved.bytes_copied == 0) == (outcome == FLUSHED));
  }
  CHECK((inode(path) == before) == (outcome != REPLACED));
  if (failures > before_failures) printf("%s as %s onto %s\n", case_name, format, path);
}

static const struct {
  const char *name;
  int protection, flags, access;
  // Of a save of the very bytes, and of other bytes.
  int same, other;
} kinds[] = {
    {"shared", PROT_READ | PROT_WRITE, MAP_SHARED, IMGTOOL_READ_WRITE, FLUSHED, REFUSED_AS_MAPPED},
    {"read-only", PROT_READ, MAP_SHARED, IMGTOOL_READ_ONLY, FLUSHED, REFUSED_AS_MAPPED},
    {"private", PROT_READ | PROT_WRITE, MAP_PRIVATE, IMGTOOL_READ_WRITE, REFUSED_AS_MAPPED,
     REFUSED_AS_MAPPED},
};

static void the_images_own_memory(void) {
  unsigned char pixels[PIXELS];
  for (int index = 0; index < PIXELS; index++) pixels[index] = (unsigned char)(index * 7);
  for (size_t index = 0; index < sizeof kinds / sizeof *kinds; index++) {
    const char *names[] = {"raw.bin", "link", "hard", "with a\nline"};
    for (size_t at = 0; at < sizeof names / sizeof *names; at++) {
      unlink(named("raw.bin")), unlink(named("link")), unlink(named("hard"));
      unlink(named("with a\nline"));
      write_file(named("raw.bin"), pixels, PIXELS);
      CHECK(symlink("raw.bin", named("link")) == 0 && link(named("raw.bin"), named("hard")) == 0);
      CHECK(link(named("raw.bin"), named("with a\nline")) == 0);
      const char *path = named(names[at]);
      unsigned char *bytes = map(path, PIXELS, kinds[index].protection, kinds[index].flags);
      imgtool_image *image = gray(bytes, kinds[index].access), *part = NULL;
      if (kinds[index].access == IMGTOOL_READ_WRITE) bytes[0] = 99;
      save(image, path, "raw", false, kinds[index].same, kinds[index].name);
      save(image, path, "png", false, kinds[index].other, kinds[index].name);
      OK(imgtool_image_crop(image, 0, 0, WIDTH, HEIGHT - 1, &part));
      save(part, path, "raw", false, kinds[index].other, kinds[index].name);
      imgtool_image_free(part);
      // What a function writes to.
      int file = open(path, O_RDWR), other = open("/dev/null", O_WRONLY);
      REFUSED(imgtool_image_check_descriptor(image, file), "mapped");
      OK(imgtool_image_check_descriptor(image, other));
      close(file), close(other);
      REFUSED(imgtool_image_check_descriptor(image, file), "descriptor");
      save(image, path, "png", true, REPLACED, kinds[index].name);
      CHECK(strstr(imgtool_last_note(), "no longer follows it"));
      // The mapping is another file's now.
      save(image, path, "raw", false, REPLACED, kinds[index].name);
      imgtool_image_free(image);
      munmap(bytes, PIXELS);
    }
  }
}

// A mapping that starts with another format's header, and an image behind it.
static void a_file_with_a_header(void) {
  const char *path = named("array.npy");
  imgtool_image *image = NULL, *again = NULL;
  OK(imgtool_image_new("L", WIDTH, HEIGHT, &image));
  OK(imgtool_image_save(image, path, NULL, NULL));
  imgtool_image_free(image);
  unsigned char *bytes = map(path, HEADER + PIXELS, PROT_READ | PROT_WRITE, MAP_SHARED);
  CHECK(memcmp(bytes + 1, "NUMPY", 5) == 0);
  image = gray(bytes + HEADER, IMGTOOL_READ_WRITE);
  double white = 255;
  OK(imgtool_image_putpixel(image, 3, 0, &white, 1));
  save(image, path, "npy", false, FLUSHED, "array");
  save(image, path, "raw", false, REFUSED_AS_MAPPED, "array");
  OK(imgtool_image_open(path, IMGTOOL_READ_ONLY, 0, &again));
  CHECK(pixel(again, 3, 0) == 255);
  imgtool_image_free(again);
  imgtool_image_free(image);
  munmap(bytes, HEADER + PIXELS);
}

// Somebody else's mapping of the file that an image of other memory is saved onto.
static void a_mapping_elsewhere(void) {
  const char *path = named("elsewhere.bin");
  unsigned char pixels[PIXELS] = {0};
  imgtool_image *image = gray(pixels, IMGTOOL_READ_WRITE);
  for (size_t index = 0; index < sizeof kinds / sizeof *kinds; index++) {
    write_file(path, pixels, PIXELS);
    unsigned char *bytes = map(path, PIXELS, kinds[index].protection, kinds[index].flags);
    bool is_shared = kinds[index].flags == MAP_SHARED;
    save(image, path, "raw", false, is_shared ? REFUSED_AS_MAPPED : REPLACED, kinds[index].name);
    munmap(bytes, PIXELS);
    save(image, path, "raw", false, REPLACED, kinds[index].name);
  }
  imgtool_image_free(image);
}

int main(int count, char **arguments) {
  CHECK(count == 2 && realpath(arguments[1], folder));
  the_images_own_memory();
  a_file_with_a_header();
  a_mapping_elsewhere();
  return failures;
}
