/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_FIXTURES_H
#define TEST_SUPPORT_FIXTURES_H

#include "base/bytes.h"

/*
 * Real evidence lies outside the project: below the folder that
 * GPUATTEST_FIXTURES names, else in ../shared/fixtures seen from the project's
 * root.  A test that needs it begins with need_fixtures(), which skips it, by
 * name, where the folder is absent.
 */
void need_fixtures(void);

/* fixture_path returns "<fixtures>/<path>"; the caller frees it. */
char *fixture_path(const char *path);

/* fixture reads a whole file below the fixtures, or fails the test.  The
 * memory is exactly as long as the file, so that ASan sees one byte over; the
 * caller releases it with ga_buf_done(). */
struct ga_buf fixture(const char *path);

/* read_file does the same for any path. */
struct ga_buf read_file(const char *path);

/* unhex turns digits (blanks allowed) into bytes of exact length. */
struct ga_buf unhex(const char *digits);

#endif
