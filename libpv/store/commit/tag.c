/* SPDX-License-Identifier: MIT
 *
 * Annotated tags, byte for byte what `git tag -a` makes. Alone, a tag costs
 * one object and one ref; many are made with one pack and one ref
 * transaction. Signed ones are made by git.
 */
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/commit/identity.h"
#include "store/commit/message.h"
#include "store/commit/signed.h"
#include "store/durable.h"
#include "store/object/objects.h"
#include "store/object/raw_object.h"
#include "store/ref/ref_move.h"

/*
 * From MANY_REFS new tags on, git's ref transaction is cheaper than one of
 * ours for each; beyond PACK_REFS loose refs slow every reader down.
 */
enum {
	MANY_REFS = 32,
	PACK_REFS = 1000
};

static const char prefix[] = "refs/tags/";

/* A batch in the making. */
struct batch {
	pv_store *store;
	pv_objects objects;
	pv_signature committer; /* empty until somebody needs it */
	pv_buf commands;        /* for git update-ref: the refs to create */
	size_t fresh;           /* how many of them */
	int is_signed;
};

static int check_name(const char *name, pv_error *err)
{
	pv_buf refname = { 0 };
	int is_valid = 0;
	int rc;

	pv_buf_printf(&refname, "%s%s", prefix, name);
	rc = pv_buf_status(&refname, err);
	/* libgit2 lets DEL pass, git does not. */
	if (rc == PV_OK && *name != '-' && !strchr(name, '\x7f') &&
	    git_reference_name_is_valid(&is_valid, refname.ptr) < 0)
		git_error_clear();
	if (rc == PV_OK && !is_valid)
		rc = pv_fail(err, PV_EINVALID, "\"%s\" is not a tag name", name);
	pv_buf_dispose(&refname);
	return rc;
}

/* Who tags: the request's tagger, else the committer. */
static int find_tagger(pv_signature *out, struct batch *batch,
		       const pv_tag_request *request, pv_error *err)
{
	int rc;

	if (request->tagger)
		return pv_signature_dup(out, request->tagger, err);
	if (!batch->committer.name) {
		rc = pv_identity_committer(&batch->committer, batch->store, err);
		if (rc < 0)
			return rc;
	}
	return pv_signature_dup(out, &batch->committer, err);
}

static int find_type(git_object_t *out, struct batch *batch, const pv_oid *oid,
		     pv_error *err)
{
	pv_packed_object raw = { 0 };
	git_odb *odb = NULL;
	git_oid id;
	size_t len;
	int rc = pv_oid_to_git(&id, oid, err);

	if (rc == PV_OK)
		rc = pv_raw_read(&raw, batch->store, &id, err);
	if (rc > 0)
		*out = raw.type;
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_objects_odb(&odb, &batch->objects, err);
	if (rc < 0)
		return rc;
	rc = git_odb_read_header(&len, out, odb, &id);
	return rc < 0 ? pv_fail_git(err, rc, "tag", oid->hex) : PV_OK;
}

/* Appends the object without a signature. */
static int build(pv_buf *out, struct batch *batch,
		 const pv_tag_request *request, pv_error *err)
{
	pv_signature tagger = { 0 };
	pv_buf message = { 0 };
	git_object_t type;
	int rc = find_type(&type, batch, &request->commit, err);

	if (rc < 0)
		return rc;
	rc = find_tagger(&tagger, batch, request, err);
	if (rc == PV_OK)
		rc = pv_message_clean(&message, batch->store, request->message,
				      PV_CLEANUP_STRIP, err);
	if (rc == PV_OK) {
		pv_buf_printf(out, "object %s\ntype %s\ntag %s\ntagger ",
			      request->commit.hex, git_object_type2string(type),
			      request->name);
		pv_signature_put(out, &tagger);
		pv_buf_puts(out, "\n\n");
		pv_buf_put(out, message.ptr, message.len);
		rc = pv_buf_status(out, err);
	}
	pv_signature_dispose(&tagger);
	pv_buf_dispose(&message);
	return rc;
}

/*
 * Compares with the tag that is there: 0 when there is none, 1 when it says
 * the same (`out` is its id), PV_EEXISTS when not.
 */
static int compare_existing(pv_oid *out, struct batch *batch, const char *name,
			    const pv_buf *text, pv_error *err)
{
	git_odb_object *object = NULL;
	pv_buf refname = { 0 };
	git_odb *odb = NULL;
	git_oid id;
	int is_same;
	int rc;

	pv_buf_printf(&refname, "%s%s", prefix, name);
	rc = pv_buf_status(&refname, err);
	if (rc == PV_OK)
		rc = pv_store_ref(out, batch->store, refname.ptr, err);
	pv_buf_dispose(&refname);
	if (rc < 0)
		return rc == PV_ENOTFOUND ? 0 : rc;
	rc = pv_oid_to_git(&id, out, err);
	if (rc == PV_OK)
		rc = pv_objects_odb(&odb, &batch->objects, err);
	if (rc < 0)
		return rc;
	rc = git_odb_read(&object, odb, &id);
	if (rc < 0)
		return pv_fail_git(err, rc, "read the tag", name);
	is_same = git_odb_object_type(object) == GIT_OBJECT_TAG &&
		  pv_signed_length(git_odb_object_data(object),
				   git_odb_object_size(object)) == text->len &&
		  memcmp(git_odb_object_data(object), pv_buf_text(text),
			 text->len) == 0;
	git_odb_object_free(object);
	if (is_same)
		return 1;
	return pv_fail(err, PV_EEXISTS, "the tag \"%s\" is there already", name);
}

static int fail_to_sign(const char *name, pv_error *err)
{
	int rc = pv_fail(err, PV_EGIT, "git could not sign the tag \"%s\"", name);

	return pv_error_hint(err, rc,
			     "check user.signingKey and gpg.format, or "
			     "tag.gpgSign");
}

/* git exits 0 after some signing programs failed: an unsigned tag goes. */
static int check_signed(struct batch *batch, const pv_oid *tag,
			const char *name, pv_error *err)
{
	const char *args[] = { "update-ref", "-d", NULL, tag->hex, NULL };
	git_odb_object *object = NULL;
	pv_buf refname = { 0 };
	git_oid id;
	git_odb *odb = NULL;
	int is_signed;
	int status = 0;
	int rc = pv_oid_to_git(&id, tag, err);

	if (rc == PV_OK)
		rc = pv_objects_odb(&odb, &batch->objects, err);
	if (rc < 0)
		return rc;
	rc = git_odb_read(&object, odb, &id);
	if (rc < 0)
		return pv_fail_git(err, rc, "read the tag", name);
	is_signed = pv_signed_length(git_odb_object_data(object),
				     git_odb_object_size(object)) <
		    git_odb_object_size(object);
	git_odb_object_free(object);
	if (is_signed)
		return PV_OK;
	pv_buf_printf(&refname, "%s%s", prefix, name);
	rc = pv_buf_status(&refname, err);
	args[2] = refname.ptr;
	if (rc == PV_OK)
		rc = pv_git_run(NULL, &status, batch->store, args, NULL, err);
	pv_buf_dispose(&refname);
	return rc < 0 ? rc : fail_to_sign(name, err);
}

/* Lets git make, sign and place one tag. */
static int make_signed(pv_oid *out, struct batch *batch,
		       const pv_tag_request *request, const pv_buf *text,
		       pv_error *err)
{
	const char *args[] = { "tag", "-s",          "--cleanup=verbatim", "-F",
			       "-",   request->name, request->commit.hex,  NULL };
	const char *message = strstr(pv_buf_text(text), "\n\n") + 2;
	pv_identity identity = { 0 };
	pv_git_options opts = { 0 };
	pv_strlist env = { 0 };
	pv_buf refname = { 0 };
	int status = 0;
	int rc = find_tagger(&identity.committer, batch, request, err);

	if (rc == PV_OK)
		rc = pv_identity_env(&env, &identity, err);
	opts.env = (const char *const *)env.items;
	opts.input = message;
	opts.input_len = strlen(message);
	if (rc == PV_OK)
		rc = pv_git_run(NULL, &status, batch->store, args, &opts, err);
	if (rc == PV_OK && status)
		rc = fail_to_sign(request->name, err);
	pv_buf_printf(&refname, "%s%s", prefix, request->name);
	if (rc == PV_OK)
		rc = pv_buf_status(&refname, err);
	if (rc == PV_OK)
		rc = pv_store_ref(out, batch->store, refname.ptr, err);
	if (rc == PV_OK)
		rc = check_signed(batch, out, request->name, err);
	pv_identity_dispose(&identity);
	pv_strlist_dispose(&env);
	pv_buf_dispose(&refname);
	return rc;
}

/* Writes one tag's object, or finds it there; its ref comes later. */
static int add_tag(pv_oid *out, struct batch *batch,
		   const pv_tag_request *request, pv_error *err)
{
	pv_buf text = { 0 };
	git_oid id;
	int rc = check_name(request->name, err);

	if (rc == PV_OK)
		rc = build(&text, batch, request, err);
	if (rc == PV_OK)
		rc = compare_existing(out, batch, request->name, &text, err);
	if (rc) {
		rc = rc > 0 ? PV_OK : rc;
	} else if (batch->is_signed) {
		rc = make_signed(out, batch, request, &text, err);
	} else {
		rc = pv_objects_add(&id, &batch->objects, GIT_OBJECT_TAG,
				    text.ptr, text.len, err);
		if (rc == PV_OK) {
			pv_oid_from_git(out, &id);
			pv_buf_printf(&batch->commands, "create %s%s %s\n",
				      prefix, request->name, out->hex);
			batch->fresh++;
		}
	}
	pv_buf_dispose(&text);
	return rc;
}

/* One line of the commands, as a ref change of ours. */
static int create_ref(struct batch *batch, char *line, pv_error *err)
{
	static const char verb[] = "create ";
	pv_ref_change change = { line + strlen(verb), NULL, NULL, NULL, NULL };
	pv_signature who = { 0 };
	pv_buf message = { 0 };
	char *hex = strrchr(line, ' ');
	git_oid id;
	int rc;

	*hex++ = '\0';
	git_oid_fromstrn(&id, hex, GIT_OID_HEXSZ);
	pv_buf_printf(&message, "tag: tagging %.7s", hex);
	rc = pv_identity_committer(&who, batch->store, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&message, err);
	change.target = &id;
	change.who = &who;
	change.message = message.ptr;
	if (rc == PV_OK)
		rc = pv_ref_move(batch->store, &change, err);
	if (rc == PV_ECONFLICT)
		rc = pv_fail(err, PV_EEXISTS, "\"%s\" is there already",
			     change.refname);
	pv_signature_dispose(&who);
	pv_buf_dispose(&message);
	return rc;
}

static int create_refs_one_by_one(struct batch *batch, pv_error *err)
{
	char *line = batch->commands.ptr;
	int rc = PV_OK;

	while (rc == PV_OK && line && *line) {
		char *end = strchr(line, '\n');

		*end = '\0';
		rc = create_ref(batch, line, err);
		line = end + 1;
	}
	return rc;
}

/* Why git made no tags. */
static int explain(pv_store *store, const char *talk, pv_error *err)
{
	int rc = pv_git_obstacle(store, talk, err);

	if (rc < 0)
		return rc;
	return pv_fail(err, strstr(talk, "exists") ? PV_EEXISTS : PV_EGIT,
		       "git could not create the tags: %.*s",
		       (int)strcspn(talk, "\n"), talk);
}

/* All refs or none, in one transaction of git's. */
static int create_refs_by_git(struct batch *batch, pv_error *err)
{
	static const char *const update[] = { "update-ref", "--stdin", NULL };
	static const char *const pack[] = { "pack-refs", "--all", NULL };
	pv_git_options opts = { 0 };
	pv_buf out = { 0 };
	pv_buf talk = { 0 };
	int status = 0;
	int rc;

	opts.input = batch->commands.ptr;
	opts.input_len = batch->commands.len;
	opts.errors = &talk;
	opts.is_final = 1;
	rc = pv_durable_objects(batch->store, err);
	if (rc == PV_OK)
		rc = pv_git_run(&out, &status, batch->store, update, &opts, err);
	if (rc == PV_OK && status)
		rc = explain(batch->store, pv_buf_text(&talk), err);
	/* Packing is a favour to readers; the tags are there without it. */
	if (rc == PV_OK && batch->fresh > PACK_REFS)
		pv_git_run(&out, &status, batch->store, pack, &opts, NULL);
	pv_buf_dispose(&out);
	pv_buf_dispose(&talk);
	return rc;
}

static int finish(struct batch *batch, pv_error *err)
{
	int rc = pv_objects_finish(&batch->objects, err);

	if (rc == PV_OK)
		rc = pv_buf_status(&batch->commands, err);
	if (rc < 0 || !batch->fresh)
		return rc;
	return batch->fresh < MANY_REFS ? create_refs_one_by_one(batch, err)
					: create_refs_by_git(batch, err);
}

int pv_store_tag_many(pv_oid *out, pv_store *store, const pv_tag_request *tags,
		      size_t count, pv_error *err)
{
	struct batch batch = { 0 };
	int rc = pv_objects_begin(&batch.objects, store, count, err);

	batch.store = store;
	batch.is_signed =
		pv_store_config_bool(store, "tag.gpgSign", 0) ||
		pv_store_config_bool(store, "tag.forceSignAnnotated", 0);
	for (size_t i = 0; rc == PV_OK && i < count; i++) {
		pv_oid id;

		rc = add_tag(out ? &out[i] : &id, &batch, &tags[i], err);
	}
	if (rc == PV_OK)
		rc = finish(&batch, err);
	pv_objects_dispose(&batch.objects);
	pv_signature_dispose(&batch.committer);
	pv_buf_dispose(&batch.commands);
	return rc;
}

int pv_store_tag(pv_oid *out, pv_store *store, const pv_tag_request *tag,
		 pv_error *err)
{
	out->hex[0] = '\0';
	return pv_store_tag_many(out, store, tag, 1, err);
}
