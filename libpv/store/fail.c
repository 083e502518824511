/* SPDX-License-Identifier: MIT
 *
 * Between libgit2's vocabulary and ours: its error codes become pv_codes with
 * a message of one line, its binary ids become hex. Every call into libgit2
 * that can fail is reported through here.
 */
#include "store/handle.h"

#include <errno.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

struct code_row {
	int git;
	enum pv_code code;
};

static const struct code_row code_rows[] = {
	{ GIT_ENOTFOUND, PV_ENOTFOUND },   { GIT_EEXISTS, PV_EEXISTS },
	{ GIT_EAMBIGUOUS, PV_EAMBIGUOUS }, { GIT_EINVALIDSPEC, PV_EINVALID },
	{ GIT_ELOCKED, PV_ELOCKED },       { GIT_EMODIFIED, PV_ECONFLICT },
	{ GIT_ECONFLICT, PV_ECONFLICT },   { GIT_EMERGECONFLICT, PV_ECONFLICT },
	{ GIT_EOWNER, PV_EAUTH },          { GIT_EAUTH, PV_EAUTH },
};

static enum pv_code code_of(int rc, int klass)
{
	for (size_t i = 0; i < pv_array_len(code_rows); i++)
		if (code_rows[i].git == rc)
			return code_rows[i].code;
	if (klass == GIT_ERROR_OS)
		return PV_EIO;
	return PV_EGIT;
}

/* libgit2 quotes file contents now and then: keep it to one line. */
static void copy_line(char *out, size_t size, const char *text)
{
	size_t len = strnlen(text, size - 1);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ')
			out[i] = ' ';
		else
			out[i] = text[i];
	out[len] = '\0';
}

/*
 * The memory of zlib is its own, and nothing else keeps it from starting. What
 * the C library lacks it for is told in the words of the system.
 */
static int is_no_memory(const git_error *last)
{
	const char *message = last->message ? last->message : "";
	char words[64];

	if (last->klass == GIT_ERROR_ZLIB)
		return strstr(message, "failed to init") != NULL;
	if (last->klass == GIT_ERROR_OS)
		return strerror_r(ENOMEM, words, sizeof(words)) == 0 &&
		       strstr(message, words);
	return last->klass == GIT_ERROR_NOMEMORY;
}

int pv_fail_git(pv_error *err, int rc, const char *doing, const char *what)
{
	const git_error *last = git_error_last();
	char reason[160];
	enum pv_code code;

	if (last && is_no_memory(last)) {
		git_error_clear();
		return pv_fail_nomem(err);
	}
	code = code_of(rc, last ? last->klass : GIT_ERROR_NONE);
	copy_line(reason, sizeof(reason),
		  last && last->message && last->klass != GIT_ERROR_NONE
			  ? last->message
			  : "libgit2 gives no reason");
	git_error_clear();
	if (what)
		return pv_fail(err, code, "cannot %s \"%s\": %s", doing, what,
			       reason);
	return pv_fail(err, code, "cannot %s: %s", doing, reason);
}

void pv_oid_from_git(pv_oid *out, const git_oid *oid)
{
	git_oid_tostr(out->hex, sizeof(out->hex), oid);
}

int pv_oid_to_git(git_oid *out, const pv_oid *oid, pv_error *err)
{
	if (strnlen(oid->hex, sizeof(oid->hex)) != GIT_OID_HEXSZ ||
	    git_oid_fromstr(out, oid->hex) < 0)
		return pv_fail(err, PV_EINVALID,
			       "\"%.40s\" is not an object id", oid->hex);
	return PV_OK;
}
