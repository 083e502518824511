/* SPDX-License-Identifier: MIT
 *
 * See signed.h and <pv/signature.h>. An object that has a signature is never
 * taken for unsigned, whatever git cannot do here: a program that is missing
 * makes the key unknown.
 */
#include "store/commit/signed.h"

#include <ctype.h>
#include <string.h>

#include <git2.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/commit/identity.h"
#include "store/object/object.h"
#include "store/worktree/wildmatch.h"

const char *pv_signature_state_name(enum pv_signature_state state)
{
	static const char *const names[] = {
		[PV_SIGNATURE_NONE] = "unsigned",
		[PV_SIGNATURE_GOOD] = "good",
		[PV_SIGNATURE_BAD] = "bad",
		[PV_SIGNATURE_UNKNOWN] = "unknown-key",
	};

	return names[state];
}

size_t pv_signed_length(const char *text, size_t len)
{
	static const char *const marks[] = { "-----BEGIN PGP SIGNATURE-----",
					     "-----BEGIN PGP MESSAGE-----",
					     "-----BEGIN SSH SIGNATURE-----",
					     "-----BEGIN SIGNED MESSAGE-----" };
	size_t found = len;
	size_t line = 0;

	/* As in git the last one counts: a message may quote another. */
	while (line < len) {
		const char *end = memchr(text + line, '\n', len - line);

		for (size_t i = 0; i < pv_array_len(marks); i++)
			if (len - line >= strlen(marks[i]) &&
			    memcmp(text + line, marks[i], strlen(marks[i])) == 0)
				found = line;
		if (!end)
			break;
		line = (size_t)(end - text) + 1;
	}
	return found;
}

/* --- what the programs say --------------------------------------------------- */

static int set_text(char **out, const char *text, size_t len, pv_error *err)
{
	pv_free(*out);
	*out = pv_strndup(text, len);
	return *out ? PV_OK : pv_fail_nomem(err);
}

static void set_state(pv_signature_check *out, enum pv_signature_state state,
		      const char *reason)
{
	out->state = state;
	out->reason = reason;
}

/* The words of gpg's status lines, see doc/DETAILS of GnuPG. */
static const struct word {
	const char *word;
	const char *reason;
	enum pv_signature_state state;
	int has_signer; /* "KEY SIGNER" follows, else "KEY" or nothing */
} words[] = {
	{ "GOODSIG", "", PV_SIGNATURE_GOOD, 1 },
	{ "BADSIG", "it is not what was signed", PV_SIGNATURE_BAD, 1 },
	{ "EXPSIG", "the signature has expired", PV_SIGNATURE_UNKNOWN, 1 },
	{ "EXPKEYSIG", "the key has expired", PV_SIGNATURE_UNKNOWN, 1 },
	{ "REVKEYSIG", "the key was revoked", PV_SIGNATURE_BAD, 1 },
	{ "ERRSIG", "the key is not known", PV_SIGNATURE_UNKNOWN, 0 },
	{ "NODATA", "it is no signature", PV_SIGNATURE_BAD, 0 },
};

static int read_key(pv_signature_check *out, const struct word *word,
		    const char *rest, size_t len, pv_error *err)
{
	size_t key = 0;
	int rc;

	while (key < len && rest[key] != ' ')
		key++;
	if (!strcmp(word->word, "NODATA"))
		return PV_OK;
	rc = set_text(&out->key, rest, key, err);
	if (rc == PV_OK && word->has_signer && key < len)
		rc = set_text(&out->signer, rest + key + 1, len - key - 1, err);
	return rc;
}

/* One status line, behind its mark. */
static int read_status(pv_signature_check *out, const char *line, size_t len,
		       pv_error *err)
{
	static const char *const doubts[] = { "TRUST_UNDEFINED", "TRUST_NEVER" };
	const char *blank = memchr(line, ' ', len);
	size_t first = blank ? (size_t)(blank - line) : len;
	pv_str name = { line, first };
	const char *rest = blank ? blank + 1 : line + len;
	size_t left = (size_t)(line + len - rest);

	for (size_t i = 0; i < pv_array_len(doubts); i++)
		if (pv_str_is(name, doubts[i]) && out->state == PV_SIGNATURE_GOOD)
			set_state(out, PV_SIGNATURE_UNKNOWN,
				  "the key is not trusted");
	if (pv_str_is(name, "VALIDSIG"))
		return set_text(&out->key, rest, strcspn(rest, " \n"), err);
	for (size_t i = 0; i < pv_array_len(words); i++) {
		if (!pv_str_is(name, words[i].word))
			continue;
		/* Two signatures say nothing that could be relied on. */
		if (out->state == PV_SIGNATURE_NONE)
			set_state(out, words[i].state, words[i].reason);
		else
			set_state(out, PV_SIGNATURE_BAD,
				  "there is more than one signature");
		return read_key(out, &words[i], rest, left, err);
	}
	return PV_OK;
}

static int read_gpg(pv_signature_check *out, const char *said, pv_error *err)
{
	static const char mark[] = "[GNUPG:] ";
	int rc = PV_OK;

	while (*said && rc == PV_OK) {
		size_t len = strcspn(said, "\n");

		if (pv_str_has_prefix(said, mark))
			rc = read_status(out, said + sizeof(mark) - 1,
					 len - (sizeof(mark) - 1), err);
		said += len + (said[len] == '\n');
	}
	return rc;
}

/* The last place of `part` in a line. */
static const char *find_last(const char *line, size_t len, const char *part)
{
	size_t want = strlen(part);

	for (size_t at = len; at-- > 0;)
		if (len - at >= want && !memcmp(line + at, part, want))
			return line + at;
	return NULL;
}

/* 'Good "git" signature [for SIGNER ]with TYPE key HASH' is its first line. */
static int read_ssh(pv_signature_check *out, const char *said, pv_error *err)
{
	static const char good[] = "Good \"git\" signature ";
	const char *line = said + sizeof(good) - 1;
	const char *with;
	const char *key;
	size_t len;
	int rc = PV_OK;

	if (!pv_str_has_prefix(said, good))
		return PV_OK;
	len = strcspn(line, "\n");
	with = find_last(line, len, "with ");
	key = find_last(line, len, " key ");
	if (!with || !key || with > key)
		return PV_OK;
	key += strlen(" key ");
	rc = set_text(&out->key, key, (size_t)(line + len - key), err);
	set_state(out, PV_SIGNATURE_UNKNOWN, "the key is not known");
	if (rc < 0 || !pv_str_has_prefix(line, "for ") || with < line + 5)
		return rc;
	set_state(out, PV_SIGNATURE_GOOD, "");
	return set_text(&out->signer, line + 4, (size_t)(with - line - 5), err);
}

/* What git says when it cannot look, untranslated. */
static int is_unable(const char *said)
{
	static const char *const parts[] = { "cannot run ",
					     "allowedSignersFile needs",
					     "is needed for ssh" };

	for (size_t i = 0; i < pv_array_len(parts); i++)
		if (strstr(said, parts[i]))
			return 1;
	return 0;
}

int pv_signed_read(pv_signature_check *out, const char *said, pv_error *err)
{
	int rc;

	set_state(out, PV_SIGNATURE_NONE, "");
	rc = read_gpg(out, said, err);
	if (rc == PV_OK && out->state == PV_SIGNATURE_NONE)
		rc = read_ssh(out, said, err);
	if (out->state == PV_SIGNATURE_NONE && is_unable(said))
		set_state(out, PV_SIGNATURE_UNKNOWN,
			  "git is not set up to look at it");
	else if (out->state == PV_SIGNATURE_NONE)
		set_state(out, PV_SIGNATURE_BAD, "it is not what was signed");
	if (rc == PV_OK && !out->signer)
		rc = set_text(&out->signer, "", 0, err);
	if (rc == PV_OK && !out->key)
		rc = set_text(&out->key, "", 0, err);
	return rc;
}

enum {
	MAIL_MAX = 320
};

/* In lower case; 0 for one that no mail address is as long as. */
static int put_mail(char out[MAIL_MAX], const char *text, size_t len)
{
	if (!len || len >= MAIL_MAX)
		return 0;
	for (size_t i = 0; i < len; i++)
		out[i] = (char)tolower((unsigned char)text[i]);
	out[len] = '\0';
	return 1;
}

int pv_signed_is_of(const char *signer, const char *mail)
{
	const char *open = strrchr(signer, '<');
	const char *owner = open ? open + 1 : signer;
	char pattern[MAIL_MAX];
	char wanted[MAIL_MAX];

	if (!put_mail(pattern, owner, strcspn(owner, ">")) ||
	    !put_mail(wanted, mail, strlen(mail)))
		return 0;
	/* Only ssh has patterns; an address of gpg's stands in brackets. */
	return open ? !strcmp(pattern, wanted) : pv_wildmatch(pattern, wanted);
}

/* --- objects ------------------------------------------------------------------ */

/* Whether a commit has the header that signatures are in. */
static int has_header(const char *text, size_t len)
{
	static const char header[] = "gpgsig ";
	const size_t want = sizeof(header) - 1;

	while (len && *text != '\n') {
		const char *end = memchr(text, '\n', len);
		size_t used = end ? (size_t)(end - text) + 1 : len;

		if (used > want && !memcmp(text, header, want))
			return 1;
		text += used;
		len -= used;
	}
	return 0;
}

static int is_object_signed(pv_store *store, const git_oid *id,
			    git_object_t type, pv_error *err)
{
	git_odb_object *raw = NULL;
	git_odb *odb = NULL;
	const char *text;
	size_t len;
	int is_signed;
	int rc = git_repository_odb(&odb, store->repo);

	if (rc == 0)
		rc = git_odb_read(&raw, odb, id);
	git_odb_free(odb);
	if (rc < 0)
		return pv_fail_git(err, rc, "read", "an object");
	text = git_odb_object_data(raw);
	len = git_odb_object_size(raw);
	is_signed = type == GIT_OBJECT_COMMIT
			    ? has_header(text, len)
			    : pv_signed_length(text, len) < len;
	git_odb_object_free(raw);
	return is_signed;
}

static int load_who(pv_signature_check *out, pv_store *store, const pv_oid *oid,
		    git_object_t type, pv_error *err)
{
	pv_commit commit = { 0 };
	pv_tag tag = { 0 };
	int rc;

	if (type == GIT_OBJECT_COMMIT) {
		rc = pv_store_commit_read(&commit, store, oid, err);
		if (rc == PV_OK)
			rc = pv_signature_dup(&out->who, &commit.committer, err);
	} else {
		rc = pv_store_tag_read(&tag, store, oid, err);
		if (rc == PV_OK)
			rc = pv_signature_dup(&out->who, &tag.tagger, err);
	}
	pv_commit_dispose(&commit);
	pv_tag_dispose(&tag);
	return rc;
}

static int ask_git(pv_signature_check *out, pv_store *store, const pv_oid *oid,
		   git_object_t type, pv_error *err)
{
	/* What another object is put in its place for is not asked. */
	const char *args[] = { "--no-replace-objects",
			       type == GIT_OBJECT_COMMIT ? "verify-commit"
							 : "verify-tag",
			       "--raw", oid->hex, NULL };
	static const char *const env[] = { "LC_ALL=C", NULL };
	pv_buf said = { 0 };
	pv_buf printed = { 0 };
	pv_git_options opts = { .env = env, .errors = &said };
	int status = 0;
	int rc = pv_git_run(&printed, &status, store, args, &opts, err);

	if (rc == PV_OK)
		rc = pv_signed_read(out, pv_buf_text(&said), err);
	if (rc == PV_OK && out->state == PV_SIGNATURE_GOOD &&
	    !pv_signed_is_of(out->signer, out->who.email))
		set_state(out, PV_SIGNATURE_BAD, "it is by another than it says");
	/* gpg.minTrustLevel is one of the reasons that git has for a no. */
	else if (rc == PV_OK && out->state == PV_SIGNATURE_GOOD && status)
		set_state(out, PV_SIGNATURE_UNKNOWN, "git does not accept it");
	pv_buf_dispose(&printed);
	pv_buf_dispose(&said);
	return rc;
}

static int set_unsigned(pv_signature_check *out, pv_error *err)
{
	int rc = set_text(&out->signer, "", 0, err);

	set_state(out, PV_SIGNATURE_NONE, "it is not signed");
	return rc == PV_OK ? set_text(&out->key, "", 0, err) : rc;
}

int pv_signature_check_load(pv_signature_check *out, pv_store *store,
			    const pv_oid *object, pv_error *err)
{
	git_object *found = NULL;
	git_object_t type;
	git_oid id;
	int rc;

	memset(out, 0, sizeof(*out));
	out->reason = "";
	rc = pv_oid_to_git(&id, object, err);
	if (rc == PV_OK)
		rc = pv_object_get(&found, store, &id, GIT_OBJECT_ANY, err);
	if (rc < 0)
		return rc;
	type = git_object_type(found);
	git_object_free(found);
	if (type != GIT_OBJECT_COMMIT && type != GIT_OBJECT_TAG)
		return pv_fail(err, PV_EINVALID,
			       "\"%.7s\" is neither a commit nor a tag",
			       object->hex);
	rc = load_who(out, store, object, type, err);
	if (rc == PV_OK)
		rc = is_object_signed(store, &id, type, err);
	if (rc > 0)
		rc = ask_git(out, store, object, type, err);
	else if (rc == PV_OK)
		rc = set_unsigned(out, err);
	if (rc < 0)
		pv_signature_check_dispose(out);
	return rc;
}

void pv_signature_check_dispose(pv_signature_check *check)
{
	pv_signature_dispose(&check->who);
	pv_free(check->signer);
	pv_free(check->key);
	memset(check, 0, sizeof(*check));
}
