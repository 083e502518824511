/* SPDX-License-Identifier: MIT
 *
 * Identities, see identity.h. Names are cleaned as git cleans them, so the
 * line in an object is the one git would have written. Where neither
 * environment nor configuration says who somebody is, `git var` is asked: it
 * knows the password file and the host, and when to refuse.
 */
#include "store/commit/identity.h"

#include <stdlib.h>
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"

/* The places one person's data come from, in git's order. */
struct role {
	const char *name_env;
	const char *mail_env;
	const char *date_env;
	const char *name_key;
	const char *mail_key;
	const char *ident; /* for `git var` */
	const char *title;
};

static const struct role author_role = {
	"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE", "author.name",
	"author.email",    "GIT_AUTHOR_IDENT", "author",
};

static const struct role committer_role = {
	"GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE",
	"committer.name",     "committer.email",     "GIT_COMMITTER_IDENT",
	"committer",
};

void pv_signature_dispose(pv_signature *signature)
{
	if (!signature)
		return;
	pv_free(signature->name);
	pv_free(signature->email);
	memset(signature, 0, sizeof(*signature));
}

/* What git cuts off at both ends of a name or address. */
static int is_crud(char c)
{
	return (unsigned char)c <= 32 || (c && strchr(".,:;<>\"\\'", c));
}

/* A cleaned copy: no crud at the ends, no delimiters inside. */
static char *clean_copy(const char *text)
{
	size_t len;
	size_t used = 0;
	char *copy;

	while (*text && is_crud(*text))
		text++;
	len = strlen(text);
	while (len && is_crud(text[len - 1]))
		len--;
	copy = pv_malloc(len + 1);
	if (!copy)
		return NULL;
	for (size_t i = 0; i < len; i++)
		if (text[i] != '\n' && text[i] != '<' && text[i] != '>')
			copy[used++] = text[i];
	copy[used] = '\0';
	return copy;
}

/* Sets name and mail of `out`, whose time is left alone. */
static int set_person(pv_signature *out, const char *name, const char *mail,
		      pv_error *err)
{
	pv_free(out->name);
	pv_free(out->email);
	out->name = clean_copy(name);
	out->email = clean_copy(mail);
	if (!out->name || !out->email)
		return pv_fail_nomem(err);
	if (!*name)
		return pv_fail(err, PV_EINVALID,
			       "empty name (for <%s>) is not allowed", mail);
	if (!*out->name)
		return pv_fail(err, PV_EINVALID,
			       "name \"%s\" has no usable character", name);
	return PV_OK;
}

int pv_signature_dup(pv_signature *out, const pv_signature *from, pv_error *err)
{
	memset(out, 0, sizeof(*out));
	out->when = from->when;
	out->offset = from->offset;
	return set_person(out, from->name, from->email, err);
}

void pv_signature_put(pv_buf *out, const pv_signature *signature)
{
	int offset = abs(signature->offset);

	pv_buf_printf(out, "%s <%s> %lld %c%02d%02d", signature->name,
		      signature->email, (long long)signature->when,
		      signature->offset < 0 ? '-' : '+', offset / 60,
		      offset % 60);
}

static int set_now(pv_signature *out, pv_error *err)
{
	git_signature *now = NULL;
	int rc = git_signature_now(&now, "x", "x");

	if (rc < 0)
		return pv_fail_git(err, rc, "read the clock", NULL);
	out->when = now->when.time;
	out->offset = now->when.offset;
	git_signature_free(now);
	return PV_OK;
}

/* The first of `key` and `fallback` that is set and not empty. */
static int from_config(pv_buf *out, pv_store *store, const char *key,
		       const char *fallback, pv_error *err)
{
	int rc = pv_store_config(out, store, key, err);

	if (rc == PV_ENOTFOUND || (rc == PV_OK && !out->len))
		rc = pv_store_config(out, store, fallback, err);
	return rc == PV_ENOTFOUND ? PV_OK : rc;
}

static int fail_unknown(const struct role *role, pv_error *err)
{
	int rc = pv_fail(err, PV_EINVALID, "%s identity unknown", role->title);

	return pv_error_hint(err, rc,
			     "run `git config --global user.name \"Your Name\"` "
			     "and `git config --global user.email "
			     "you@example.com`");
}

/* What git finds out by itself; it refuses bogus guesses. */
static int ask_git(pv_buf *name, pv_buf *mail, pv_store *store,
		   const struct role *role, pv_error *err)
{
	const char *args[] = { "var", role->ident, NULL };
	pv_git_options opts = { 0 };
	pv_buf out = { 0 };
	pv_buf talk = { 0 };
	const char *start;
	const char *end;
	int status = 0;
	int rc;

	opts.errors = &talk;
	rc = pv_git_run(&out, &status, store, args, &opts, err);
	if (rc < 0)
		goto out;
	start = strstr(pv_buf_text(&out), " <");
	end = start ? strchr(start, '>') : NULL;
	if (status || !end) {
		rc = fail_unknown(role, err);
		goto out;
	}
	if (!name->len)
		pv_buf_put(name, out.ptr, (size_t)(start - out.ptr));
	if (!mail->len)
		pv_buf_put(mail, start + 2, (size_t)(end - start - 2));
out:
	pv_buf_dispose(&out);
	pv_buf_dispose(&talk);
	return rc;
}

/* One of the two texts of a role: the environment, else the configuration. */
static int load_text(pv_buf *out, int *is_given, pv_store *store,
		     const char *const places[3], pv_error *err)
{
	const char *value = pv_store_env(store, places[0]);

	*is_given = value != NULL;
	if (value) {
		pv_buf_puts(out, value);
		return pv_buf_status(out, err);
	}
	return from_config(out, store, places[1], places[2], err);
}

static int load_person(pv_signature *out, pv_store *store,
		       const struct role *role, pv_error *err)
{
	const char *names[] = { role->name_env, role->name_key, "user.name" };
	const char *mails[] = { role->mail_env, role->mail_key, "user.email" };
	const char *fallback = pv_store_env(store, "EMAIL");
	pv_buf name = { 0 };
	pv_buf mail = { 0 };
	int has_name = 0;
	int has_mail = 0;
	int rc;

	rc = load_text(&name, &has_name, store, names, err);
	if (rc == PV_OK)
		rc = load_text(&mail, &has_mail, store, mails, err);
	if (rc < 0)
		goto out;
	if (!has_mail && !mail.len && fallback &&
	    !pv_store_config_bool(store, "user.useConfigOnly", 0))
		pv_buf_puts(&mail, fallback);
	if ((!has_name && !name.len) || (!has_mail && !mail.len)) {
		rc = ask_git(&name, &mail, store, role, err);
		if (rc < 0)
			goto out;
	}
	rc = set_person(out, pv_buf_text(&name), pv_buf_text(&mail), err);
out:
	pv_buf_dispose(&name);
	pv_buf_dispose(&mail);
	return rc;
}

static int load_role(pv_signature *out, pv_store *store,
		     const struct role *role, pv_error *err)
{
	const char *date = pv_store_env(store, role->date_env);
	int rc = load_person(out, store, role, err);

	if (rc == PV_OK && date && *date)
		rc = pv_date_parse(&out->when, &out->offset, store, date, 0, err);
	return rc;
}

/* "Name <mail>" as the --author option takes it. */
static int set_author(pv_signature *out, const char *text, pv_error *err)
{
	const char *mail = strchr(text, '<');
	const char *end = mail ? strchr(mail, '>') : NULL;
	char *name_copy;
	char *mail_copy;
	int rc;

	if (!end)
		return pv_fail(err, PV_EINVALID,
			       "author \"%s\" is not \"Name <mail>\"", text);
	name_copy = pv_strndup(text, (size_t)(mail - text));
	mail_copy = pv_strndup(mail + 1, (size_t)(end - mail - 1));
	if (name_copy && mail_copy)
		rc = set_person(out, name_copy, mail_copy, err);
	else
		rc = pv_fail_nomem(err);
	pv_free(name_copy);
	pv_free(mail_copy);
	return rc;
}

int pv_identity_load(pv_identity *out, pv_store *store,
		     const pv_commit_options *opts, pv_error *err)
{
	pv_signature *author = &out->author;
	const char *date = opts->date;
	int rc;

	memset(out, 0, sizeof(*out));
	if (!date)
		date = pv_store_env(store, author_role.date_env);
	rc = set_now(&out->committer, err);
	if (opts->when)
		out->committer.when = opts->when;
	author->when = out->committer.when;
	author->offset = out->committer.offset;
	if (rc == PV_OK && opts->author)
		rc = set_author(author, opts->author, err);
	else if (rc == PV_OK)
		rc = load_person(author, store, &author_role, err);
	if (rc == PV_OK && date && *date)
		rc = pv_date_parse(&author->when, &author->offset, store, date,
				   opts->date != NULL, err);
	if (rc == PV_OK)
		rc = load_role(&out->committer, store, &committer_role, err);
	return rc;
}

void pv_identity_dispose(pv_identity *identity)
{
	if (!identity)
		return;
	pv_signature_dispose(&identity->author);
	pv_signature_dispose(&identity->committer);
}

int pv_identity_committer(pv_signature *out, pv_store *store, pv_error *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = set_now(out, err);
	return rc < 0 ? rc : load_role(out, store, &committer_role, err);
}

int pv_store_committer(pv_signature *out, pv_store *store, pv_error *err)
{
	int rc = pv_identity_committer(out, store, err);

	if (rc < 0)
		pv_signature_dispose(out);
	return rc;
}

static int add_setting(pv_strlist *env, const pv_buf *line, pv_error *err)
{
	int rc = pv_buf_status(line, err);

	return rc < 0 ? rc : pv_strlist_add(env, line->ptr, err);
}

static int add_role_env(pv_strlist *env, const struct role *role,
			const pv_signature *signature, pv_error *err)
{
	int offset = abs(signature->offset);
	pv_buf line = { 0 };
	int rc;

	if (!signature->name)
		return PV_OK;
	pv_buf_printf(&line, "%s=%s", role->name_env, signature->name);
	rc = add_setting(env, &line, err);
	pv_buf_clear(&line);
	pv_buf_printf(&line, "%s=%s", role->mail_env, signature->email);
	if (rc == PV_OK)
		rc = add_setting(env, &line, err);
	pv_buf_clear(&line);
	pv_buf_printf(&line, "%s=@%lld %c%02d%02d", role->date_env,
		      (long long)signature->when,
		      signature->offset < 0 ? '-' : '+', offset / 60,
		      offset % 60);
	if (rc == PV_OK)
		rc = add_setting(env, &line, err);
	pv_buf_dispose(&line);
	return rc;
}

int pv_identity_env(pv_strlist *env, const pv_identity *identity, pv_error *err)
{
	int rc = add_role_env(env, &author_role, &identity->author, err);

	if (rc == PV_OK)
		rc = add_role_env(env, &committer_role, &identity->committer,
				  err);
	if (rc < 0)
		return rc;
	if (pv_array_reserve(&env->items, &env->cap, env->count + 1,
			     sizeof(*env->items)) < 0)
		return pv_fail_nomem(err);
	env->items[env->count] = NULL;
	return PV_OK;
}
