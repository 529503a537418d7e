#pragma once

/// `log10`, which is the mathematical library's and so not the Swift standard library's.
static inline double imgtool_log10(double number) { return __builtin_log10(number); }
