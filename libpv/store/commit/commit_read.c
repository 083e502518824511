/* SPDX-License-Identifier: MIT
 *
 * Commits and annotated tags as plain structs that outlive the store.
 */
#include "store/history/commit_links.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/commit/encoding.h"
#include "store/commit/identity.h"
#include "store/commit/signed.h"
#include "store/object/object.h"
#include "store/object/raw_object.h"

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

static void drop(pv_str *rest, size_t len)
{
	rest->ptr += len;
	rest->len -= len;
}

/* Takes "<key> <value>\n" off the front; 0 when something else is there. */
static int take_line(pv_str *value, pv_str *rest, const char *key)
{
	size_t head = strlen(key);
	const char *end = memchr(rest->ptr, '\n', rest->len);

	if (!end || rest->len < head + 1 || memcmp(rest->ptr, key, head) != 0 ||
	    rest->ptr[head] != ' ')
		return 0;
	value->ptr = rest->ptr + head + 1;
	value->len = (size_t)(end - value->ptr);
	drop(rest, (size_t)(end + 1 - rest->ptr));
	return 1;
}

static int take_id(pv_oid *out, pv_str *rest, const char *key)
{
	pv_str hex;

	if (!take_line(&hex, rest, key) || hex.len != GIT_OID_HEXSZ)
		return 0;
	memcpy(out->hex, hex.ptr, hex.len);
	out->hex[hex.len] = '\0';
	return 1;
}

/* Takes a line off the front; 0 when it does not end. */
static int skip_line(pv_str *rest)
{
	const char *end = memchr(rest->ptr, '\n', rest->len);

	if (end)
		drop(rest, (size_t)(end + 1 - rest->ptr));
	return end != NULL;
}

/* A person as libgit2 reads one; 0 when it would not. */
static int read_person(pv_signature *out, pv_str line, const char *encoding,
		       pv_error *err)
{
	git_signature *person = NULL;
	pv_buf text = { 0 };
	int rc;

	pv_buf_put(&text, line.ptr, line.len);
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK && git_signature_from_buffer(&person, text.ptr) == 0)
		rc = copy_signature(out, person, encoding, err);
	git_error_clear();
	pv_buf_dispose(&text);
	rc = rc < 0 ? rc : person != NULL;
	git_signature_free(person);
	return rc;
}

/* A commit's headers, borrowed; `message` is owned, as is `encoding`. */
struct headers {
	pv_str author;
	pv_str committer;
	char *encoding; /* NULL when not given */
	char *message;
};

static void dispose_headers(struct headers *headers)
{
	pv_free(headers->encoding);
	pv_free(headers->message);
}

static int take_parents(pv_commit *out, pv_str *rest, pv_error *err)
{
	pv_str counting = *rest;
	size_t count = 0;
	pv_oid id;

	while (take_id(&id, &counting, "parent"))
		count++;
	if (!count)
		return PV_OK;
	out->parents = pv_calloc(count, sizeof(*out->parents));
	if (!out->parents)
		return pv_fail_nomem(err);
	while (out->parent_count < count &&
	       take_id(&out->parents[out->parent_count], rest, "parent"))
		out->parent_count++;
	return PV_OK;
}

/* Reads up to the blank line and what is behind it: 1, 0 or PV_ENOMEM. */
static int take_rest(struct headers *out, pv_str *rest, pv_error *err)
{
	pv_str line;

	while (rest->len && *rest->ptr != '\n') {
		if (take_line(&line, rest, "encoding")) {
			pv_free(out->encoding);
			out->encoding = pv_strndup(line.ptr, line.len);
			if (!out->encoding)
				return pv_fail_nomem(err);
		} else if (!skip_line(rest)) {
			return 0;
		}
	}
	if (!rest->len || memchr(rest->ptr, '\0', rest->len))
		return 0;
	while (rest->len && *rest->ptr == '\n')
		drop(rest, 1);
	out->message = pv_strndup(rest->ptr, rest->len);
	return out->message ? 1 : pv_fail_nomem(err);
}

static int fill_commit(pv_commit *out, const struct headers *from, pv_error *err)
{
	int rc = read_person(&out->author, from->author, from->encoding, err);

	if (rc > 0)
		rc = read_person(&out->committer, from->committer,
				 from->encoding, err);
	if (rc <= 0)
		return rc;
	rc = pv_encoding_to_utf8(&out->message, from->message, from->encoding,
				 err);
	if (rc == PV_OK)
		rc = copy_subject(&out->subject, out->message, err);
	return rc < 0 ? rc : 1;
}

/* 1, or 0 for a commit that is not here or not as git writes it. */
static int read_raw_commit(pv_commit *out, pv_store *store, const git_oid *id,
			   pv_error *err)
{
	struct headers headers = { 0 };
	pv_packed_object raw;
	pv_str rest;
	int rc = pv_raw_read(&raw, store, id, err);

	if (rc <= 0 || raw.type != GIT_OBJECT_COMMIT)
		return rc < 0 ? rc : 0;
	rest = (pv_str){ raw.data, raw.len };
	pv_oid_from_git(&out->oid, id);
	if (!take_id(&out->tree, &rest, "tree"))
		return 0;
	rc = take_parents(out, &rest, err);
	if (rc < 0)
		return rc;
	if (!take_line(&headers.author, &rest, "author") ||
	    !take_line(&headers.committer, &rest, "committer"))
		return 0;
	rc = take_rest(&headers, &rest, err);
	if (rc > 0)
		rc = fill_commit(out, &headers, err);
	dispose_headers(&headers);
	return rc;
}

static int read_any_commit(pv_commit *out, pv_store *store, const git_oid *id,
			   pv_error *err)
{
	git_object *object = NULL;
	int rc = pv_object_get(&object, store, id, GIT_OBJECT_COMMIT, err);

	if (rc == PV_OK)
		rc = copy_commit(out, (git_commit *)object, err);
	git_object_free(object);
	return rc;
}

int pv_store_commit_read(pv_commit *out, pv_store *store, const pv_oid *oid,
			 pv_error *err)
{
	git_oid id;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_oid_to_git(&id, oid, err);
	if (rc < 0)
		return rc;
	rc = read_raw_commit(out, store, &id, err);
	if (rc == 0) {
		pv_commit_dispose(out);
		rc = read_any_commit(out, store, &id, err);
	}
	if (rc < 0)
		pv_commit_dispose(out);
	return rc < 0 ? rc : PV_OK;
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

/* Straight from a pack: 1, or 0 when it is not there or not as git writes it. */
static int read_packed_links(pv_commit_links *out, pv_store *store,
			     const pv_oid *oid, pv_error *err)
{
	pv_packed_object packed = { 0 };
	pv_str rest;
	git_oid id;
	int rc = pv_oid_to_git(&id, oid, err);

	if (rc == PV_OK)
		rc = pv_raw_read(&packed, store, &id, err);
	if (rc <= 0 || packed.type != GIT_OBJECT_COMMIT)
		return rc < 0 ? rc : 0;
	rest.ptr = packed.data;
	rest.len = packed.len;
	if (!take_id(&out->tree, &rest, "tree"))
		return 0;
	for (pv_oid next; take_id(&next, &rest, "parent");)
		if (!out->parent_count++)
			out->parent = next;
	return rest.len > 0;
}

int pv_commit_links_read(pv_commit_links *out, pv_store *store,
			 const pv_oid *oid, pv_error *err)
{
	pv_commit commit = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = read_packed_links(out, store, oid, err);
	if (rc == 0)
		memset(out, 0, sizeof(*out));
	out->oid = *oid;
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_store_commit_read(&commit, store, oid, err);
	if (rc < 0)
		return rc;
	out->tree = commit.tree;
	out->parent_count = commit.parent_count;
	if (commit.parent_count)
		out->parent = commit.parents[0];
	pv_commit_dispose(&commit);
	return PV_OK;
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
	out->message =
		pv_strndup(message, pv_signed_length(message, strlen(message)));
	return out->message ? PV_OK : pv_fail_nomem(err);
}

/*
 * A tag of a commit as git writes it, straight from a pack: 1, or 0 for any
 * other, which libgit2 reads. There are thousands where there are versions.
 */
static int read_packed_tag(pv_tag *out, pv_store *store, const git_oid *id,
			   pv_error *err)
{
	pv_packed_object packed;
	pv_str rest, target, type, name, tagger;
	char *message;
	int rc = pv_raw_read(&packed, store, id, err);

	if (rc <= 0 || packed.type != GIT_OBJECT_TAG)
		return rc < 0 ? rc : 0;
	rest.ptr = packed.data;
	rest.len = packed.len;
	if (!take_line(&target, &rest, "object") ||
	    !take_line(&type, &rest, "type") || !take_line(&name, &rest, "tag") ||
	    !take_line(&tagger, &rest, "tagger") || !rest.len ||
	    *rest.ptr != '\n' || target.len != GIT_OID_HEXSZ ||
	    !pv_str_is(type, "commit"))
		return 0;
	rc = read_person(&out->tagger, tagger, NULL, err);
	if (rc <= 0)
		return rc;
	memcpy(out->target.hex, target.ptr, target.len);
	out->target.hex[target.len] = '\0';
	message = pv_strndup(rest.ptr + 1, rest.len - 1);
	if (!message)
		return pv_fail_nomem(err);
	message[pv_signed_length(message, strlen(message))] = '\0';
	out->message = message;
	return 1;
}

static int read_any_tag(pv_tag *out, pv_store *store, const git_oid *id,
			pv_error *err)
{
	git_object *object = NULL;
	int rc = pv_object_get(&object, store, id, GIT_OBJECT_ANY, err);

	if (rc < 0)
		return rc;
	if (git_object_type(object) == GIT_OBJECT_TAG)
		rc = copy_tag(out, (git_tag *)object, err);
	else
		rc = pv_fail(err, PV_EINVALID, "\"%s\" is not an annotated tag",
			     out->oid.hex);
	git_object_free(object);
	return rc;
}

int pv_store_tag_read(pv_tag *out, pv_store *store, const pv_oid *oid,
		      pv_error *err)
{
	git_oid id;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_oid_to_git(&id, oid, err);
	if (rc < 0)
		return rc;
	out->oid = *oid;
	rc = read_packed_tag(out, store, &id, err);
	if (rc == 0)
		rc = read_any_tag(out, store, &id, err);
	if (rc < 0)
		pv_tag_dispose(out);
	return rc < 0 ? rc : PV_OK;
}

void pv_tag_dispose(pv_tag *tag)
{
	pv_signature_dispose(&tag->tagger);
	pv_free(tag->message);
	memset(tag, 0, sizeof(*tag));
}
