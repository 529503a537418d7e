// What modes are, and which arrays are theirs.
#include "check.h"

static void test_facts(void) {
  static const struct {
    const char *mode, *bands;
    int alpha, type, types;
  } rows[] = {
      {"1", "1", -1, IMGTOOL_U8, 1 << IMGTOOL_U8},
      {"LA", "L A", 1, IMGTOOL_U8, 1 << IMGTOOL_U8 | 1 << IMGTOOL_U16},
      {"PA", "P A", 1, IMGTOOL_U8, 1 << IMGTOOL_U8},
      {"RGBX", "R G B X", -1, IMGTOOL_U8, 1 << IMGTOOL_U8 | 1 << IMGTOOL_U16},
      {"RGBa", "R G B a", 3, IMGTOOL_U8, 1 << IMGTOOL_U8 | 1 << IMGTOOL_U16},
      {"LAB", "L A B", -1, IMGTOOL_U8, 1 << IMGTOOL_U8},
      {"I", "I", -1, IMGTOOL_I32, 1 << IMGTOOL_I32 | 1 << IMGTOOL_F64},
      {"F", "F", -1, IMGTOOL_F32, 1 << IMGTOOL_F32 | 1 << IMGTOOL_F64},
      {"I;16B", "I", -1, IMGTOOL_U16, 1 << IMGTOOL_U16},
  };
  for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
    imgtool_mode_facts facts;
    OK(imgtool_mode_describe(rows[row].mode, &facts));
    char bands[64] = "";
    for (int band = 0; band < facts.band_count; band++) {
      if (band) strcat(bands, " ");
      strcat(bands, facts.bands[band]);
    }
    CHECK(strcmp(bands, rows[row].bands) == 0);
    CHECK(facts.band_count == 4 || facts.bands[facts.band_count] == NULL);
    CHECK(facts.alpha_band == rows[row].alpha && facts.sample_type == rows[row].type);
    CHECK(facts.sample_types == rows[row].types);
  }
}

static void test_arrays(void) {
  static const struct {
    const char *mode;
    int type;
    const char *rawmode;
    imgtool_element element;
  } rows[] = {
      {"1", IMGTOOL_U8, "1;8", {'b', 1, 0}},       {"L", IMGTOOL_U8, "L", {'u', 1, 0}},
      {"L", IMGTOOL_U16, "L;16", {'u', 2, 0}},     {"RGB", IMGTOOL_U16, "RGB;16L", {'u', 2, 0}},
      {"I;16B", IMGTOOL_U16, "I;16B", {'u', 2, 1}}, {"I", IMGTOOL_I32, "I", {'i', 4, 0}},
      {"I", IMGTOOL_F64, "I;64S", {'i', 8, 0}},    {"F", IMGTOOL_F64, "F;64F", {'f', 8, 0}},
  };
  for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
    const char *rawmode;
    imgtool_element element;
    OK(imgtool_mode_array(rows[row].mode, rows[row].type, &rawmode, &element));
    CHECK(strcmp(rawmode, rows[row].rawmode) == 0);
    CHECK(memcmp(&element, &rows[row].element, sizeof element) == 0);
  }
  const char *rawmode;
  imgtool_element element;
  NO(imgtool_mode_array("P", IMGTOOL_U16, &rawmode, &element), "P");
  NO(imgtool_mode_array("L", 99, &rawmode, &element), "99");
}

static void test_elements(void) {
  static const struct {
    imgtool_element element;
    int64_t bands;
    const char *mode, *rawmode;
  } rows[] = {
      {{'u', 1, 0}, 1, "L", "L"},       {{'b', 1, 0}, 1, "1", "1;8"},
      {{'u', 2, 0}, 1, "I;16", "I;16"}, {{'u', 2, 1}, 1, "I;16B", "I;16B"},
      {{'i', 1, 0}, 1, "I", "I;8S"},    {{'u', 4, 1}, 1, "I", "I;32B"},
      {{'i', 8, 1}, 1, "I", "I;64BS"},  {{'f', 2, 1}, 1, "F", "F;16BF"},
      {{'u', 1, 0}, 2, "LA", "LA"},     {{'u', 1, 0}, 3, "RGB", "RGB"},
      {{'u', 2, 1}, 4, "RGBA", "RGBA;16B"}, {{'f', 4, 0}, 3, "RGB", "RGB;32F"},
  };
  const char *mode, *rawmode;
  for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
    OK(imgtool_element_mode(&rows[row].element, rows[row].bands, &mode));
    CHECK(strcmp(mode, rows[row].mode) == 0);
    OK(imgtool_element_rawmode(&rows[row].element, mode, &rawmode));
    CHECK(strcmp(rawmode, rows[row].rawmode) == 0);
  }
  imgtool_element element = {'f', 4, 0};
  NO(imgtool_element_mode(&element, 2, &mode), "2 bands of <f4");
  NO(imgtool_element_mode(&element, INT64_MAX, &mode), "bands");
  NO(imgtool_element_rawmode(&element, "CMYK", &rawmode), "CMYK is not stored as <f4");
  REFUSED(imgtool_element_rawmode(&element, "XYZ", &rawmode), "XYZ is not a mode");
  element.kind = 'c';
  REFUSED(imgtool_element_mode(&element, 1, &mode), "kind");
  element = (imgtool_element){'u', 0, 0};
  REFUSED(imgtool_element_mode(&element, 1, &mode), "0 bytes");
  element = (imgtool_element){'u', 1, 2};
  REFUSED(imgtool_element_mode(&element, 1, &mode), "is_big_endian");
  REFUSED(imgtool_element_mode(NULL, 1, &mode), "NULL");
  REFUSED(imgtool_mode_describe("L", NULL), "NULL");
}

void test_modes(void) {
  test_facts();
  test_arrays();
  test_elements();
}
