// A host that stops calls: at its first question, at its second one, and so on until the call is
// through before it is asked. In this program time flies, so that every look of the library asks.
#include "check.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

atomic_int failures;

enum { SIDE = 700, BYTES = 3 * SIDE * SIDE };

static const char *folder;
static char target[512], decoded[512], other[512];
static unsigned char pixels[BYTES], rows[BYTES];
static imgtool_image *image, *another;

int clock_gettime(clockid_t clock, struct timespec *time) {
  static _Atomic(time_t) seconds = 1;
  if (clock != CLOCK_MONOTONIC_COARSE) return (int)syscall(SYS_clock_gettime, clock, time);
  *time = (struct timespec){.tv_sec = atomic_fetch_add(&seconds, 1)};
  return 0;
}

static int remaining;
static long asked;
static pthread_t caller;

static int stop_in_time(void *context) {
  CHECK(context == &remaining);
  CHECK(pthread_equal(pthread_self(), caller));
  asked++;
  return --remaining <= 0;
}

// MARK: What is stopped

static int32_t threads;

static int save(const char *format, int32_t level) {
  imgtool_save_options options = {
      .struct_size = sizeof options, .format = format, .has_level = level >= 0, .level = level,
      .threads = threads};
  return imgtool_image_save(image, target, &options, NULL);
}

static int save_png(void) { return save("png", 1); }
static int save_small_png(void) { return save("png", 9); }
static int save_raw(void) { return save("raw", -1); }
static int save_bmp(void) { return save("bmp", -1); }
static int save_tiff(void) { return save("tiff", -1); }
static int save_tga(void) { return save("tga", -1); }
static int save_qoi(void) { return save("qoi", -1); }

static int save_mapped(void) {
  imgtool_layout layout = layout_of("RGB", SIDE, SIDE);
  imgtool_image *mapped = NULL;
  int status = imgtool_image_map(other, &layout, IMGTOOL_READ_ONLY, &mapped);
  if (status != IMGTOOL_OK) return status;
  imgtool_save_options options = {
      .struct_size = sizeof options, .format = "raw", .threads = threads};
  status = imgtool_image_save(mapped, target, &options, NULL);
  imgtool_image_free(mapped);
  return status;
}

static int take(void *context, const void *bytes, size_t byte_count) {
  (void)context;
  return bytes == NULL || byte_count == 0;
}

static int save_to(void) {
  imgtool_save_options options = {
      .struct_size = sizeof options, .format = "png", .threads = threads};
  return imgtool_image_save_to(image, take, NULL, &options, NULL);
}

static int decode(void) {
  imgtool_image *result = NULL;
  int status = imgtool_image_open(decoded, IMGTOOL_READ_ONLY, 0, &result);
  imgtool_image_free(result);
  return status;
}

static int copy(void) {
  imgtool_image *result = NULL;
  int status = imgtool_image_copy(image, threads, &result);
  imgtool_image_free(result);
  return status;
}

static int read_rows(void) {
  return imgtool_image_read_rows(image, 0, SIDE, "BGR", rows, BYTES, threads);
}

static int write_rows(void) {
  return imgtool_image_write_rows(image, 0, SIDE, NULL, rows, BYTES, threads);
}

static int hash(void) {
  char text[65];
  return imgtool_image_hash(image, threads, text);
}

static int compare(void) {
  imgtool_difference difference;
  int status = imgtool_image_compare(image, another, 255, threads, &difference);
  return status;
}

static int fill(void) {
  double color[3] = {1, 2, 3};
  return imgtool_image_fill(image, 0, 0, SIDE, SIDE, color, 3, threads);
}

static int invert(void) { return imgtool_image_invert(image, threads); }
static int flip(void) { return imgtool_image_flip(image, "h", threads); }
static int swap(void) { return imgtool_image_swap(image, 0, 2, threads); }
static int add(void) { return imgtool_image_add(image, 0, threads); }
static int paste(void) { return imgtool_image_paste(image, another, 0, 0, threads); }

static const struct {
  const char *name;
  int (*call)(void);
  // How often it asks at least on one thread, when nobody stops it.
  long least;
} calls[] = {
    {"save png", save_png, 10},       {"save small png", save_small_png, 30},
    {"save raw", save_raw, 4},        {"save bmp", save_bmp, 4},
    {"save tiff", save_tiff, 4},      {"save tga", save_tga, 4},
    {"save qoi", save_qoi, 4},        {"save mapped", save_mapped, 4},
    {"save to", save_to, 10},         {"decode", decode, 4},
    {"copy", copy, 4},                {"read rows", read_rows, 4},
    {"write rows", write_rows, 4},    {"hash", hash, 4},
    {"compare", compare, 4},          {"fill", fill, 4},
    {"invert", invert, 4},            {"flip", flip, 4},
    {"swap", swap, 4},                {"add", add, 4},
    {"paste", paste, 4},
};

// MARK: What must be so afterwards

static void write_file(const char *path, const void *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL && fwrite(bytes, 1, count, file) == count && fclose(file) == 0);
}

static bool target_is_old(void) {
  char text[8] = {0};
  FILE *file = fopen(target, "rb");
  if (file == NULL) return false;
  size_t count = fread(text, 1, sizeof text, file);
  fclose(file);
  return count == 3 && memcmp(text, "old", 3) == 0;
}

static int files_in_folder(void) {
  int count = 0;
  DIR *directory = opendir(folder);
  for (struct dirent *entry; (entry = readdir(directory));) count += entry->d_name[0] != '.';
  closedir(directory);
  return count;
}

int main(int count, char **arguments) {
  CHECK(count == 2);
  folder = arguments[1];
  caller = pthread_self();
  snprintf(target, sizeof target, "%s/target", folder);
  snprintf(decoded, sizeof decoded, "%s/decoded.png", folder);
  snprintf(other, sizeof other, "%s/other.raw", folder);
  unsigned state = 1;
  for (int index = 0; index < BYTES; index++) {
    state = state * 1103515245 + 12345;
    pixels[index] = (unsigned char)(state >> 23);
  }
  write_file(other, pixels, BYTES);
  atomic_int releases = 0;
  image = on(pixels, BYTES, "RGB", SIDE, SIDE, &releases);
  OK(imgtool_image_copy(image, 1, &another));
  OK(imgtool_image_save(image, decoded, NULL, NULL));

  long stopped = 0;
  for (threads = 1; threads <= 4; threads += 3) {
    for (size_t index = 0; index < sizeof calls / sizeof *calls; index++) {
      write_file(target, "old", 3);
      for (int at = 1;; at++) {
        remaining = at;
        asked = 0;
        imgtool_set_interrupt(stop_in_time, &remaining);
        int status = calls[index].call();
        imgtool_set_interrupt(NULL, NULL);
        if (status == IMGTOOL_OK) {
          // Several threads can be through when the caller is asked once more.
          if (remaining <= 0 && threads == 1) {
            printf("%s went on when it was stopped at question %d\n", calls[index].name, at);
            failures++;
          }
          if (threads == 1 && asked < calls[index].least) {
            printf("%s asked %ld times\n", calls[index].name, asked);
            failures++;
          }
          break;
        }
        stopped++;
        if (status != IMGTOOL_REFUSED || !strstr(imgtool_last_error(), "interrupted") ||
            !target_is_old() || files_in_folder() != 3 || at > 100000) {
          printf("%s, question %d: %d %s\n", calls[index].name, at, status, imgtool_last_error());
          failures++;
          break;
        }
      }
    }
  }
  // Nobody is asked on other threads, or when nobody is set.
  asked = 0;
  OK(invert());
  CHECK(asked == 0);
  imgtool_image_free(another);
  imgtool_image_free(image);
  printf("%ld\n", stopped);
  return failures;
}
