/* SPDX-License-Identifier: MIT
 *
 * See attr.h. Each file of attributes is read once and reduced to the rules
 * that say something about merges. For a path the last rule that matches
 * counts, in the file that is nearest to it.
 */
#include "store/join/attr.h"

#include <string.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "store/object/object.h"
#include "store/object/tree.h"
#include "store/path.h"
#include "store/worktree/attr_scan.h"
#include "store/worktree/wildmatch.h"

enum {
	MARKER_SIZE = 7,
	MARKER_MAX = 1000,
	FILE_MAX = 100 << 20 /* git ignores larger ones */
};

enum state {
	UNTOLD,
	SET,
	UNSET,
	UNSPECIFIED,
	VALUE
};

/* What a rule says of one attribute. */
struct value {
	enum state state;
	const char *text; /* for VALUE */
};

struct effect {
	struct value merge;
	struct value marker_size;
};

struct rule {
	const struct rule *before; /* in the file */
	const char *pattern;
	int is_of_name; /* the pattern is for the last component */
	struct effect effect;
};

/* A folder of the tree, with the rules of its own file. */
struct folder {
	struct folder *above;
	git_oid tree;
	int has_tree;
	size_t len; /* of its path, with the slash at the end */
	const struct rule *last;
};

struct pv_attr_tree {
	pv_store *store;
	git_odb *odb;
	pv_arena arena;
	pv_map macros; /* name to struct effect */
	pv_map folders;
	const struct rule *repository;
	const struct rule *user;
	const struct rule *system;
	struct folder root;
};

/* --- parsing ------------------------------------------------------------- */

static void override(struct effect *effect, const struct effect *by)
{
	if (by->merge.state)
		effect->merge = by->merge;
	if (by->marker_size.state)
		effect->marker_size = by->marker_size;
}

/* Applies one word behind a pattern. */
static int apply_word(struct effect *effect, pv_attr_tree *attrs, pv_str word,
		      pv_error *err)
{
	struct value value = { SET, NULL };
	const struct effect *macro;
	const char *equals;

	if (*word.ptr == '-' || *word.ptr == '!') {
		value.state = *word.ptr == '-' ? UNSET : UNSPECIFIED;
		word.ptr++;
		word.len--;
	}
	equals = memchr(word.ptr, '=', word.len);
	if (equals && value.state == SET) {
		size_t skip = (size_t)(equals - word.ptr) + 1;

		value.state = VALUE;
		value.text = pv_arena_dup(&attrs->arena, word.ptr + skip,
					  word.len - skip);
		if (!value.text)
			return pv_fail_nomem(err);
		word.len = skip - 1;
	}
	macro = pv_map_find(&attrs->macros, word);
	if (macro && value.state == SET)
		override(effect, macro);
	if (pv_str_is(word, "merge"))
		effect->merge = value;
	else if (pv_str_is(word, "conflict-marker-size"))
		effect->marker_size = value;
	return PV_OK;
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Takes the next word off a line; empty at the end. */
static pv_str next_word(pv_str *line)
{
	pv_str word;

	while (line->len && is_blank(*line->ptr)) {
		line->ptr++;
		line->len--;
	}
	word.ptr = line->ptr;
	word.len = 0;
	while (word.len < line->len && !is_blank(word.ptr[word.len]))
		word.len++;
	line->ptr += word.len;
	line->len -= word.len;
	return word;
}

static int is_octal(const char *digits, size_t len)
{
	return len >= 3 && digits[0] >= '0' && digits[0] <= '3' &&
	       digits[1] >= '0' && digits[1] <= '7' && digits[2] >= '0' &&
	       digits[2] <= '7';
}

/* One escape of a quoted pattern, behind its backslash; how long it is. */
static size_t put_escaped(pv_buf *out, const char *at, size_t len)
{
	static const char letters[] = "abfnrtv";
	static const char bytes[] = "\a\b\f\n\r\t\v";
	const char *letter = len ? strchr(letters, *at) : NULL;

	if (is_octal(at, len)) {
		unsigned byte = (unsigned)(at[0] - '0') << 6 |
				(unsigned)(at[1] - '0') << 3 |
				(unsigned)(at[2] - '0');

		pv_buf_putc(out, (char)(unsigned char)byte);
		return 3;
	}
	if (!len)
		return 0;
	pv_buf_putc(out, (char)(letter && *at ? bytes[letter - letters] : *at));
	return 1;
}

/* The pattern of a line, which may be quoted as in C. 0: there is none. */
static int take_pattern(pv_buf *out, pv_str *line)
{
	pv_str rest = *line;
	pv_str word = next_word(&rest);
	const char *at = word.ptr + 1;
	const char *end = line->ptr + line->len;

	if (!word.len || *word.ptr == '#')
		return 0;
	if (*word.ptr != '"') {
		pv_buf_put(out, word.ptr, word.len);
		*line = rest;
		return 1;
	}
	while (at < end && *at != '"') {
		if (*at == '\\') {
			at++;
			at += put_escaped(out, at, (size_t)(end - at));
		} else {
			pv_buf_putc(out, *at++);
		}
	}
	line->ptr = at + (at < end);
	line->len = (size_t)(end - line->ptr);
	return at < end;
}

static int read_words(struct effect *effect, pv_attr_tree *attrs, pv_str line,
		      pv_error *err)
{
	pv_str word = next_word(&line);
	int rc = PV_OK;

	while (rc == PV_OK && word.len) {
		rc = apply_word(effect, attrs, word, err);
		word = next_word(&line);
	}
	return rc;
}

static int add_macro(pv_attr_tree *attrs, pv_str line, pv_error *err)
{
	pv_str name = next_word(&line);
	struct effect *effect = pv_arena_calloc(&attrs->arena, sizeof(*effect));
	int rc;

	if (!effect)
		return pv_fail_nomem(err);
	rc = read_words(effect, attrs, line, err);
	if (rc == PV_OK && name.len)
		rc = pv_map_set(&attrs->macros, name, effect, NULL, err);
	return rc;
}

static int add_rule(const struct rule **last, pv_attr_tree *attrs,
		    const pv_buf *pattern, const struct effect *effect,
		    pv_error *err)
{
	struct rule *rule = pv_arena_calloc(&attrs->arena, sizeof(*rule));
	char *copy =
		pv_arena_dup(&attrs->arena, pv_buf_text(pattern), pattern->len);

	if (!rule || !copy)
		return pv_fail_nomem(err);
	rule->is_of_name = !strchr(copy, '/');
	rule->pattern = copy + (*copy == '/');
	rule->effect = *effect;
	rule->before = *last;
	*last = rule;
	return PV_OK;
}

/* One line; macros count only where files for all paths are read. */
static int parse_line(const struct rule **last, pv_attr_tree *attrs,
		      pv_str line, int has_macros, pv_error *err)
{
	static const char macro[] = "[attr]";
	struct effect effect = { 0 };
	pv_buf pattern = { 0 };
	int rc = PV_OK;

	line = pv_str_trim(line);
	if (line.len > sizeof(macro) - 1 &&
	    memcmp(line.ptr, macro, sizeof(macro) - 1) == 0) {
		line.ptr += sizeof(macro) - 1;
		line.len -= sizeof(macro) - 1;
		return has_macros ? add_macro(attrs, line, err) : PV_OK;
	}
	if (take_pattern(&pattern, &line) && *pv_buf_text(&pattern) != '!') {
		rc = read_words(&effect, attrs, line, err);
		if (rc == PV_OK)
			rc = pv_buf_status(&pattern, err);
		if (rc == PV_OK &&
		    (effect.merge.state || effect.marker_size.state))
			rc = add_rule(last, attrs, &pattern, &effect, err);
	}
	pv_buf_dispose(&pattern);
	return rc;
}

static int parse(const struct rule **last, pv_attr_tree *attrs,
		 const pv_buf *text, int has_macros, pv_error *err)
{
	const char *at = pv_buf_text(text);
	const char *end = at + text->len;
	int rc = PV_OK;

	if (text->len > FILE_MAX)
		return PV_OK;
	while (rc == PV_OK && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		pv_str line = { at, (size_t)((stop ? stop : end) - at) };

		rc = parse_line(last, attrs, line, has_macros, err);
		at += line.len + 1;
	}
	return rc;
}

/* --- where the files are ------------------------------------------------- */

static int parse_file(const struct rule **last, pv_attr_tree *attrs,
		      const char *path, pv_error *err)
{
	pv_buf text = { 0 };
	int rc = pv_file_read(&text, path, NULL);

	/* One that cannot be read is none, as for git. */
	if (rc == PV_OK)
		rc = parse(last, attrs, &text, 1, err);
	else if (rc == PV_ENOMEM)
		pv_fail_nomem(err);
	else
		rc = PV_OK;
	pv_buf_dispose(&text);
	return rc;
}

/* The file of a folder. */
static int load_folder(struct folder *folder, pv_attr_tree *attrs, pv_error *err)
{
	pv_tree_edit entry = { 0 };
	pv_buf text = { 0 };
	pv_oid id;
	int rc = PV_OK;

	if (folder->has_tree)
		rc = pv_store_tree_find(&entry, attrs->odb, &folder->tree,
					".gitattributes", err);
	if (rc < 0 || (entry.mode != GIT_FILEMODE_BLOB &&
		       entry.mode != GIT_FILEMODE_BLOB_EXECUTABLE))
		return rc;
	pv_oid_from_git(&id, &entry.id);
	rc = pv_store_read_blob(&text, attrs->store, &id, err);
	if (rc == PV_OK)
		rc = parse(&folder->last, attrs, &text, !folder->len, err);
	pv_buf_dispose(&text);
	return rc;
}

/* The folder `len` bytes of `path` name, a slash at their end. */
static int find_folder(struct folder **out, pv_attr_tree *attrs,
		       const char *path, size_t len, pv_error *err)
{
	pv_str key = { path, len };
	size_t above = len;
	struct folder *folder;
	pv_tree_edit entry = { 0 };
	pv_buf name = { 0 };
	int rc;

	*out = &attrs->root;
	if (!len)
		return PV_OK;
	*out = pv_map_find(&attrs->folders, key);
	if (*out)
		return PV_OK;
	folder = pv_arena_calloc(&attrs->arena, sizeof(*folder));
	if (!folder)
		return pv_fail_nomem(err);
	do
		above--;
	while (above && path[above - 1] != '/');
	rc = find_folder(&folder->above, attrs, path, above, err);
	pv_buf_put(&name, path + above, len - above - 1);
	if (rc == PV_OK)
		rc = pv_buf_status(&name, err);
	if (rc == PV_OK && folder->above->has_tree)
		rc = pv_store_tree_find(&entry, attrs->odb,
					&folder->above->tree, name.ptr, err);
	pv_buf_dispose(&name);
	folder->tree = entry.id;
	folder->has_tree = entry.mode == GIT_FILEMODE_TREE;
	folder->len = len;
	if (rc == PV_OK)
		rc = load_folder(folder, attrs, err);
	if (rc == PV_OK)
		rc = pv_map_set(&attrs->folders, key, folder, NULL, err);
	*out = folder;
	return rc;
}

static int load_outside(pv_attr_tree *attrs, pv_error *err)
{
	static const char binary[] = "binary -diff -merge -text";
	pv_str builtin = { binary, sizeof(binary) - 1 };
	pv_buf path = { 0 };
	int rc = add_macro(attrs, builtin, err);

	if (rc == PV_OK &&
	    !pv_store_env_bool(attrs->store, "GIT_ATTR_NOSYSTEM", 0))
		rc = parse_file(&attrs->system, attrs, pv_attr_system_file, err);
	pv_attr_user_file(&path, attrs->store);
	if (rc == PV_OK)
		rc = pv_buf_status(&path, err);
	if (rc == PV_OK && path.len)
		rc = parse_file(&attrs->user, attrs, path.ptr, err);
	if (rc == PV_OK)
		rc = load_folder(&attrs->root, attrs, err);
	pv_buf_clear(&path);
	pv_buf_printf(&path, "%s/info/attributes", attrs->store->common_dir);
	if (rc == PV_OK)
		rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = parse_file(&attrs->repository, attrs, path.ptr, err);
	pv_buf_dispose(&path);
	return rc;
}

int pv_attr_tree_new(pv_attr_tree **out, pv_store *store, const git_oid *tree,
		     pv_error *err)
{
	pv_attr_tree *attrs = pv_calloc(1, sizeof(*attrs));
	int rc;

	*out = NULL;
	if (!attrs)
		return pv_fail_nomem(err);
	attrs->store = store;
	if (tree) {
		attrs->root.tree = *tree;
		attrs->root.has_tree = 1;
	}
	rc = git_repository_odb(&attrs->odb, store->repo);
	if (rc < 0)
		rc = pv_fail_git(err, rc, "open the object database", NULL);
	else
		rc = load_outside(attrs, err);
	if (rc < 0) {
		pv_attr_tree_free(attrs);
		return rc;
	}
	*out = attrs;
	return PV_OK;
}

void pv_attr_tree_free(pv_attr_tree *attrs)
{
	if (!attrs)
		return;
	git_odb_free(attrs->odb);
	pv_map_dispose(&attrs->macros);
	pv_map_dispose(&attrs->folders);
	pv_arena_dispose(&attrs->arena);
	pv_free(attrs);
}

/* --- asking -------------------------------------------------------------- */

static int is_told(const struct effect *effect)
{
	return effect->merge.state && effect->marker_size.state;
}

/* Adds what the rules of one file say that was not told yet. */
static void ask(struct effect *effect, const struct rule *rule, const char *path)
{
	for (; rule && !is_told(effect); rule = rule->before) {
		const char *text = rule->is_of_name ? pv_path_name(path) : path;

		if (!pv_wildmatch(rule->pattern, text))
			continue;
		if (!effect->merge.state)
			effect->merge = rule->effect.merge;
		if (!effect->marker_size.state)
			effect->marker_size = rule->effect.marker_size;
	}
}

/* A driver by name: those of git, ours, or a program. */
static enum pv_join_driver driver_by_name(pv_attr_tree *attrs, const char *name)
{
	enum pv_join_driver driver = PV_JOIN_TEXT;
	pv_buf key = { 0 };
	pv_buf program = { 0 };

	if (strcmp(name, "pv") == 0)
		return PV_JOIN_PV;
	if (strcmp(name, "union") == 0)
		return PV_JOIN_UNION;
	if (strcmp(name, "binary") == 0)
		return PV_JOIN_BINARY;
	/* One that is not configured is none. */
	pv_buf_printf(&key, "merge.%s.driver", name);
	if (strcmp(name, "text") != 0 && key.status == PV_OK &&
	    pv_store_config(&program, attrs->store, key.ptr, NULL) == PV_OK)
		driver = PV_JOIN_FOREIGN;
	pv_buf_dispose(&key);
	pv_buf_dispose(&program);
	return driver;
}

static enum pv_join_driver default_driver(pv_attr_tree *attrs)
{
	enum pv_join_driver driver = PV_JOIN_UNSPECIFIED;
	pv_buf name = { 0 };

	if (pv_store_config(&name, attrs->store, "merge.default", NULL) == PV_OK)
		driver = driver_by_name(attrs, pv_buf_text(&name));
	pv_buf_dispose(&name);
	return driver;
}

static enum pv_join_driver driver_of(pv_attr_tree *attrs,
				     const struct value *value)
{
	switch (value->state) {
	case SET:
		return PV_JOIN_TEXT;
	case UNSET:
		return PV_JOIN_BINARY;
	case VALUE:
		return driver_by_name(attrs, value->text);
	case UNTOLD:
	case UNSPECIFIED:
		break;
	}
	return default_driver(attrs);
}

int pv_attr_tree_look(enum pv_join_driver *driver_out, int *marker_size_out,
		      pv_attr_tree *attrs, const char *path, pv_error *err)
{
	size_t len = (size_t)(pv_path_name(path) - path);
	struct effect effect = { 0 };
	struct folder *folder;
	unsigned size;
	int rc = find_folder(&folder, attrs, path, len, err);

	if (rc < 0)
		return rc;
	ask(&effect, attrs->repository, path);
	for (; folder; folder = folder->above)
		ask(&effect, folder->last, path + folder->len);
	ask(&effect, attrs->user, path);
	ask(&effect, attrs->system, path);
	*driver_out = driver_of(attrs, &effect.merge);
	*marker_size_out = MARKER_SIZE;
	if (effect.marker_size.state == VALUE &&
	    pv_str_to_uint(&size, pv_str_of(effect.marker_size.text),
			   MARKER_MAX) == PV_OK &&
	    size > 0)
		*marker_size_out = (int)size;
	return PV_OK;
}
