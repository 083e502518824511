/* SPDX-License-Identifier: MIT
 *
 * The closure of a prompt: the files its behaviour depends on, found by
 * following includes through one state of the repository. The digest is the
 * sha256 over "<path> NUL <blob> LF" of each, in byte order of paths.
 */
#include "version/closure.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "prompt/model.h"

/* A file met on the way, with what it refers to once it was parsed. */
struct file {
	const char *path;
	pv_oid blob;
	struct file **refers;
	size_t count;
	int is_prompt; /* else a schema */
	int is_parsed;
	int is_dynamic;
};

/* The files of one closure; those before `next` are followed. */
struct walk {
	pv_closure_reader *reader;
	pv_members *members;
	pv_map seen;
	struct file **queue;
	size_t count;
	size_t cap;
	pv_error *err;
};

void pv_closure_reader_dispose(pv_closure_reader *reader)
{
	pv_map_dispose(&reader->files);
	pv_arena_dispose(&reader->arena);
	memset(reader, 0, sizeof(*reader));
}

void pv_members_dispose(pv_members *members)
{
	pv_free(members->items);
	memset(members, 0, sizeof(*members));
}

/* Names that cannot be a path of this repository stand for missing files. */
static int find_blob(pv_oid *out, pv_closure_reader *reader, const char *path,
		     pv_error *err)
{
	int rc = pv_store_find(out, reader->store, &reader->at, path, err);

	if (rc != PV_ENOTFOUND && rc != PV_EINVALID)
		return rc;
	pv_error_clear(err);
	out->hex[0] = '\0';
	return PV_OK;
}

static int new_file(struct file **out, pv_closure_reader *reader,
		    const char *path, const pv_oid *blob, pv_error *err)
{
	struct file *file = pv_arena_calloc(&reader->arena, sizeof(*file));
	int rc = PV_OK;

	if (file)
		file->path = pv_arena_dup(&reader->arena, path, strlen(path));
	if (!file || !file->path) {
		pv_fail_nomem(err);
		return PV_ENOMEM;
	}
	if (blob)
		file->blob = *blob;
	else
		rc = find_blob(&file->blob, reader, path, err);
	if (rc == PV_OK)
		rc = pv_map_set(&reader->files, pv_str_of(file->path), file,
				NULL, err);
	*out = file;
	return rc;
}

static int get_file(struct file **out, pv_closure_reader *reader,
		    const char *path, const pv_oid *blob, pv_error *err)
{
	*out = pv_map_find(&reader->files, pv_str_of(path));
	return *out ? PV_OK : new_file(out, reader, path, blob, err);
}

/* The file of an included id, also of one that is no well-formed id. */
static int get_include(struct file **out, pv_closure_reader *reader,
		       const char *id, pv_error *err)
{
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/%s.yaml", reader->settings->prompts_dir, id);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = get_file(out, reader, path.ptr, NULL, err);
	/* One that was read as a schema is read once more. */
	if (rc == PV_OK && !(*out)->is_prompt) {
		(*out)->is_prompt = 1;
		(*out)->is_parsed = 0;
	}
	pv_buf_dispose(&path);
	return rc;
}

static int note_references(struct file *file, pv_closure_reader *reader,
			   const pv_prompt *prompt, pv_error *err)
{
	size_t includes = pv_prompt_include_count(prompt);
	size_t schemas = pv_prompt_schema_ref_count(prompt);
	int rc = PV_OK;

	file->is_dynamic = pv_prompt_is_dynamic(prompt);
	file->count = 0;
	if (!includes && !schemas)
		return PV_OK;
	file->refers =
		pv_arena_calloc(&reader->arena,
				(includes + schemas) * sizeof(struct file *));
	if (!file->refers)
		return pv_fail_nomem(err);
	for (size_t i = 0; rc == PV_OK && i < includes; i++)
		rc = get_include(&file->refers[file->count++], reader,
				 pv_prompt_include(prompt, i), err);
	for (size_t i = 0; rc == PV_OK && i < schemas; i++)
		rc = get_file(&file->refers[file->count++], reader,
			      pv_prompt_schema_ref(prompt, i), NULL, err);
	return rc;
}

static int read_text(pv_buf *out, const pv_closure_reader *reader,
		     const struct file *file, pv_error *err)
{
	if (reader->at.kind == PV_AT_WORKTREE)
		return pv_store_read(out, NULL, reader->store, &reader->at,
				     file->path, err);
	return pv_store_read_blob(out, reader->store, &file->blob, err);
}

static int parse_prompt(struct file *file, pv_closure_reader *reader,
			const pv_buf *text, pv_error *err)
{
	pv_prompt_options opts = { .file = file->path };
	pv_prompt *prompt = NULL;
	int rc = pv_prompt_parse(&prompt, pv_buf_text(text), text->len, &opts,
				 NULL, err);

	if (rc < 0 && err && !err->source[0])
		rc = pv_error_at(err, rc, file->path, err->line, err->column);
	if (rc == PV_OK)
		rc = note_references(file, reader, prompt, err);
	pv_prompt_free(prompt);
	return rc;
}

/* A schema file, and what it refers to. */
struct schema_file {
	struct file *file;
	pv_closure_reader *reader;
};

static int note_schema(const char *path, void *payload, pv_error *err)
{
	struct schema_file *schema = payload;
	struct file *file = schema->file;
	struct file **refers;
	struct file *met = NULL;
	int rc = get_file(&met, schema->reader, path, NULL, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < file->count; i++)
		if (file->refers[i] == met)
			return PV_OK;
	if (file->count == PV_CLOSURE_MAX)
		return pv_fail(err, PV_ELIMIT,
			       "\"%.100s\" refers to more than %d files",
			       file->path, PV_CLOSURE_MAX);
	refers = pv_arena_calloc(&schema->reader->arena,
				 (file->count + 1) * sizeof(struct file *));
	if (!refers)
		return pv_fail_nomem(err);
	if (file->count)
		memcpy(refers, file->refers, file->count * sizeof(struct file *));
	refers[file->count++] = met;
	file->refers = refers;
	return PV_OK;
}

static int parse_schema(struct file *file, pv_closure_reader *reader,
			const pv_buf *text, pv_error *err)
{
	struct schema_file schema = { file, reader };

	file->count = 0;
	return pv_schema_file_refs(file->path, text, note_schema, &schema, err);
}

static int parse_file(struct file *file, pv_closure_reader *reader, pv_error *err)
{
	pv_buf text = { 0 };
	int rc;

	if (file->is_parsed || !file->blob.hex[0])
		return PV_OK;
	rc = read_text(&text, reader, file, err);
	if (rc == PV_OK && file->is_prompt)
		rc = parse_prompt(file, reader, &text, err);
	else if (rc == PV_OK)
		rc = parse_schema(file, reader, &text, err);
	else if (!file->is_prompt && (rc == PV_ENOTFOUND || rc == PV_EINVALID))
		rc = PV_OK; /* a folder refers to nothing */
	file->is_parsed = rc == PV_OK;
	pv_buf_dispose(&text);
	return rc;
}

static int enqueue(struct walk *walk, struct file *file)
{
	pv_str key = pv_str_of(file->path);
	int rc;

	if (pv_map_find(&walk->seen, key))
		return PV_OK;
	if (walk->count == PV_CLOSURE_MAX)
		return pv_fail(walk->err, PV_ELIMIT,
			       "closure of \"%.100s\" has more than %d files",
			       walk->queue[0]->path, PV_CLOSURE_MAX);
	if (pv_array_reserve(&walk->queue, &walk->cap, walk->count + 1,
			     sizeof(struct file *)) < 0)
		return pv_fail_nomem(walk->err);
	rc = pv_map_set(&walk->seen, key, file, NULL, walk->err);
	if (rc == PV_OK)
		walk->queue[walk->count++] = file;
	return rc;
}

static int follow(struct walk *walk)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < walk->count; i++) {
		struct file *file = walk->queue[i];

		rc = parse_file(file, walk->reader, walk->err);
		walk->members->is_dynamic |= file->is_dynamic;
		for (size_t k = 0; rc == PV_OK && k < file->count; k++)
			rc = enqueue(walk, file->refers[k]);
	}
	return rc;
}

static int by_path(const void *a, const void *b)
{
	const pv_member *left = a;
	const pv_member *right = b;

	return strcmp(left->path, right->path);
}

static int list_members(struct walk *walk)
{
	pv_members *out = walk->members;

	if (pv_array_reserve(&out->items, &out->cap, walk->count,
			     sizeof(*out->items)) < 0)
		return pv_fail_nomem(walk->err);
	for (size_t i = 0; i < walk->count; i++) {
		out->items[i].path = walk->queue[i]->path;
		out->items[i].blob = walk->queue[i]->blob;
	}
	out->count = walk->count;
	qsort(out->items, out->count, sizeof(*out->items), by_path);
	return PV_OK;
}

/* The prompt itself must be there, unlike what it includes. */
static int find_prompt(struct file **out, pv_closure_reader *reader,
		       const char *id, const pv_oid *blob, pv_error *err)
{
	pv_buf path = { 0 };
	int rc = pv_prompt_path(&path, reader->settings, id, err);

	if (rc == PV_OK)
		rc = get_file(out, reader, path.ptr, blob, err);
	pv_buf_dispose(&path);
	if (rc != PV_OK)
		return rc;
	if (!(*out)->blob.hex[0])
		return pv_fail_id(err, PV_ERR_PROMPT_NOT_FOUND,
				  "no prompt \"%.120s\"", id);
	(*out)->is_prompt = 1;
	return PV_OK;
}

int pv_closure_members(pv_members *out, pv_closure_reader *reader,
		       const char *id, const pv_oid *blob, pv_error *err)
{
	struct walk walk = { .reader = reader, .members = out, .err = err };
	struct file *file = NULL;
	int rc = find_prompt(&file, reader, id, blob, err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = enqueue(&walk, file);
	if (rc == PV_OK)
		rc = follow(&walk);
	if (rc == PV_OK)
		rc = list_members(&walk);
	pv_map_dispose(&walk.seen);
	pv_free(walk.queue);
	if (rc < 0)
		pv_members_dispose(out);
	return rc;
}

static void add_member(pv_sha256 *sha, const char *path, const pv_oid *blob)
{
	pv_sha256_update(sha, path, strlen(path) + 1);
	pv_sha256_update(sha, blob->hex, strlen(blob->hex));
	pv_sha256_update(sha, "\n", 1);
}

void pv_closure_digest(char out[PV_CLOSURE_TEXT], const pv_members *members,
		       const char *path, const pv_oid *instead)
{
	static const char dynamic[] = "dynamic:";
	pv_sha256 sha;

	if (members->is_dynamic) {
		memcpy(out, dynamic, strlen(dynamic));
		out += strlen(dynamic);
	}
	pv_sha256_init(&sha);
	for (size_t i = 0; i < members->count; i++) {
		const pv_member *member = &members->items[i];
		int is_other = instead && !strcmp(member->path, path);

		add_member(&sha, member->path,
			   is_other ? instead : &member->blob);
	}
	pv_sha256_final(out, &sha);
}

void pv_closure_of_one(char out[PV_CLOSURE_TEXT], const char *path,
		       const pv_oid *blob)
{
	pv_sha256 sha;

	pv_sha256_init(&sha);
	add_member(&sha, path, blob);
	pv_sha256_final(out, &sha);
}

int pv_closure(pv_buf *out, pv_store *store, const pv_settings *settings,
	       const pv_point *at, const char *id, pv_error *err)
{
	pv_closure_reader reader = { .store = store,
				     .settings = settings,
				     .at = *at };
	pv_members members;
	int rc = pv_closure_members(&members, &reader, id, NULL, err);

	if (rc == PV_OK) {
		char digest[PV_CLOSURE_TEXT];

		pv_closure_digest(digest, &members, NULL, NULL);
		pv_buf_puts(out, digest);
		rc = pv_buf_status(out, err);
	}
	pv_members_dispose(&members);
	pv_closure_reader_dispose(&reader);
	return rc;
}
