#include "processor.h"

#if defined(__x86_64__)
imgtool_road imgtool_processor_road(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2")) return IMGTOOL_ROAD_PLAIN;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512vbmi"))
    return IMGTOOL_ROAD_AVX2;
  return IMGTOOL_ROAD_AVX512;
}
#else
imgtool_road imgtool_processor_road(void) { return IMGTOOL_ROAD_PLAIN; }
#endif
