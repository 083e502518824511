/* SPDX-License-Identifier: MIT
 *
 * The wordwrap filter: each line of the text is wrapped as Python's textwrap
 * does it, with blanks kept inside of lines and dropped at their ends.
 */
#include "jinja/filter/filters.h"
#include "jinja/method/str_methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"
#include "jinja/value/unicode.h"

struct wrap {
	pv_jinja_run *run;
	pv_jinja_value given; /* the width, of any type that compares */
	int64_t width;
	int breaks_words;
	int splits_hyphens; /* chunks end at hyphens */
	int breaks_hyphens; /* long words are broken behind them */
	pv_jinja_value separator;
};

/* A chunk: bytes of the line, and its length in code points. */
struct chunk {
	size_t from;
	size_t to;
	int64_t columns;
};

static uint32_t char_at(pv_jinja_value line, size_t at)
{
	size_t size;

	return at < line.len
		       ? pv_jinja_decode(line.u.s + at, line.len - at, &size)
		       : 0;
}

static size_t char_before(pv_jinja_value line, size_t at)
{
	do
		at--;
	while (at && ((unsigned char)line.u.s[at] & 0xC0) == 0x80);
	return at;
}

static size_t char_after(pv_jinja_value line, size_t at)
{
	return at < line.len
		       ? at + pv_jinja_sequence((unsigned char)line.u.s[at])
		       : at;
}

static int is_blank_at(pv_jinja_value line, size_t at)
{
	return at < line.len && line.u.s[at] &&
	       strchr("\t\n\v\f\r ", line.u.s[at]) != NULL;
}

/* \w */
static int is_word_at(pv_jinja_value line, size_t at)
{
	uint32_t c = char_at(line, at);

	return at < line.len &&
	       (c == '_' || (pv_jinja_char_flags(c) & PV_JINJA_CHAR_ALNUM));
}

/* \w but no digit */
static int is_letter_at(pv_jinja_value line, size_t at)
{
	return is_word_at(line, at) &&
	       pv_jinja_char_decimal(char_at(line, at)) < 0;
}

/* Ends what may be followed by a dash: a word character or !"'&.,? */
static int is_punctuated_before(pv_jinja_value line, size_t at)
{
	size_t before;

	if (!at)
		return 0;
	before = char_before(line, at);
	return is_word_at(line, before) ||
	       (line.u.s[before] && strchr("!\"'&.,?", line.u.s[before]));
}

/* Behind at least two hyphens at `at` that a word follows, or `at`. */
static size_t skip_dash(pv_jinja_value line, size_t at)
{
	size_t end = at;

	while (end < line.len && line.u.s[end] == '-')
		end++;
	return end - at >= 2 && is_word_at(line, end) ? end : at;
}

/* Whether a word may be parted behind its hyphen at `at`. */
static int is_hyphen_break(pv_jinja_value line, size_t at)
{
	size_t one;
	size_t two;
	size_t next = at + 1;

	if (line.u.s[at] != '-' || !at)
		return 0;
	one = char_before(line, at);
	if (!one || !is_letter_at(line, one))
		return 0;
	two = char_before(line, one);
	if (!is_letter_at(line, two) &&
	    !(line.u.s[two] == '-' && two &&
	      is_letter_at(line, char_before(line, two))))
		return 0;
	if (!is_letter_at(line, next))
		return 0;
	next = char_after(line, next);
	if (next < line.len && line.u.s[next] == '-')
		next++;
	return is_letter_at(line, next);
}

/* Where the chunk that begins at `at` ends. */
static size_t chunk_end(const struct wrap *wrap, pv_jinja_value line, size_t at)
{
	size_t end = at;

	if (is_blank_at(line, at)) {
		while (is_blank_at(line, end))
			end++;
		return end;
	}
	if (!wrap->splits_hyphens) {
		while (end < line.len && !is_blank_at(line, end))
			end++;
		return end;
	}
	if (is_punctuated_before(line, at)) {
		end = skip_dash(line, at);
		if (end > at)
			return end;
	}
	for (;;) {
		end = char_after(line, end);
		if (end >= line.len || is_blank_at(line, end))
			return end;
		if (is_hyphen_break(line, end))
			return end + 1;
		if (line.u.s[end] == '-' && is_punctuated_before(line, end) &&
		    skip_dash(line, end) > end)
			return end;
	}
}

static int split_chunks(struct chunk **out, size_t *count,
			const struct wrap *wrap, pv_jinja_value line)
{
	struct chunk *chunks;
	int rc = pv_jinja_spend(wrap->run, 1 + line.len / 8);

	if (rc >= 0)
		rc = pv_jinja_alloc_array(&chunks, wrap->run, line.len + 1,
					  sizeof(*chunks));
	if (rc < 0)
		return rc;
	*count = 0;
	for (size_t at = 0; at < line.len;) {
		size_t end = chunk_end(wrap, line, at);

		chunks[*count].from = at;
		chunks[*count].to = end;
		chunks[(*count)++].columns =
			(int64_t)pv_jinja_count(line.u.s + at, end - at);
		at = end;
	}
	*out = chunks;
	return PV_OK;
}

static int is_all_blank(pv_jinja_value line, const struct chunk *chunk)
{
	for (size_t at = chunk->from; at < chunk->to; at = char_after(line, at))
		if (!(pv_jinja_char_flags(char_at(line, at)) &
		      PV_JINJA_CHAR_SPACE))
			return 0;
	return 1;
}

/* How many bytes of a long chunk go on a line with `left` columns. */
static size_t cut_chunk(const struct wrap *wrap, pv_jinja_value line,
			const struct chunk *chunk, int64_t left)
{
	const char *text = line.u.s + chunk->from;
	size_t size = chunk->to - chunk->from;
	size_t cut = pv_jinja_offset(text, size, (size_t)left);
	size_t hyphen;

	if (!wrap->breaks_hyphens || chunk->columns <= left)
		return cut;
	hyphen = pv_jinja_rfind_bytes(text, cut, "-", 1);
	if (hyphen == PV_JINJA_NOWHERE || !hyphen)
		return cut;
	for (size_t i = 0; i < hyphen; i++)
		if (text[i] != '-')
			return hyphen + 1;
	return cut;
}

/* One output line: bytes of the line, and of the piece at its end. */
struct row {
	size_t from;
	size_t to;
	struct chunk last;
};

/* Puts the long chunk's beginning on the line, or all of it when it is alone. */
static size_t add_long(struct row *row, const struct wrap *wrap,
		       pv_jinja_value line, struct chunk *chunk, int64_t left)
{
	struct chunk piece = *chunk;

	if (wrap->breaks_words) {
		piece.to = piece.from + cut_chunk(wrap, line, chunk, left);
		chunk->columns -= (int64_t)pv_jinja_count(line.u.s + piece.from,
							  piece.to - piece.from);
		chunk->from = piece.to;
	} else if (row->to > row->from) {
		return 0;
	}
	row->to = piece.to;
	row->last = piece;
	return piece.to == chunk->to;
}

/* Takes the chunks from *next on that fit. */
static void fill_row(struct row *row, const struct wrap *wrap,
		     pv_jinja_value line, struct chunk *chunks, size_t count,
		     size_t *next)
{
	int64_t columns = 0;

	row->from = row->to = chunks[*next].from;
	row->last = chunks[*next];
	row->last.to = row->last.from;
	while (*next < count && columns + chunks[*next].columns <= wrap->width) {
		columns += chunks[*next].columns;
		row->last = chunks[(*next)++];
		row->to = row->last.to;
	}
	if (*next < count && chunks[*next].columns > wrap->width)
		*next += add_long(row, wrap, line, &chunks[*next],
				  wrap->width - columns);
	if (is_all_blank(line, &row->last))
		row->to = row->last.from;
}

static int put_line(const struct wrap *wrap, pv_jinja_value line, size_t *lines,
		    size_t from, size_t to)
{
	pv_jinja_run *run = wrap->run;
	int rc = pv_jinja_expect(run, 0, wrap->separator.len);

	if (rc < 0)
		return rc;
	if ((*lines)++)
		pv_buf_put(&run->scratch, wrap->separator.u.s,
			   wrap->separator.len);
	pv_buf_put(&run->scratch, line.u.s + from, to - from);
	return pv_jinja_spend(run, 1);
}

/* Nobody asks for the width of a text without lines. */
static int check_width(const struct wrap *wrap)
{
	pv_jinja_run *run = wrap->run;
	pv_jinja_value text;
	int rc = pv_jinja_compare(run, PV_JINJA_LE, wrap->given, pv_jinja_int(0));

	if (rc <= 0)
		return rc;
	rc = pv_jinja_to_str(&text, run, wrap->given);
	return rc < 0 ? rc
		      : pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				       "invalid width %.*s (must be > 0)",
				       (int)text.len, text.u.s);
}

static int wrap_line(const struct wrap *wrap, pv_jinja_value line)
{
	struct chunk *chunks;
	size_t count;
	size_t next = 0;
	size_t lines = 0;
	int rc = split_chunks(&chunks, &count, wrap, line);

	if (rc >= 0)
		rc = check_width(wrap);
	while (rc >= 0 && next < count) {
		struct row row;

		if (lines && is_all_blank(line, &chunks[next]))
			next++;
		if (next >= count)
			break;
		fill_row(&row, wrap, line, chunks, count, &next);
		if (row.to > row.from)
			rc = put_line(wrap, line, &lines, row.from, row.to);
	}
	return rc;
}

/* --- the filter -------------------------------------------------------------------------- */

static int fail_attribute(pv_jinja_run *run, pv_jinja_value value,
			  const char *name)
{
	if (value.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, value);
	return pv_jinja_raise(run, PV_JINJA_ATTRIBUTE_ERROR,
			      "'%s' object has no attribute '%s'",
			      pv_jinja_type_name(value), name);
}

/* Whole columns that fit into a width; what is no number fails later. */
static int64_t columns_of(pv_jinja_value width)
{
	if (pv_jinja_is_small(width))
		return width.u.i;
	if (width.type == PV_JINJA_FLOAT && width.u.f < (double)INT32_MAX)
		return width.u.f > 0 ? (int64_t)width.u.f : 0;
	return INT64_MAX;
}

static int read_wrap(struct wrap *out, const pv_jinja_call *call)
{
	const pv_jinja_value hyphens = call->args[4];
	int rc = PV_OK;

	out->run = call->run;
	out->given = pv_jinja_is_missing(call->args[1]) ? pv_jinja_int(79)
							: call->args[1];
	out->width = columns_of(out->given);
	out->separator = pv_jinja_text(call->run->settings->newline
					       ? call->run->settings->newline
					       : "\n");
	if (!pv_jinja_is_absent(call->args[3]))
		out->separator = call->args[3];
	if (out->separator.type != PV_JINJA_STR)
		rc = fail_attribute(call->run, out->separator, "join");
	if (rc >= 0)
		rc = out->breaks_words = pv_jinja_bool_arg(call, 2, 1);
	if (rc >= 0)
		rc = out->breaks_hyphens = pv_jinja_bool_arg(call, 4, 1);
	out->splits_hyphens = pv_jinja_is_missing(hyphens) ||
			      (hyphens.type == PV_JINJA_BOOL && hyphens.u.i);
	return rc;
}

int pv_jinja_filter_wordwrap(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	const pv_jinja_value text = call->args[0];
	size_t mark = pv_jinja_begin(run);
	pv_jinja_list *lines;
	struct wrap wrap;
	int rc = read_wrap(&wrap, call);

	if (rc < 0)
		return rc;
	if (text.type != PV_JINJA_STR)
		return fail_attribute(run, text, "splitlines");
	rc = pv_jinja_split_lines(&lines, run, text, 0);
	for (size_t i = 0; rc >= 0 && i < lines->count; i++) {
		if (i)
			pv_buf_put(&run->scratch, wrap.separator.u.s,
				   wrap.separator.len);
		rc = wrap_line(&wrap, lines->items[i]);
	}
	return rc < 0 ? rc : pv_jinja_finish(out, run, mark, 0);
}
