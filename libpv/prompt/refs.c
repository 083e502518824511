/* SPDX-License-Identifier: MIT
 *
 * The files a JSON Schema refers to by `$ref`. They are paths below the top
 * of the repository, because the closure of a prompt is looked up in a tree
 * of git: no address is fetched, and nothing outside the tree is read.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "prompt/model.h"

enum {
	MAX_REFS = 1000
};

/* Keywords whose values are data, not schemas; sorted. */
static const char *const data_keywords[] = {
	"const", "default", "enum", "example", "examples",
};

static int is_data(const char *key)
{
	size_t i = pv_array_len(data_keywords);

	/* Backwards, as most keys of a schema come behind all of these. */
	while (i && data_keywords[i - 1][0] >= *key)
		if (!strcmp(data_keywords[--i], key))
			return 1;
	return 0;
}

/* Whether a path stays inside the repository and names no file of git's. */
static int is_inside(pv_str path)
{
	const char *at = path.ptr;
	const char *end = path.ptr + path.len;

	if (!path.len || memchr(at, '\\', path.len) || memchr(at, 0, path.len))
		return 0;
	while (at <= end) {
		const char *slash = memchr(at, '/', (size_t)(end - at));
		size_t len = (size_t)((slash ? slash : end) - at);

		if (!len || *at == '.')
			return 0;
		at += len + 1;
	}
	return 1;
}

static int add_path(pv_loader *loader, pv_str path, const pv_yaml_node *node)
{
	pv_prompt *prompt = loader->prompt;
	char *copy;

	for (size_t i = 0; i < prompt->schema_ref_count; i++)
		if (pv_str_is(path, prompt->schema_refs[i]))
			return PV_OK;
	if (prompt->schema_ref_count == MAX_REFS)
		return pv_load_fault(loader, "schema-ref", node, NULL,
				     "more than %d schema files", MAX_REFS);
	if (!prompt->schema_refs)
		prompt->schema_refs = pv_arena_alloc(&prompt->arena,
						     MAX_REFS * sizeof(char *));
	copy = pv_arena_dup(&prompt->arena, path.ptr, path.len);
	if (!prompt->schema_refs || !copy)
		return pv_fail_nomem(loader->err);
	prompt->schema_refs[prompt->schema_ref_count++] = copy;
	return PV_OK;
}

static int load_ref(pv_loader *loader, const pv_yaml_node *node)
{
	const pv_yaml_node *value = pv_yaml_follow(node);
	pv_str path = { value->text, value->len };
	const char *fragment = memchr(path.ptr, '#', path.len);

	if (fragment)
		path.len = (size_t)(fragment - path.ptr);
	if (!path.len && fragment)
		return PV_OK; /* inside this schema */
	if (strstr(value->text, "://") || !strncmp(value->text, "urn:", 4))
		return pv_load_note(loader, PV_SEVERITY_WARNING, "schema-ref",
				    node,
				    "keep the schema in the repository and "
				    "refer to its path",
				    "\"%.80s\" will not be fetched", value->text);
	if (!is_inside(path))
		return pv_load_fault(loader, "schema-ref", node,
				     "paths start at the top of the "
				     "repository: schemas/name.json",
				     "\"%.80s\" is no path in the repository",
				     value->text);
	return add_path(loader, path, node);
}

int pv_load_schema_refs(pv_loader *loader, const pv_yaml_node *schema)
{
	const pv_yaml_node *child = pv_yaml_follow(schema)->first;
	int rc = PV_OK;

	for (; child && rc == PV_OK; child = child->next) {
		const char *key = child->key ? child->key->text : "";

		if (is_data(key))
			continue;
		if (*key == '$' && !strcmp(key, "$ref") && pv_node_is_text(child))
			rc = load_ref(loader, child);
		else if (pv_yaml_follow(child)->kind != PV_YAML_SCALAR)
			rc = pv_load_schema_refs(loader, child);
	}
	return rc;
}

/* --- of a file ------------------------------------------------------------- */

/* Takes the last part off, and the "/" before it. */
static void cut_part(pv_buf *path)
{
	while (path->len && path->ptr[path->len - 1] != '/')
		pv_buf_truncate(path, path->len - 1);
	if (path->len)
		pv_buf_truncate(path, path->len - 1);
}

/*
 * Appends the path that a reference in the file at `from` names: relative to
 * its folder, as a URI is. 0 when it names no file of the repository.
 */
static int resolve(pv_buf *out, const char *from, pv_str ref)
{
	size_t at = 0;

	if (!ref.len || *ref.ptr == '/' || memchr(ref.ptr, ':', ref.len))
		return 0;
	pv_buf_puts(out, from);
	cut_part(out);
	while (at < ref.len) {
		const char *slash = memchr(ref.ptr + at, '/', ref.len - at);
		size_t end = slash ? (size_t)(slash - ref.ptr) : ref.len;
		pv_str part = { ref.ptr + at, end - at };

		at = end + 1;
		if (pv_str_is(part, ".."))
			cut_part(out);
		if (pv_str_is(part, "..") || pv_str_is(part, "."))
			continue;
		if (out->len)
			pv_buf_putc(out, '/');
		pv_buf_put(out, part.ptr, part.len);
	}
	return is_inside((pv_str){ pv_buf_text(out), out->len });
}

struct file_refs {
	const char *path;
	int (*fn)(const char *path, void *payload, pv_error *err);
	void *payload;
	pv_error *err;
};

static int tell_ref(const struct file_refs *refs, const pv_yaml_node *value)
{
	pv_str ref = { value->text, value->len };
	const char *fragment = memchr(ref.ptr, '#', ref.len);
	pv_buf path = { 0 };
	int rc = PV_OK;

	if (fragment)
		ref.len = (size_t)(fragment - ref.ptr);
	if (resolve(&path, refs->path, ref))
		rc = refs->fn(path.ptr, refs->payload, refs->err);
	else
		rc = pv_buf_status(&path, refs->err);
	pv_buf_dispose(&path);
	return rc;
}

static int each_ref(const struct file_refs *refs, const pv_yaml_node *schema)
{
	const pv_yaml_node *child = pv_yaml_follow(schema)->first;
	int rc = PV_OK;

	for (; child && rc == PV_OK; child = child->next) {
		const char *key = child->key ? child->key->text : "";

		if (is_data(key))
			continue;
		if (!strcmp(key, "$ref") && pv_node_is_text(child))
			rc = tell_ref(refs, pv_yaml_follow(child));
		else if (pv_yaml_follow(child)->kind != PV_YAML_SCALAR)
			rc = each_ref(refs, child);
	}
	return rc;
}

int pv_schema_file_refs(const char *path, const pv_buf *text,
			int (*fn)(const char *path, void *payload, pv_error *err),
			void *payload, pv_error *err)
{
	const struct file_refs refs = { path, fn, payload, err };
	pv_yaml *doc = NULL;
	int rc = PV_OK;

	/* Most files refer to none, and need not be parsed. */
	if (strstr(pv_buf_text(text), "$ref"))
		rc = pv_yaml_parse(&doc, pv_buf_text(text), text->len, NULL, err);
	if (rc == PV_OK && doc)
		rc = each_ref(&refs, pv_yaml_root(doc));
	else if (rc < 0 && rc != PV_ENOMEM) {
		pv_error_clear(err);
		rc = PV_OK;
	}
	pv_yaml_free(doc);
	return rc;
}
