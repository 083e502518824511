/* SPDX-License-Identifier: MIT
 *
 * Changes of prose made coarser: a word that two texts share by accident
 * ("the", a comma) does not part what is one change to a reader.
 */
#ifndef PV_DIFF_JOIN_H
#define PV_DIFF_JOIN_H

#include "diff/myers.h"

/*
 * Makes one change of two that are parted by fewer kept tokens than each of
 * them has. The flags are those of pv_myers_diff: 1 for what is not kept, of
 * the old sequence in `gone`, of the new one in `came`.
 */
void pv_changes_join(unsigned char *gone, size_t old_count, unsigned char *came,
		     size_t new_count);

/*
 * Moves changes down as far as they go. Where tokens repeat it is a matter of
 * taste which of them came or went; of two comparisons that take the last
 * possible ones it can be seen that they found the same.
 */
void pv_changes_slide(const pv_myers_side *before, const pv_myers_side *after);

#endif
