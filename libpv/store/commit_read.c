/* SPDX-License-Identifier: MIT
 *
 * Commits and annotated tags as plain structs that outlive the store.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/encoding.h"
#include "store/identity.h"
#include "store/object.h"

/* Copies a person; old tags have none. */
static int copy_signature(pv_signature *out, const git_signature *from,
			  const char *encoding, pv_error *err)
{
	int rc = pv_encoding_to_utf8(&out->name, from ? from->name : "",
				     encoding, err);

	if (rc == PV_OK)
		rc = pv_encoding_to_utf8(&out->email, from ? from->email : "",
					 encoding, err);
	if (from) {
		out->when = from->when.time;
		out->offset = from->when.offset;
	}
	return rc;
}

/* The length of a line without the blanks at its end. */
static size_t trimmed_length(const char *line, size_t len)
{
	while (len && strchr(" \t\r\v\f", line[len - 1]))
		len--;
	return len;
}

/* The lines of the first paragraph, joined by a space as `%s` does. */
static int copy_subject(char **out, const char *message, pv_error *err)
{
	pv_buf text = { 0 };
	const char *line = message;
	int rc;

	while (*line) {
		size_t len = strcspn(line, "\n");
		size_t used = trimmed_length(line, len);

		if (!used && text.len)
			break;
		if (used && text.len)
			pv_buf_putc(&text, ' ');
		pv_buf_put(&text, line, used);
		line += len + (line[len] == '\n');
	}
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK) {
		*out = pv_strdup(pv_buf_text(&text));
		if (!*out)
			rc = pv_fail_nomem(err);
	}
	pv_buf_dispose(&text);
	return rc;
}

static int copy_parents(pv_commit *out, const git_commit *commit, pv_error *err)
{
	unsigned count = git_commit_parentcount(commit);

	if (!count)
		return PV_OK;
	out->parents = pv_calloc(count, sizeof(*out->parents));
	if (!out->parents)
		return pv_fail_nomem(err);
	out->parent_count = count;
	for (unsigned i = 0; i < count; i++)
		pv_oid_from_git(&out->parents[i],
				git_commit_parent_id(commit, i));
	return PV_OK;
}

static int copy_commit(pv_commit *out, const git_commit *commit, pv_error *err)
{
	const char *encoding = git_commit_message_encoding(commit);
	int rc;

	pv_oid_from_git(&out->oid, git_commit_id(commit));
	pv_oid_from_git(&out->tree, git_commit_tree_id(commit));
	rc = copy_parents(out, commit, err);
	if (rc == PV_OK)
		rc = copy_signature(&out->author, git_commit_author(commit),
				    encoding, err);
	if (rc == PV_OK)
		rc = copy_signature(&out->committer,
				    git_commit_committer(commit), encoding, err);
	if (rc == PV_OK)
		rc = pv_encoding_to_utf8(&out->message,
					 git_commit_message(commit), encoding,
					 err);
	if (rc == PV_OK)
		rc = copy_subject(&out->subject, out->message, err);
	return rc;
}

int pv_store_commit_read(pv_commit *out, pv_store *store, const pv_oid *oid,
			 pv_error *err)
{
	git_object *object = NULL;
	git_oid id;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_oid_to_git(&id, oid, err);
	if (rc == PV_OK)
		rc = pv_object_get(&object, store, &id, GIT_OBJECT_COMMIT, err);
	if (rc == PV_OK)
		rc = copy_commit(out, (git_commit *)object, err);
	if (rc < 0)
		pv_commit_dispose(out);
	git_object_free(object);
	return rc;
}

void pv_commit_dispose(pv_commit *commit)
{
	pv_free(commit->parents);
	pv_signature_dispose(&commit->author);
	pv_signature_dispose(&commit->committer);
	pv_free(commit->message);
	pv_free(commit->subject);
	memset(commit, 0, sizeof(*commit));
}

/* Where the signature that ends a signed tag begins, or the text's length. */
static size_t signature_start(const char *message)
{
	static const char *const heads[] = { "-----BEGIN PGP SIGNATURE-----",
					     "-----BEGIN PGP MESSAGE-----",
					     "-----BEGIN SSH SIGNATURE-----",
					     "-----BEGIN SIGNED MESSAGE-----" };
	size_t found = strlen(message);

	for (const char *line = message; line; line = strchr(line, '\n')) {
		if (line != message)
			line++;
		for (size_t i = 0; i < pv_array_len(heads); i++)
			if (pv_str_has_prefix(line, heads[i]))
				found = (size_t)(line - message);
		if (!*line)
			break;
	}
	return found;
}

/* The commit a tag stands for, through other tags if need be. */
static int find_target(pv_oid *out, const git_tag *tag, pv_error *err)
{
	git_object *commit = NULL;

	if (git_tag_target_type(tag) == GIT_OBJECT_COMMIT) {
		pv_oid_from_git(out, git_tag_target_id(tag));
		return PV_OK;
	}
	if (git_object_peel(&commit, (const git_object *)tag,
			    GIT_OBJECT_COMMIT) < 0) {
		git_error_clear();
		return pv_fail(err, PV_EINVALID,
			       "the tag \"%s\" does not name a commit",
			       git_tag_name(tag));
	}
	pv_oid_from_git(out, git_object_id(commit));
	git_object_free(commit);
	return PV_OK;
}

static int copy_tag(pv_tag *out, const git_tag *tag, pv_error *err)
{
	const char *message = git_tag_message(tag);
	int rc = find_target(&out->target, tag, err);

	if (rc == PV_OK)
		rc = copy_signature(&out->tagger, git_tag_tagger(tag), NULL, err);
	if (rc < 0)
		return rc;
	if (!message)
		message = "";
	out->message = pv_strndup(message, signature_start(message));
	return out->message ? PV_OK : pv_fail_nomem(err);
}

int pv_store_tag_read(pv_tag *out, pv_store *store, const pv_oid *oid,
		      pv_error *err)
{
	git_object *object = NULL;
	git_oid id;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_oid_to_git(&id, oid, err);
	if (rc == PV_OK)
		rc = pv_object_get(&object, store, &id, GIT_OBJECT_ANY, err);
	if (rc < 0)
		return rc;
	out->oid = *oid;
	if (git_object_type(object) == GIT_OBJECT_TAG)
		rc = copy_tag(out, (git_tag *)object, err);
	else
		rc = pv_fail(err, PV_EINVALID, "\"%s\" is not an annotated tag",
			     oid->hex);
	if (rc < 0)
		pv_tag_dispose(out);
	git_object_free(object);
	return rc;
}

void pv_tag_dispose(pv_tag *tag)
{
	pv_signature_dispose(&tag->tagger);
	pv_free(tag->message);
	memset(tag, 0, sizeof(*tag));
}
