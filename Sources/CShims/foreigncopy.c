#define _GNU_SOURCE
#include "foreigncopy.h"

#include <stdint.h>
#include <string.h>
#include <ucontext.h>

// Zero pages under the fault, as in our own mappings, would show in the memory of its owner. So the
// copy is code of which every instruction is known: the handler moves a thread that faults between
// the first and the last of them to one that returns false. It calls nothing and keeps nothing on the
// stack, so nothing is skipped.

// The labels .Lcopy_start and .Lcopy_end enclose what may fault.
#if defined(__x86_64__)

// The string instruction takes a while to start; a pixel should not wait for it.
#define COPY \
  "  movq %rdx, %rcx\n" \
  ".Lcopy_start:\n" \
  "  cmpq $64, %rcx\n" \
  "  ja 3f\n" \
  "1:\n" \
  "  subq $8, %rcx\n" \
  "  jb 2f\n" \
  "  movq (%rsi), %rax\n" \
  "  movq %rax, (%rdi)\n" \
  "  addq $8, %rsi\n" \
  "  addq $8, %rdi\n" \
  "  jmp 1b\n" \
  "2:\n" \
  "  addq $8, %rcx\n" \
  "  jz 5f\n" \
  "4:\n" \
  "  movb (%rsi), %al\n" \
  "  movb %al, (%rdi)\n" \
  "  incq %rsi\n" \
  "  incq %rdi\n" \
  "  decq %rcx\n" \
  "  jnz 4b\n" \
  "  jmp 5f\n" \
  "3:\n" \
  "  rep movsb\n" \
  ".Lcopy_end:\n" \
  "5:\n" \
  "  movl $1, %eax\n" \
  "  ret\n" \
  ".Lcopy_failed:\n" \
  "  xorl %eax, %eax\n" \
  "  ret\n"
#define PROGRAM_COUNTER(context) (context)->uc_mcontext.gregs[REG_RIP]

#elif defined(__aarch64__)

#define COPY \
  ".Lcopy_start:\n" \
  "1:\n" \
  "  subs x2, x2, #64\n" \
  "  b.lo 2f\n" \
  "  ldp q0, q1, [x1]\n" \
  "  ldp q2, q3, [x1, #32]\n" \
  "  stp q0, q1, [x0]\n" \
  "  stp q2, q3, [x0, #32]\n" \
  "  add x1, x1, #64\n" \
  "  add x0, x0, #64\n" \
  "  b 1b\n" \
  "2:\n" \
  "  adds x2, x2, #64\n" \
  "  b.eq 5f\n" \
  "4:\n" \
  "  ldrb w3, [x1], #1\n" \
  "  strb w3, [x0], #1\n" \
  "  subs x2, x2, #1\n" \
  "  b.ne 4b\n" \
  ".Lcopy_end:\n" \
  "5:\n" \
  "  mov w0, #1\n" \
  "  ret\n" \
  ".Lcopy_failed:\n" \
  "  mov w0, #0\n" \
  "  ret\n"
#define PROGRAM_COUNTER(context) (context)->uc_mcontext.pc

#else

bool imgtool_foreign_copy(void *target, const void *source, size_t byte_count) {
  memcpy(target, source, byte_count);
  return true;
}

bool imgtool_foreign_copy_resume(void *context) {
  (void)context;
  return false;
}

#endif

#ifdef COPY

__asm__(
    ".text\n"
    ".p2align 4\n"
    ".hidden imgtool_foreign_copy\n"
    ".globl imgtool_foreign_copy\n"
    ".type imgtool_foreign_copy, %function\n"
    "imgtool_foreign_copy:\n"
    ".cfi_startproc\n"
    COPY
    ".cfi_endproc\n"
    ".size imgtool_foreign_copy, . - imgtool_foreign_copy\n"
    ".section .data.rel.ro, \"aw\"\n"
    ".p2align 3\n"
    ".hidden imgtool_copy_places\n"
    ".globl imgtool_copy_places\n"
    "imgtool_copy_places:\n"
    "  .quad .Lcopy_start, .Lcopy_end, .Lcopy_failed\n"
    ".text\n");

extern const uintptr_t imgtool_copy_places[3] __attribute__((visibility("hidden")));

bool imgtool_foreign_copy_resume(void *context) {
  ucontext_t *thread = context;
  uintptr_t counter = (uintptr_t)PROGRAM_COUNTER(thread);
  if (counter < imgtool_copy_places[0] || counter >= imgtool_copy_places[1]) return false;
  PROGRAM_COUNTER(thread) = (typeof(PROGRAM_COUNTER(thread)))imgtool_copy_places[2];
  return true;
}

#endif
