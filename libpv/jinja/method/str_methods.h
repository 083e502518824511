/* SPDX-License-Identifier: MIT
 *
 * The functions behind the methods of str, in files by topic.
 */
#ifndef PV_JINJA_STR_METHODS_H
#define PV_JINJA_STR_METHODS_H

#include "base/str.h"
#include "jinja/run/call.h"

/* str_find.c */
pv_jinja_fn pv_jinja_str_count;
pv_jinja_fn pv_jinja_str_endswith;
pv_jinja_fn pv_jinja_str_find;
pv_jinja_fn pv_jinja_str_index;
pv_jinja_fn pv_jinja_str_removeprefix;
pv_jinja_fn pv_jinja_str_removesuffix;
pv_jinja_fn pv_jinja_str_replace;
pv_jinja_fn pv_jinja_str_rfind;
pv_jinja_fn pv_jinja_str_rindex;
pv_jinja_fn pv_jinja_str_startswith;
/* str_split.c */
pv_jinja_fn pv_jinja_str_join;
pv_jinja_fn pv_jinja_str_partition;
pv_jinja_fn pv_jinja_str_rpartition;
pv_jinja_fn pv_jinja_str_rsplit;
pv_jinja_fn pv_jinja_str_split;
pv_jinja_fn pv_jinja_str_splitlines;
/* str_strip.c */
pv_jinja_fn pv_jinja_str_lstrip;
pv_jinja_fn pv_jinja_str_rstrip;
pv_jinja_fn pv_jinja_str_strip;
/* str_translate.c */
pv_jinja_fn pv_jinja_str_maketrans;
pv_jinja_fn pv_jinja_str_translate;
/* str_pad.c */
pv_jinja_fn pv_jinja_str_center;
pv_jinja_fn pv_jinja_str_expandtabs;
pv_jinja_fn pv_jinja_str_ljust;
pv_jinja_fn pv_jinja_str_rjust;
pv_jinja_fn pv_jinja_str_zfill;
/* str_format.c */
pv_jinja_fn pv_jinja_str_format;
pv_jinja_fn pv_jinja_str_format_map;
/*
 * Appends text.format(**map) to the run's scratch, by Python's rules whatever
 * the sandbox; but an attribute of a dict is the item of that name, if there
 * is one. On failure `*place_out` is the offset of the brace it is about.
 */
int pv_jinja_format_text(size_t *place_out, pv_jinja_run *run, pv_str text,
			 const struct pv_jinja_dict *map);

/* What filters share with them. */

/* Replaces up to `count` (all when negative); arguments are strs. */
int pv_jinja_replace_text(pv_jinja_value *out, pv_jinja_run *run,
			  pv_jinja_value text, const pv_jinja_value pair[2],
			  int64_t count);
/* TypeError unless what `name` (strip, lstrip, rstrip) is to strip is a str. */
int pv_jinja_strip_check(pv_jinja_run *run, pv_jinja_value chars,
			 const char *name);
/* text.strip(chars): both sides, or one; chars MISSING means blanks. */
enum pv_jinja_sides {
	PV_JINJA_LEFT = 1,
	PV_JINJA_RIGHT = 2
};
pv_jinja_value pv_jinja_strip_text(pv_jinja_value text, pv_jinja_value chars,
				   int sides);
/* text.splitlines(keepends) as a list. */
int pv_jinja_split_lines(pv_jinja_list **out, pv_jinja_run *run,
			 pv_jinja_value text, int keeps_ends);
/* text.center(width). */
int pv_jinja_center_text(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_value text, int64_t width);

#endif
