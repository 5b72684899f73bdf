/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_FUZZ_MUTATE_H
#define GA_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Mutations that keep a structure whole, for LLVMFuzzerCustomMutator: what is
 * changed is one part, and the lengths around it are made right again.  Each
 * changes `data` of `size` bytes in place, within `max`, by `seed`, and returns
 * the new size; where it finds no structure, it leaves libFuzzer to mutate
 * bytes.
 */

/* One element of DER, at any depth, is dropped, doubled, replaced by another
 * one, or its content mutated. */
size_t mutate_der(uint8_t *data, size_t size, size_t max, unsigned seed);

/* One element of XML, or one attribute, likewise. */
size_t mutate_xml(uint8_t *data, size_t size, size_t max, unsigned seed);

/* One opaque field or measurement block of an SPDM report, likewise. */
size_t mutate_report(uint8_t *data, size_t size, size_t max, unsigned seed);

/* libFuzzer's own; in a replay there is none, and nobody asks. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
                               unsigned seed);

#endif
