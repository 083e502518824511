/* SPDX-License-Identifier: MIT
 *
 * The semantic diff of two states of a prompt: field by field, messages
 * aligned, text leaves line by line, with the derived bump and what breaks.
 * Pure: texts in, a diff out; printers turn it into terminal text or JSON.
 */
#ifndef PV_DIFF_H
#define PV_DIFF_H

#include <pv/prompt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What became of the file as a whole. */
enum pv_diff_status {
	PV_DIFF_UNCHANGED, /* equal, byte for byte */
	PV_DIFF_ADDED,
	PV_DIFF_REMOVED,
	PV_DIFF_MODIFIED,
	PV_DIFF_MOVED /* it has another id; its contents may differ, too */
};

/* What became of one field. */
enum pv_change_kind {
	PV_CHANGE_ADDED,
	PV_CHANGE_REMOVED,
	PV_CHANGE_MODIFIED,
	PV_CHANGE_MOVED
};

/* One run of text: kept ('='), only in the old ('-') or in the new ('+'). */
typedef struct pv_diff_run {
	char op;
	const char *text;
	size_t len;
} pv_diff_run;

/*
 * One changed field. Positions in paths are those of the new text; an element
 * that is gone is named by its old one. Of what moved, the values are the two
 * paths as JSON strings; of a YAML tag that changed, the two tags.
 */
typedef struct pv_field_change {
	const char *path; /* "model.temperature", "messages[0].content" */
	enum pv_change_kind kind;
	const char *old_json;    /* NULL when added, or left out */
	const char *new_json;    /* NULL when removed, or left out */
	const pv_diff_run *runs; /* lines, for text that changed; or NULL */
	size_t run_count;
	int is_formatting; /* a text of the same words with other blanks */
} pv_field_change;

/* A variable that callers may or must fill in, where that changed. */
typedef struct pv_interface_change {
	const char *name;
	enum pv_change_kind kind; /* added, removed or modified */
	const char *type;         /* as it is now, or was when removed */
	int is_required;          /* likewise */
} pv_interface_change;

/* A file that a prompt refers to, not its own, where that changed. */
typedef struct pv_closure_change {
	const char *path;
	enum pv_change_kind kind; /* added, removed or modified */
} pv_closure_change;

typedef struct pv_diff pv_diff;

/*
 * Compares two texts of a prompt file, or of any YAML file. NULL `before` or
 * `after` stands for "not there". Lists are aligned: equal elements first,
 * then those with the same `id` or name, then by likeness, messages only with
 * those of the same role. A text that is no acceptable YAML is compared as
 * one text leaf with the path "", so a diff never fails on contents.
 * PV_ENOMEM, PV_ELIMIT. The caller frees the diff.
 */
PV_API int pv_diff_texts(pv_diff **out, const char *before, size_t before_len,
			 const char *after, size_t after_len, pv_error *err);

/*
 * Which fields get `old_json` and `new_json`. A report needs them where they
 * are short, pv_diff_print_text nowhere.
 */
enum pv_diff_json {
	PV_DIFF_JSON_ALL,
	PV_DIFF_JSON_SHORT, /* scalars of at most 300 bytes */
	PV_DIFF_JSON_NONE
};

/* What is compared; NULL texts stand for "not there". */
typedef struct pv_diff_input {
	const char *before;
	size_t before_len;
	const char *after;
	size_t after_len;
	const char *former; /* the id it had, where it was moved; or NULL */
	const pv_closure_change *closure; /* what else changed; copied */
	size_t closure_count;
	enum pv_diff_json json;
	/*
	 * Derives the step between two texts that load as prompts, as
	 * pv_prompt_impact does, which stands in for NULL; pv_prompt_impact_at
	 * knows the files that they refer to.
	 */
	int (*impact)(enum pv_bump *out, const pv_prompt *before,
		      const pv_prompt *after, pv_report *breaking,
		      void *payload, pv_error *err);
	void *payload;
} pv_diff_input;

/*
 * As pv_diff_texts, also for a prompt that was moved, `former` being copied.
 * Whoever asks for the former id finds nothing: a major step. What changed in
 * its closure is a minor step at least, also where the text is the same.
 * Failures of `impact`.
 */
PV_API int pv_diff_new(pv_diff **out, const pv_diff_input *input, pv_error *err);

/* Frees a diff; NULL is accepted. */
PV_API void pv_diff_free(pv_diff *diff);

/* The changed fields in the order of the new text. */
PV_API size_t pv_diff_count(const pv_diff *diff);
PV_API const pv_field_change *pv_diff_at(const pv_diff *diff, size_t idx);

PV_API enum pv_diff_status pv_diff_status(const pv_diff *diff);

/* The id a prompt had before it was moved; NULL for any other. */
PV_API const char *pv_diff_former(const pv_diff *diff);

/* What changed of the files it refers to, as it was passed in. */
PV_API size_t pv_diff_closure_count(const pv_diff *diff);
PV_API const pv_closure_change *pv_diff_closure_at(const pv_diff *diff,
						   size_t idx);

/* 1 when neither the file differs nor any that it refers to. */
PV_API int pv_diff_is_empty(const pv_diff *diff);

/*
 * 1 when the bytes differ but no field does (comments, quoting, order of
 * keys: a patch with a count of 0), or only in the blanks of texts, which are
 * wrapped or indented anew.
 */
PV_API int pv_diff_is_formatting(const pv_diff *diff);

/*
 * Drops the changes that are formatting. A file in which nothing else is left
 * counts as unchanged from then on.
 */
PV_API void pv_diff_ignore_formatting(pv_diff *diff);

/*
 * The derived version step and what breaks, see pv_prompt_impact. A prompt
 * that is removed or moved, or no longer loads, is a major step, one that is
 * added none; a change of a text that was no prompt before counts as minor.
 */
PV_API enum pv_bump pv_diff_bump(const pv_diff *diff);
PV_API const pv_report *pv_diff_breaking(const pv_diff *diff);

/*
 * Variables that came, went, or changed in type or in whether they are
 * required, between texts that both load as prompts.
 */
PV_API size_t pv_diff_interface_count(const pv_diff *diff);
PV_API const pv_interface_change *pv_diff_interface_at(const pv_diff *diff,
						       size_t idx);

/*
 * About how many tokens a model would count in the messages, as they stand in
 * the file; -1 when a side is no prompt. An estimate without any tokenizer: a
 * word of ASCII letters and digits counts one for every six bytes begun, all
 * else that is not blank one for every four.
 */
PV_API long pv_diff_tokens_before(const pv_diff *diff);
PV_API long pv_diff_tokens_after(const pv_diff *diff);

/* "unchanged", "added", "removed", "modified" or "moved"; static. */
PV_API const char *pv_diff_status_name(enum pv_diff_status status);

/* "added", "removed", "modified" or "moved"; static. */
PV_API const char *pv_change_kind_name(enum pv_change_kind kind);

/*
 * Appends one element of `diff --json`'s `prompts`: {id, renamed_from,
 * status, bump, formatting, breaking, closure, interface, estimated_tokens,
 * comments, changes}. Texts that changed are cut into words, comments into
 * lines.
 * PV_ENOMEM, PV_ELIMIT.
 */
PV_API int pv_diff_print_json(pv_buf *out, const pv_diff *diff, const char *id,
			      pv_error *err);

typedef struct pv_diff_print_options {
	int color;        /* ANSI colours */
	int context;      /* unchanged lines around a change; 0 means 3 */
	int stat;         /* one line: counts only */
	int word;         /* texts as [-old-]{+new+} words, not as lines */
	int side_by_side; /* texts in two columns; 1 */
	int width;        /* with `side_by_side`: in all; 0 means 80 */
	int id_width;     /* with `stat`: columns the id is padded to */
	const char *from; /* what the old side is called; NULL: nothing */
	const char *to;
} pv_diff_print_options;

/*
 * Appends the diff as people read it in a terminal: a heading, what breaks,
 * and each field, texts of several lines as hunks. Control characters,
 * malformed UTF-8, marks that reverse the direction of text and characters
 * that cannot be seen are shown as escapes, so that contents cannot act on the
 * terminal or hide. NULL options are all
 * zeros. PV_ENOMEM, PV_ELIMIT.
 */
PV_API int pv_diff_print_text(pv_buf *out, const pv_diff *diff, const char *id,
			      const pv_diff_print_options *opts, pv_error *err);

/*
 * Appends a text that is Markdown as people read it in a terminal, in lines of
 * `width` columns, with `color`; NULL options are all zeros. Contents are
 * disarmed as by pv_diff_print_text; HTML stays text, addresses of links and
 * images stand behind their words. A text of more than 64 KiB is shown as it
 * is. PV_ENOMEM, PV_ELIMIT.
 */
PV_API int pv_markdown_show(pv_buf *out, const char *text, size_t len,
			    const pv_diff_print_options *opts, pv_error *err);

/* Many diffs as one document. */
enum pv_diff_report_format {
	PV_DIFF_MARKDOWN, /* a comment on a pull request */
	PV_DIFF_HTML      /* a page of its own */
};

typedef struct pv_diff_report pv_diff_report;

/*
 * Begins a report; `from` and `to` name the two states, NULL for nothing. The
 * caller frees it. PV_ENOMEM.
 */
PV_API int pv_diff_report_new(pv_diff_report **out,
			      enum pv_diff_report_format format,
			      const char *from, const char *to, pv_error *err);

/* Frees a report; NULL is accepted. */
PV_API void pv_diff_report_free(pv_diff_report *report);

/*
 * Adds the diff of a prompt and what its two versions are called, NULL for
 * nothing. The diff is not needed afterwards. PV_ENOMEM, PV_ELIMIT.
 */
PV_API int pv_diff_report_add(pv_diff_report *report, const pv_diff *diff,
			      const char *id, const char *from, const char *to,
			      pv_error *err);

/*
 * Numbers the prompts that are added from `first` on instead of 1, as is
 * needed in a part of a report.
 */
PV_API void pv_diff_report_number(pv_diff_report *report, size_t first);

/*
 * Adds what a part has, a report of the same format: what is costly can be
 * done for many prompts at once, each in a part of its own. In Markdown there
 * is room for all of a part, or for none of it. A part is good for nothing
 * afterwards but to be freed: its texts are taken. PV_ENOMEM, PV_ELIMIT.
 */
PV_API int pv_diff_report_join(pv_diff_report *report, pv_diff_report *part,
			       pv_error *err);

enum pv_diff_remark_flag {
	PV_REMARK_GONE = 1,    /* what it is about is not there any more */
	PV_REMARK_RESOLVED = 2 /* it is settled */
};

/* What somebody said of what a report shows. Texts are NULL for nothing. */
typedef struct pv_diff_remark {
	const char *what;  /* "commented": static, of the caller's own words */
	const char *by;    /* "Name <mail>", of which the name is shown */
	const char *at;    /* a day or a time */
	const char *field; /* what it is about: a field, */
	int line;          /* a line of it or of the file; 0: none, */
	const char *quote; /* and the words that were there */
	const char *now;   /* the words that are there now */
	const char *text;
	int depth;      /* of an answer: 1 below what it answers */
	unsigned flags; /* enum pv_diff_remark_flag */
} pv_diff_remark;

/*
 * Adds what was said, in the order given: of the prompt that was added last,
 * or before the first one of all. In Markdown what is too long is left out and
 * said to be. Nothing is kept of the remarks. PV_ENOMEM, PV_ELIMIT.
 */
PV_API int pv_diff_report_say(pv_diff_report *report, const char *heading,
			      const pv_diff_remark *remarks, size_t count,
			      pv_error *err);

/*
 * Appends the document. Contents are disarmed: they cannot be markup, links,
 * mentions or references. Markdown has at most 65,536 characters, which is
 * what GitHub takes; what is long is folded, and what does not fit is left
 * out and said to be. A page of HTML needs no script and fetches nothing;
 * texts that are Markdown are also rendered in it, without raw HTML, images,
 * or links but to the web and to mail addresses. PV_ENOMEM, PV_ELIMIT.
 */
PV_API int pv_diff_report_print(pv_buf *out, const pv_diff_report *report,
				pv_error *err);

/*
 * Appends a YAML text as plain lines for `git diff` (textconv): one line for
 * each short value, one for each line of a text, quoting and folding undone,
 * control characters shown as escapes. Comments stay, behind what shares their
 * line or before what follows. In a file with conflict markers what differs
 * between both sides, read so, is between markers. PV_ESYNTAX when it does not
 * parse, PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_diff_flatten(pv_buf *out, const char *text, size_t len,
			   pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
