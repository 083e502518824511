/* SPDX-License-Identifier: MIT
 *
 * See experiment_units.h. What is kept is what was read of the line under way,
 * however many there are.
 */
#include "experiment/experiment_units.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/str.h"

enum {
	PIECE = 8192,        /* bytes that are read at once */
	LINE_BYTES = 1 << 20 /* of a line, at most */
};

struct reader {
	pv_cli *cli;
	int (*fn)(const char *unit, const pv_json *more, void *payload);
	void *payload;
	pv_buf input;
	pv_buf unit; /* of a plain line, with an end */
	int line;
};

/* --- a line --------------------------------------------------------------- */

/* A member that is an object, or nothing. */
static int check_member(struct reader *it, const pv_json *root, const char *key)
{
	const pv_json *member = pv_json_get(root, key);

	if (!member || pv_json_type_of(member) == PV_JSON_NULL ||
	    pv_json_type_of(member) == PV_JSON_OBJECT)
		return PV_OK;
	return pv_fail(&it->cli->err, PV_EINVALID,
		       "\"%s\" is no object of names and values", key);
}

static int take_object(struct reader *it, pv_str line)
{
	pv_cli *cli = it->cli;
	pv_json_doc *doc = NULL;
	const pv_json *root;
	const char *unit = NULL;
	size_t len = 0;
	int rc = pv_json_parse(&doc, line.ptr, line.len, &cli->err);

	if (rc != PV_OK)
		return rc;
	root = pv_json_root(doc);
	unit = pv_json_text(pv_json_get(root, "unit"), &len);
	if (!unit || strlen(unit) != len)
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "the line has no \"unit\", which is a text");
	if (rc == PV_OK)
		rc = check_member(it, root, "context");
	if (rc == PV_OK)
		rc = check_member(it, root, "sticky");
	if (rc < 0)
		(void)pv_error_hint(&cli->err, rc,
				    "{\"unit\": \"u1\", \"context\": "
				    "{\"country\": \"at\"}}");
	else
		rc = it->fn(unit, root, it->payload);
	pv_json_free(doc);
	return rc;
}

static int take_plain(struct reader *it, pv_str line)
{
	pv_cli *cli = it->cli;
	int rc = cli_check_utf8(cli, "the unit", line.ptr, line.len);

	if (rc == PV_OK && memchr(line.ptr, '\0', line.len))
		rc = pv_fail(&cli->err, PV_EINVALID, "the unit has a zero byte");
	if (rc != PV_OK)
		return rc;
	pv_buf_truncate(&it->unit, 0);
	pv_buf_put(&it->unit, line.ptr, line.len);
	rc = pv_buf_status(&it->unit, &cli->err);
	return rc == PV_OK ? it->fn(pv_buf_text(&it->unit), NULL, it->payload)
			   : rc;
}

static int take_line(struct reader *it, pv_str line)
{
	int rc = PV_OK;

	it->line++;
	if (it->line == 1 && line.len >= 3 &&
	    !memcmp(line.ptr, "\xEF\xBB\xBF", 3)) {
		line.ptr += 3;
		line.len -= 3;
	}
	line.len -= line.len && line.ptr[line.len - 1] == '\r';
	if (!pv_str_trim(line).len)
		return PV_OK;
	rc = *line.ptr == '{' ? take_object(it, line) : take_plain(it, line);
	return rc < 0 ? pv_error_at(&it->cli->err, rc, "standard input",
				    it->line, 0)
		      : rc;
}

/* --- all of them ---------------------------------------------------------- */

/* Takes whole lines and keeps the rest, `*looked` bytes without an end. */
static int take_lines(struct reader *it, size_t *looked)
{
	const char *start = pv_buf_text(&it->input);
	const char *at = start; /* of the line under way */
	const char *from = start + *looked;
	const char *end = start + it->input.len;
	int rc = PV_OK;

	while (rc == PV_OK && from < end) {
		const char *stop = memchr(from, '\n', (size_t)(end - from));

		if (!stop)
			break;
		rc = take_line(it, (pv_str){ at, (size_t)(stop - at) });
		at = from = stop + 1;
	}
	*looked = (size_t)(end - at);
	if (at != start) {
		memmove(it->input.ptr, at, *looked);
		pv_buf_truncate(&it->input, *looked);
	}
	return rc;
}

/* Appends what comes next; `*is_end` when nothing does. */
static int read_some(struct reader *it, int *is_end)
{
	char piece[PIECE];
	pv_cli *cli = it->cli;
	int rc = cli_flush(cli);
	ssize_t n = 0;

	if (rc != PV_OK)
		return rc;
	do
		n = read(STDIN_FILENO, piece, sizeof(piece));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return pv_fail_errno(&cli->err, errno, "read", "standard input");
	*is_end = n == 0;
	if (it->input.len + (size_t)n > LINE_BYTES)
		return pv_error_at(&cli->err,
				   pv_fail(&cli->err, PV_ELIMIT,
					   "a line has more than 1 MiB"),
				   "standard input", it->line + 1, 0);
	pv_buf_put(&it->input, piece, (size_t)n);
	return pv_buf_status(&it->input, &cli->err);
}

static int read_all(struct reader *it)
{
	size_t looked = 0;
	int is_end = 0;
	int rc = PV_OK;

	while (rc == PV_OK && !is_end) {
		rc = read_some(it, &is_end);
		if (rc == PV_OK)
			rc = take_lines(it, &looked);
	}
	if (rc == PV_OK && it->input.len)
		rc = take_line(it, (pv_str){ it->input.ptr, it->input.len });
	return rc;
}

int experiment_units_each(pv_cli *cli,
			  int (*fn)(const char *unit, const pv_json *more,
				    void *payload),
			  void *payload)
{
	struct reader it = { .cli = cli, .fn = fn, .payload = payload };
	int rc = read_all(&it);

	pv_buf_dispose(&it.input);
	pv_buf_dispose(&it.unit);
	return rc;
}
