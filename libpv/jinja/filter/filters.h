/* SPDX-License-Identifier: MIT
 *
 * The functions behind the built-in filters, in files by topic, and what
 * those files share.
 */
#ifndef PV_JINJA_FILTERS_H
#define PV_JINJA_FILTERS_H

#include "jinja/run/call.h"

/* filter_text.c */
pv_jinja_fn pv_jinja_filter_capitalize;
pv_jinja_fn pv_jinja_filter_center;
pv_jinja_fn pv_jinja_filter_format;
pv_jinja_fn pv_jinja_filter_indent;
pv_jinja_fn pv_jinja_filter_lower;
pv_jinja_fn pv_jinja_filter_replace;
pv_jinja_fn pv_jinja_filter_string;
pv_jinja_fn pv_jinja_filter_title;
pv_jinja_fn pv_jinja_filter_trim;
pv_jinja_fn pv_jinja_filter_truncate;
pv_jinja_fn pv_jinja_filter_upper;
pv_jinja_fn pv_jinja_filter_wordcount;
/* wordwrap.c */
pv_jinja_fn pv_jinja_filter_wordwrap;
/* filter_html.c */
pv_jinja_fn pv_jinja_filter_escape;
pv_jinja_fn pv_jinja_filter_forceescape;
pv_jinja_fn pv_jinja_filter_safe;
pv_jinja_fn pv_jinja_filter_striptags;
pv_jinja_fn pv_jinja_filter_urlencode;
pv_jinja_fn pv_jinja_filter_xmlattr;
/* urlize.c */
pv_jinja_fn pv_jinja_filter_urlize;
/* filter_number.c */
pv_jinja_fn pv_jinja_filter_abs;
pv_jinja_fn pv_jinja_filter_filesizeformat;
pv_jinja_fn pv_jinja_filter_float;
pv_jinja_fn pv_jinja_filter_int;
pv_jinja_fn pv_jinja_filter_round;
/* filter_list.c */
pv_jinja_fn pv_jinja_filter_first;
pv_jinja_fn pv_jinja_filter_join;
pv_jinja_fn pv_jinja_filter_last;
pv_jinja_fn pv_jinja_filter_length;
pv_jinja_fn pv_jinja_filter_list;
pv_jinja_fn pv_jinja_filter_max;
pv_jinja_fn pv_jinja_filter_min;
pv_jinja_fn pv_jinja_filter_random;
pv_jinja_fn pv_jinja_filter_reverse;
pv_jinja_fn pv_jinja_filter_sum;
/* filter_sort.c */
pv_jinja_fn pv_jinja_filter_dictsort;
pv_jinja_fn pv_jinja_filter_groupby;
pv_jinja_fn pv_jinja_filter_sort;
/* filter_lazy.c */
pv_jinja_fn pv_jinja_filter_batch;
pv_jinja_fn pv_jinja_filter_items;
pv_jinja_fn pv_jinja_filter_slice;
pv_jinja_fn pv_jinja_filter_unique;
/* filter_map.c */
pv_jinja_fn pv_jinja_filter_map;
pv_jinja_fn pv_jinja_filter_reject;
pv_jinja_fn pv_jinja_filter_rejectattr;
pv_jinja_fn pv_jinja_filter_select;
pv_jinja_fn pv_jinja_filter_selectattr;
/* tojson.c, pprint.c, filters.c */
pv_jinja_fn pv_jinja_filter_tojson;
pv_jinja_fn pv_jinja_filter_pprint;
pv_jinja_fn pv_jinja_filter_attr;
pv_jinja_fn pv_jinja_filter_default;

/*
 * Appends a value as JSON without blanks. Raises TypeError for what JSON does
 * not have; PV_ELIMIT, PV_ENOMEM.
 */
int pv_jinja_put_json(pv_buf *out, pv_jinja_run *run, pv_jinja_value value);

/* --- attribute paths: "a.b.0", 3 --------------------------------------------------- */

typedef struct pv_jinja_path {
	pv_jinja_value *parts; /* str or int */
	size_t count;
	pv_jinja_value fallback; /* MISSING: what is not there is undefined */
	int ignores_case;        /* strs are lowered at the end */
} pv_jinja_path;

/* Splits an attribute argument; MISSING and None are the item itself. */
int pv_jinja_path_init(pv_jinja_path *out, pv_jinja_run *run,
		       pv_jinja_value attribute);
/* Follows it from `item`. */
int pv_jinja_path_get(pv_jinja_value *out, pv_jinja_run *run,
		      const pv_jinja_path *path, pv_jinja_value item);

/* Calls the filter or test of that name with the item in front. */
int pv_jinja_call_named(pv_jinja_value *out, pv_jinja_run *run,
			const pv_jinja_native *native, pv_jinja_value item,
			const pv_jinja_call *rest);

/* int(text, base) of a str; ValueError in CPython's words. */
int pv_jinja_int_of_text(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_value text, int64_t base);
/* float(value); TypeError, ValueError. */
int pv_jinja_to_float(double *out, pv_jinja_run *run, pv_jinja_value value);

#endif
