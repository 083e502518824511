/* SPDX-License-Identifier: MIT
 *
 * The inside of a report on many prompts, shared by the files that write it
 * as Markdown and as HTML. Both gather a table and the details of each prompt
 * in turn and are put together at the end.
 */
#ifndef PV_DIFF_PAGE_H
#define PV_DIFF_PAGE_H

#include "diff/change.h"

/* The details of some prompts, which a comment has or has not. */
typedef struct pv_page_section {
	size_t len;   /* bytes of `details` */
	size_t chars; /* as Markdown's limit counts */
	size_t prompts;
} pv_page_section;

struct pv_diff_report {
	enum pv_diff_report_format format;
	pv_buf title;   /* "from → to", disarmed */
	pv_buf lead;    /* what was said of all of it */
	pv_buf table;   /* a row for each prompt */
	pv_buf *pieces; /* HTML: details taken from parts, */
	size_t piece_count;
	size_t piece_cap;
	pv_buf details; /* and those behind them */
	size_t chars;   /* as many of them as Markdown's limit counts, */
	pv_page_section *sections; /* in these parts */
	size_t section_count;
	size_t section_cap;
	size_t prompts;
	size_t numbered;       /* before the first of these */
	size_t hidden_rows;    /* prompts the table has no room for */
	size_t hidden_prompts; /* whose details did not fit */
	int has_cuts;          /* a value was cut */
	int has_rendered;      /* a text is shown as Markdown, too */
	size_t added;          /* prompts, */
	size_t removed;
	size_t moved;                    /* and of the others */
	size_t steps[PV_BUMP_MAJOR + 1]; /* how many make which */
};

/* One prompt of the report. */
typedef struct pv_page_entry {
	const pv_diff *diff;
	const char *id;
	const char *from; /* versions; NULL when not known */
	const char *to;
} pv_page_entry;

int pv_markdown_add(pv_diff_report *report, const pv_page_entry *entry,
		    pv_error *err);
/* Adds rows and details of a part, as far as there is room. */
int pv_markdown_join(pv_diff_report *report, const pv_diff_report *part,
		     pv_error *err);
int pv_markdown_print(pv_buf *out, const pv_diff_report *report, pv_error *err);

/* Adds what was said, to the lead or to the details. */
int pv_markdown_say(pv_diff_report *report, const char *heading,
		    const pv_diff_remark *remarks, size_t count, pv_error *err);
int pv_html_say(pv_diff_report *report, const char *heading,
		const pv_diff_remark *remarks, size_t count, pv_error *err);

/* The name in "Name <mail>", or all of it. */
pv_str pv_diff_remark_name(const pv_diff_remark *remark);

int pv_html_add(pv_diff_report *report, const pv_page_entry *entry,
		pv_error *err);
/* Takes the details of a part and adds its rows. */
int pv_html_join(pv_diff_report *report, pv_diff_report *part, pv_error *err);
int pv_html_print(pv_buf *out, const pv_diff_report *report, pv_error *err);

/* The style of a page: page.css, embedded by the build. */
extern const char *const pv_diff_page_css;

/* "7 prompts differ: 1 removed, 4 minor, 2 patch." or "Nothing differs." */
void pv_diff_put_summary(pv_buf *out, const pv_diff_report *report);

/* What a change is called: "major", "added", "formatting only, patch". */
void pv_diff_put_verdict(pv_buf *out, const pv_diff *diff);

/* How many tokens there were and are, as far as is known: "2 → 4". */
void pv_diff_put_tokens(pv_buf *out, const pv_diff *diff);

#endif
