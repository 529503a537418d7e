// A host that had a handler for SIGBUS before the library: what is not the library's reaches it.
#include "check.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096 };

atomic_int failures;

static volatile sig_atomic_t calls;
static siginfo_t seen;
static bool had_context;
static sigset_t mask_inside;
static unsigned char *foreign;

static void reach(int number) {
  calls += number == SIGBUS;
  pthread_sigmask(SIG_BLOCK, NULL, &mask_inside);
  // Or the fault would happen again.
  if (foreign) mmap(foreign, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void with_info(int number, siginfo_t *info, void *context) {
  seen = *info;
  had_context = context != NULL;
  reach(number);
}

int main(int count, char **arguments) {
  if (count != 5) return 3;
  const char *own = arguments[1], *others = arguments[2], *handler = arguments[3];
  bool is_fault = strcmp(arguments[4], "fault") == 0;
  bool has_info = strncmp(handler, "info", 4) == 0, is_plain = strcmp(handler, "plain") == 0;
  bool defers = strcmp(handler, "info again") != 0;
  struct sigaction action = {.sa_flags = (has_info ? SA_SIGINFO : 0) | (defers ? 0 : SA_NODEFER)};
  sigaddset(&action.sa_mask, SIGUSR1);
  if (has_info) action.sa_sigaction = with_info;
  else action.sa_handler = is_plain ? reach : strcmp(handler, "ignored") ? SIG_DFL : SIG_IGN;
  sigaction(SIGBUS, &action, NULL);

  imgtool_layout layout = layout_of("L", 1, 1);
  imgtool_image *image = NULL;
  OK(imgtool_image_map(own, &layout, IMGTOOL_COPY_ON_WRITE, &image));
  if (is_fault) {
    FILE *file = fopen(others, "r+b");
    CHECK(ftruncate(fileno(file), PAGE) == 0);
    foreign = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fileno(file), 0);
    CHECK(foreign != MAP_FAILED && ftruncate(fileno(file), 0) == 0);
    CHECK(*(volatile unsigned char *)foreign == 0);
    fclose(file);
  } else {
    raise(SIGBUS);
  }

  CHECK(calls == (has_info || is_plain));
  if (has_info) {
    CHECK(had_context && seen.si_signo == SIGBUS);
    CHECK(is_fault ? seen.si_code == BUS_ADRERR && seen.si_addr == foreign
                   : seen.si_code <= 0 && seen.si_pid == getpid());
  }
  if (calls) {
    CHECK(sigismember(&mask_inside, SIGUSR1) && !sigismember(&mask_inside, SIGUSR2));
    CHECK(sigismember(&mask_inside, SIGBUS) == defers);
  }
  sigset_t after;
  pthread_sigmask(SIG_BLOCK, NULL, &after);
  CHECK(!sigismember(&after, SIGUSR1) && !sigismember(&after, SIGBUS));

  // The library's own faults are still its own; a read would look at the size first.
  CHECK(truncate(own, 0) == 0);
  double sample = 1;
  REFUSED(imgtool_image_putpixel(image, 0, 0, &sample, 1), "cut");
  CHECK(calls == (has_info || is_plain));
  imgtool_image_free(image);
  return failures;
}
