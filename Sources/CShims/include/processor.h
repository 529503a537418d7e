#pragma once

/// The roads that kernels have through the same work, each with the same result: instructions that
/// every processor of the architecture has, or more of them.
typedef enum imgtool_road {
  IMGTOOL_ROAD_PLAIN = 0,
  IMGTOOL_ROAD_AVX2 = 1,    // with BMI2
  IMGTOOL_ROAD_AVX512 = 2,  // with BW, VL and VBMI
} imgtool_road;

/// The best road of this processor, as far as the system lets its instructions run.
imgtool_road imgtool_processor_road(void);
