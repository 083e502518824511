/* SPDX-License-Identifier: MIT
 *
 * See marked.h. The file is read twice, once with ours between the markers and
 * once with theirs; where the two differ as plain lines there are markers
 * again.
 */
#include "diff/marked.h"

#include <string.h>

#include "base/fail.h"
#include "diff/tokens.h"

enum {
	MARKER_MIN = 7
};

/* Which part of the file a line is in. */
enum part {
	PART_BOTH,
	PART_OURS,
	PART_BASE,
	PART_THEIRS
};

struct marked {
	pv_buf ours;
	pv_buf theirs;
	size_t size;  /* of the markers; 0 before the first one */
	pv_str begin; /* the first markers, with what they say */
	pv_str end;
	enum part part;
};

static size_t count_sign(pv_str line, char sign)
{
	size_t count = 0;

	while (count < line.len && line.ptr[count] == sign)
		count++;
	return count;
}

static int is_marker(const struct marked *m, pv_str line, char sign)
{
	size_t count = count_sign(line, sign);
	size_t size = m->size ? m->size : count;

	return count == size && size >= MARKER_MIN &&
	       (line.len == size || line.ptr[size] == ' ');
}

static void keep_first(pv_str *label, pv_str line)
{
	if (!label->ptr)
		*label = line;
}

/* Whether the line is a marker that can stand here; goes on to its part. */
static int take_marker(struct marked *m, pv_str line)
{
	if (m->part == PART_BOTH && is_marker(m, line, '<')) {
		m->size = count_sign(line, '<');
		keep_first(&m->begin, line);
		m->part = PART_OURS;
	} else if (m->part == PART_OURS && is_marker(m, line, '|')) {
		m->part = PART_BASE;
	} else if ((m->part == PART_OURS || m->part == PART_BASE) &&
		   is_marker(m, line, '=')) {
		m->part = PART_THEIRS;
	} else if (m->part == PART_THEIRS && is_marker(m, line, '>')) {
		keep_first(&m->end, line);
		m->part = PART_BOTH;
	} else {
		return 0;
	}
	return 1;
}

static void take_line(struct marked *m, pv_str line, size_t len)
{
	if (take_marker(m, line))
		return;
	if (m->part == PART_BOTH || m->part == PART_OURS)
		pv_buf_put(&m->ours, line.ptr, len);
	if (m->part == PART_BOTH || m->part == PART_THEIRS)
		pv_buf_put(&m->theirs, line.ptr, len);
}

/* Cuts the text into both sides. PV_ESYNTAX where it has no markers. */
static int split(struct marked *m, pv_str text, pv_error *err)
{
	int rc;

	while (text.len > 0) {
		const char *newline = memchr(text.ptr, '\n', text.len);
		size_t len =
			newline ? (size_t)(newline - text.ptr) + 1 : text.len;
		pv_str line = { text.ptr, len };

		while (line.len > 0 && (line.ptr[line.len - 1] == '\n' ||
					line.ptr[line.len - 1] == '\r'))
			line.len--;
		take_line(m, line, len);
		text.ptr += len;
		text.len -= len;
	}
	rc = pv_buf_status(&m->ours, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&m->theirs, err);
	if (rc == PV_OK && (m->size == 0 || m->part != PART_BOTH))
		rc = pv_fail(err, PV_ESYNTAX, "there are no conflict markers");
	return rc;
}

static void put_marker(pv_buf *out, pv_str line)
{
	pv_buf_put(out, line.ptr, line.len);
	pv_buf_putc(out, '\n');
}

/* What goes is ours, what is new theirs; the one stands before the other. */
static void put_runs(pv_buf *out, const struct marked *m,
		     const pv_diff_run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int is_both = runs[i].op == '-' && i + 1 < count &&
			      runs[i + 1].op == '+';

		if (runs[i].op == '=') {
			pv_buf_put(out, runs[i].text, runs[i].len);
			continue;
		}
		put_marker(out, m->begin);
		if (runs[i].op == '-')
			pv_buf_put(out, runs[i].text, runs[i].len);
		for (size_t k = 0; k < m->size; k++)
			pv_buf_putc(out, '=');
		pv_buf_putc(out, '\n');
		i += is_both;
		if (runs[i].op == '+')
			pv_buf_put(out, runs[i].text, runs[i].len);
		put_marker(out, m->end);
	}
}

static int join(pv_buf *out, const struct marked *m, const pv_buf *ours,
		const pv_buf *theirs, pv_error *err)
{
	pv_str before = { pv_buf_text(ours), ours->len };
	pv_str after = { pv_buf_text(theirs), theirs->len };
	pv_arena arena = { 0 };
	pv_diff_run *runs = NULL;
	size_t count = 0;
	int rc;

	if (pv_str_eq(before, after))
		return pv_fail(err, PV_ESYNTAX, "both sides are the same");
	rc = pv_runs_of_lines(&runs, &count, &arena, before, after, err);
	if (rc == PV_OK)
		put_runs(out, m, runs, count);
	pv_arena_dispose(&arena);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

int pv_marked_flatten(pv_buf *out, pv_str text, pv_flatten_fn *flatten,
		      pv_error *err)
{
	struct marked m = { .size = 0 };
	pv_buf ours = { 0 };
	pv_buf theirs = { 0 };
	int rc = split(&m, text, err);

	if (rc == PV_OK)
		rc = flatten(&ours, pv_buf_text(&m.ours), m.ours.len, err);
	if (rc == PV_OK)
		rc = flatten(&theirs, pv_buf_text(&m.theirs), m.theirs.len, err);
	if (rc == PV_OK)
		rc = join(out, &m, &ours, &theirs, err);
	pv_buf_dispose(&m.ours);
	pv_buf_dispose(&m.theirs);
	pv_buf_dispose(&ours);
	pv_buf_dispose(&theirs);
	return rc;
}
