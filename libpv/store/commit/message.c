/* SPDX-License-Identifier: MIT
 *
 * Messages, see message.h. git_message_prettify is not used: it counts form
 * feeds and vertical tabs among the blanks, git does not.
 */
#include "store/commit/message.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "base/utf8.h"

static const char sign_off[] = "Signed-off-by: ";
static const char scissors[] = "------------------------ >8 "
			       "------------------------\n";

struct mode_name {
	const char *name;
	enum pv_cleanup edited;
	enum pv_cleanup given;
};

static const struct mode_name mode_names[] = {
	{ "default", PV_CLEANUP_STRIP, PV_CLEANUP_SPACE },
	{ "verbatim", PV_CLEANUP_NONE, PV_CLEANUP_NONE },
	{ "whitespace", PV_CLEANUP_SPACE, PV_CLEANUP_SPACE },
	{ "strip", PV_CLEANUP_STRIP, PV_CLEANUP_CHOSEN },
	{ "scissors", PV_CLEANUP_SCISSORS, PV_CLEANUP_SPACE },
};

int pv_message_mode(enum pv_cleanup *out, pv_store *store,
		    const pv_commit_options *opts, pv_error *err)
{
	pv_buf value = { 0 };
	const char *name = "default";
	int rc;

	*out = PV_CLEANUP_NONE;
	if (opts->keep_message)
		return PV_OK;
	rc = pv_store_config(&value, store, "commit.cleanup", err);
	if (rc < 0 && rc != PV_ENOTFOUND)
		goto out;
	if (rc == PV_OK)
		name = pv_buf_text(&value);
	rc = PV_EINVALID;
	for (size_t i = 0; i < sizeof(mode_names) / sizeof(*mode_names); i++) {
		if (strcmp(mode_names[i].name, name) != 0)
			continue;
		*out = opts->edited || opts->edit ? mode_names[i].edited
						  : mode_names[i].given;
		rc = PV_OK;
	}
	if (rc < 0)
		rc = pv_fail(err, PV_EINVALID,
			     "commit.cleanup has the unknown value \"%s\"", name);
out:
	pv_buf_dispose(&value);
	return rc;
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The length of a line without the blanks at its end. */
static size_t trimmed(const char *line, size_t len)
{
	while (len && is_blank(line[len - 1]))
		len--;
	return len;
}

/* `comment` is what comment lines start with; "" keeps them. */
static void strip_space(pv_buf *out, const char *text, size_t len,
			const char *comment)
{
	size_t start = out->len;
	size_t empty = 0;

	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) + 1 : len;
		size_t used = trimmed(text, line);

		if (*comment && pv_str_has_prefix(text, comment)) {
			/* Dropped, and no paragraph ends here. */
		} else if (!used) {
			empty++;
		} else {
			if (empty && out->len > start)
				pv_buf_putc(out, '\n');
			empty = 0;
			pv_buf_put(out, text, used);
			pv_buf_putc(out, '\n');
		}
		text += line;
		len -= line;
	}
}

/* Where the scissors line starts, or the end. */
static size_t scissors_at(const char *text, const char *comment)
{
	const char *line = text;

	for (;;) {
		const char *next = strchr(line, '\n');

		if (pv_str_has_prefix(line, comment) &&
		    line[strlen(comment)] == ' ' &&
		    pv_str_has_prefix(line + strlen(comment) + 1, scissors))
			return (size_t)(line - text);
		if (!next)
			return strlen(text);
		line = next + 1;
	}
}

/* core.commentChar; "auto" is settled by whoever shows the editor. */
static int load_comment(pv_buf *out, pv_store *store, pv_error *err)
{
	int rc = pv_store_config(out, store, "core.commentChar", err);

	if (rc < 0 && rc != PV_ENOTFOUND)
		return rc;
	if (!out->len || strcmp(out->ptr, "auto") == 0) {
		pv_buf_clear(out);
		pv_buf_putc(out, '#');
	}
	return pv_buf_status(out, err);
}

/* The first of git's candidates that begins no line, if "#" is there at all. */
static int choose_comment(pv_buf *out, const char *text, pv_error *err)
{
	char left[] = "#;@!$%^&|:";
	int is_start = 1;
	size_t at;
	int rc;

	for (const char *p = strchr(text, '#') ? text : ""; *p; p++) {
		char *taken = is_start ? strchr(left, *p) : NULL;

		if (taken)
			*taken = ' ';
		is_start = *p == '\n' || *p == '\r';
	}
	at = strspn(left, " ");
	pv_buf_clear(out);
	if (left[at]) {
		pv_buf_putc(out, left[at]);
		return pv_buf_status(out, err);
	}
	rc = pv_fail(err, PV_EINVALID,
		     "core.commentChar=auto: lines of the message begin with "
		     "each character there is");
	return pv_error_hint(err, rc, "set core.commentChar to another one");
}

/* core.commentChar for a text that git would choose it by. */
static int load_chosen(pv_buf *out, pv_store *store, const char *text,
		       pv_error *err)
{
	int rc = pv_store_config(out, store, "core.commentChar", NULL);

	if (rc == PV_OK && out->len && strcmp(out->ptr, "auto") == 0)
		return choose_comment(out, text, err);
	pv_buf_clear(out);
	return load_comment(out, store, err);
}

int pv_message_clean(pv_buf *out, pv_store *store, const char *text,
		     enum pv_cleanup mode, pv_error *err)
{
	size_t len = strlen(text);
	pv_buf comment = { 0 };
	int rc = PV_OK;

	switch (mode) {
	case PV_CLEANUP_NONE:
		pv_buf_put(out, text, len);
		break;
	case PV_CLEANUP_SPACE:
		strip_space(out, text, len, "");
		break;
	case PV_CLEANUP_STRIP:
	case PV_CLEANUP_CHOSEN:
		rc = mode == PV_CLEANUP_STRIP
			     ? load_comment(&comment, store, err)
			     : load_chosen(&comment, store, text, err);
		if (rc == PV_OK)
			strip_space(out, text, len, comment.ptr);
		break;
	case PV_CLEANUP_SCISSORS:
		rc = load_comment(&comment, store, err);
		if (rc == PV_OK)
			strip_space(out, text, scissors_at(text, comment.ptr),
				    "");
		break;
	}
	pv_buf_dispose(&comment);
	return rc < 0 ? rc : pv_buf_status(out, err);
}

/* Nothing but blanks and sign-offs. */
static int is_empty(const char *text)
{
	while (*text) {
		const char *end = text + strcspn(text, "\n");

		if (!pv_str_has_prefix(text, sign_off) &&
		    trimmed(text, (size_t)(end - text)))
			return 0;
		text = *end ? end + 1 : end;
	}
	return 1;
}

int pv_message_check(pv_store *store, const char *text, enum pv_cleanup mode,
		     const char *proposal, pv_error *err)
{
	pv_buf start = { 0 };
	int is_untouched;
	int rc;

	if (mode == PV_CLEANUP_NONE && *text)
		return PV_OK;
	if (is_empty(text)) {
		rc = pv_fail(err, PV_EINVALID, "the commit message is empty");
		return pv_error_hint(err, rc, "say what changed");
	}
	if (!proposal)
		return PV_OK;
	rc = pv_message_clean(&start, store, proposal,
			      mode == PV_CLEANUP_STRIP ? mode : PV_CLEANUP_SPACE,
			      err);
	is_untouched = rc == PV_OK && start.len &&
		       pv_str_has_prefix(text, start.ptr) &&
		       is_empty(text + start.len);
	pv_buf_dispose(&start);
	if (!is_untouched)
		return rc;
	rc = pv_fail(err, PV_EINVALID, "you did not edit the message");
	return pv_error_hint(err, rc,
			     "the template of commit.template is no message");
}

/* Code points that Unicode promises never to assign; git refuses them. */
static int is_nonchar(int32_t code_point)
{
	return (code_point & 0xfffe) == 0xfffe ||
	       (code_point >= 0xfdd0 && code_point <= 0xfdef);
}

int pv_message_to_utf8(pv_buf *out, const char *text)
{
	size_t len = strlen(text);
	int was_bad = 0;

	while (len) {
		size_t step;
		int32_t code_point = pv_utf8_decode(text, len, &step);

		if (code_point >= 0 && !is_nonchar(code_point)) {
			pv_buf_put(out, text, step);
		} else {
			char latin[4];
			unsigned char byte = (unsigned char)*text;

			pv_buf_put(out, latin, pv_utf8_encode(latin, byte));
			was_bad = 1;
			step = 1;
		}
		text += step;
		len -= step;
	}
	return was_bad;
}
