/* SPDX-License-Identifier: MIT
 *
 * Comparing the text of a version with what came after it, and following a
 * prompt through its renaming.
 */
#include "version/impact.h"

#include <string.h>

#include <pv/render.h>

#include "base/fail.h"
#include "base/str.h"
#include "prompt/compare.h"

/* Loads a text; NULL and PV_OK when it is no prompt. */
static int load(pv_prompt **out, const pv_buf *text, pv_error *err)
{
	int rc = pv_prompt_parse(out, pv_buf_text(text), text->len, NULL, NULL,
				 err);

	if (rc == PV_ENOMEM || rc >= 0)
		return rc;
	pv_error_clear(err);
	*out = NULL;
	return PV_OK;
}

/* A state of the prompt, and the variables with those of what it includes. */
struct side {
	pv_prompt_tree tree;
	const pv_prompt *prompt;
	pv_interface *all; /* NULL when what it includes cannot be read */
};

/* What cannot be found out, another rule complains about. */
static int find_interface(struct side *side, pv_error *err)
{
	pv_render_loader loader = { .load = pv_prompt_tree_load,
				    .payload = &side->tree };
	int rc = pv_interface_new(&side->all, side->prompt, &loader, err);

	if (rc == PV_OK || rc == PV_ENOMEM)
		return rc;
	pv_error_clear(err);
	return PV_OK;
}

/* A variable of the prompt or of what it includes, or NULL. */
static const pv_variable *find_variable(const pv_interface *all, const char *name)
{
	for (size_t i = 0; i < pv_interface_count(all); i++) {
		const pv_variable *variable = &pv_interface_at(all, i)->variable;

		if (!strcmp(variable->name, name))
			return variable;
	}
	return NULL;
}

/* Whether a render must be given the variable, maybe only now and then. */
static int is_asked_for(const pv_interface *all, const char *name)
{
	const pv_variable *variable = find_variable(all, name);

	return variable && variable->is_required;
}

/* Whether the prompt asks for it without any include, which is told of then. */
static int asks_itself(const pv_prompt *prompt, const char *name)
{
	for (size_t i = 0; i < pv_prompt_variable_count(prompt); i++) {
		const pv_variable *variable = pv_prompt_variable(prompt, i);

		if (!strcmp(variable->name, name))
			return variable->is_required;
	}
	return 0;
}

static int add_included(enum pv_bump *out, pv_report *breaking,
			const pv_interface_variable *one, pv_error *err)
{
	const char *name = one->variable.name;
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "variables.%s", name);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK && *one->prompt)
		rc = pv_bump_break(out, breaking, path.ptr, err,
				   "required variable \"%.80s\" was added by "
				   "the included \"%.80s\"",
				   name, one->prompt);
	else if (rc == PV_OK)
		rc = pv_bump_break(out, breaking, path.ptr, err,
				   "variable \"%.80s\" became required by what "
				   "is included",
				   name);
	pv_buf_dispose(&path);
	return rc;
}

/* One comparison, with the variables of both sides when it has includes. */
struct comparison {
	const pv_prompt_change *change;
	struct side before;
	struct side after;
};

/* A variable that only what is included asks for, and did not before. */
static int compare_included(enum pv_bump *out, const struct comparison *it,
			    pv_report *breaking, pv_error *err)
{
	const pv_interface *before = it->before.all;
	const pv_interface *after = it->after.all;
	int rc = PV_OK;

	for (size_t i = 0;
	     rc == PV_OK && before && after && i < pv_interface_count(after);
	     i++) {
		const pv_interface_variable *one = pv_interface_at(after, i);
		const char *name = one->variable.name;

		if (one->variable.is_required && !is_asked_for(before, name) &&
		    !asks_itself(it->after.prompt, name))
			rc = add_included(out, breaking, one, err);
	}
	return rc;
}

/*
 * A schema of either side, from where that is. One that cannot be read is not
 * there; what that means is told when schemas are compared.
 */
static int load_schema(pv_buf *out, const char *path, int is_after,
		       void *payload, pv_error *err)
{
	const struct comparison *it = payload;
	const pv_prompt_change *change = it->change;
	int rc = pv_store_read(out, NULL, change->store,
			       is_after ? &change->to : &change->from, path, err);

	if (rc == PV_OK || rc == PV_ENOMEM)
		return rc;
	pv_error_clear(err);
	return PV_ENOTFOUND;
}

/* What callers already gave, if only for what was included. */
static const pv_variable *find_former(const char *name, void *payload)
{
	const struct comparison *it = payload;

	return it->before.all ? find_variable(it->before.all, name) : NULL;
}

int pv_prompt_impact_at(enum pv_bump *out, const pv_prompt_change *change,
			pv_report *breaking, pv_error *err)
{
	struct comparison it = {
		.change = change,
		.before = { .tree = { change->store, change->settings,
				      change->from },
			    .prompt = change->before },
		.after = { .tree = { change->store, change->settings, change->to },
			   .prompt = change->after },
	};
	const pv_impact_options opts = { load_schema, find_former, &it };
	int rc = PV_OK;

	if (pv_prompt_include_count(change->before) ||
	    pv_prompt_include_count(change->after)) {
		rc = find_interface(&it.before, err);
		if (rc == PV_OK)
			rc = find_interface(&it.after, err);
	}
	if (rc == PV_OK)
		rc = pv_prompt_impact_with(out, change->before, change->after,
					   &opts, breaking, err);
	if (rc == PV_OK)
		rc = compare_included(out, &it, breaking, err);
	pv_interface_free(it.before.all);
	pv_interface_free(it.after.all);
	return rc;
}

int pv_version_impact(enum pv_bump *out, const pv_version_step *step,
		      pv_error *err)
{
	pv_prompt_change change = { .store = step->store,
				    .settings = step->settings,
				    .from = { PV_AT_COMMIT, step->base->commit },
				    .to = step->at };
	pv_prompt *before = NULL;
	pv_prompt *after = NULL;
	pv_buf old_text = { 0 };
	int rc;

	*out = PV_BUMP_MAJOR;
	rc = pv_store_read_blob(&old_text, step->store, &step->base->blob, err);
	if (rc == PV_OK)
		rc = load(&before, &old_text, err);
	if (rc == PV_OK)
		rc = load(&after, step->text, err);
	change.before = before;
	change.after = after;
	if (rc == PV_OK && before && after)
		rc = pv_prompt_impact_at(out, &change, NULL, err);
	if (rc == PV_OK && *out == PV_BUMP_NONE)
		*out = PV_BUMP_PATCH;
	pv_prompt_free(before);
	pv_prompt_free(after);
	pv_buf_dispose(&old_text);
	return rc;
}

/* The blob of a file at a commit, hex "" when it is not there. */
static int find_blob(pv_oid *out, pv_store *store, const pv_oid *commit,
		     const char *path, pv_error *err)
{
	pv_point at = { PV_AT_COMMIT, *commit };
	int rc = pv_store_find(out, store, &at, path, err);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	out->hex[0] = '\0';
	return PV_OK;
}

/* What a commit says of names: a prompt, or two folders that end in "/". */
struct renaming {
	pv_str from;
	pv_str to; /* `ptr` is NULL for a prompt */
};

static pv_str read_trailer(const char *message, const char *key)
{
	pv_str value = { 0 };

	value.ptr = pv_trailer_find(message, key, &value.len);
	return value.ptr ? pv_str_trim(value) : value;
}

static int is_folder(pv_str name)
{
	return name.len > 1 && name.ptr[name.len - 1] == '/';
}

static int is_id(pv_str name)
{
	char id[PV_ID_MAX + 1];

	if (!name.len || name.len > PV_ID_MAX)
		return 0;
	memcpy(id, name.ptr, name.len);
	id[name.len] = '\0';
	return pv_id_check(id, NULL) == PV_OK;
}

/* 0 when the commit says nothing, or nothing that makes sense. */
static int read_renaming(struct renaming *out, const char *message)
{
	out->from = read_trailer(message, "Pv-Renamed-From");
	out->to = (pv_str){ NULL, 0 };
	if (!out->from.ptr || !is_folder(out->from))
		return out->from.ptr && is_id(out->from);
	out->to = read_trailer(message, "Pv-Renamed-To");
	return out->to.ptr && is_folder(out->to) &&
	       is_id((pv_str){ out->from.ptr, out->from.len - 1 }) &&
	       is_id((pv_str){ out->to.ptr, out->to.len - 1 });
}

/*
 * The id that the prompt at a path had before, "" when the renaming is not of
 * it. PV_ENOMEM.
 */
static int former_id(char out[PV_ID_MAX + 1], const struct renaming *renaming,
		     const pv_settings *settings, const char *path, pv_error *err)
{
	pv_str rest = { NULL, 0 };
	pv_buf id = { 0 };
	int rc = PV_OK;

	out[0] = '\0';
	if (renaming->to.ptr) {
		rc = pv_prompt_id(&id, settings, path, NULL);
		if (rc == PV_OK && id.len > renaming->to.len &&
		    !memcmp(id.ptr, renaming->to.ptr, renaming->to.len)) {
			rest.ptr = id.ptr + renaming->to.len;
			rest.len = id.len - renaming->to.len;
		}
	}
	if ((rest.ptr || !renaming->to.ptr) &&
	    renaming->from.len + rest.len <= PV_ID_MAX) {
		memcpy(out, renaming->from.ptr, renaming->from.len);
		if (rest.ptr)
			memcpy(out + renaming->from.len, rest.ptr, rest.len);
		out[renaming->from.len + rest.len] = '\0';
	}
	pv_buf_dispose(&id);
	return rc == PV_ENOMEM ? pv_fail_nomem(err) : PV_OK;
}

/*
 * 1 when `commit` took the file of the id names[0] away and has its bytes at
 * the path names[1].
 */
static int is_moved(pv_store *store, const pv_settings *settings,
		    const pv_commit *commit, const char *const names[2],
		    pv_error *err)
{
	pv_buf old_path = { 0 };
	pv_oid before = { "" };
	pv_oid left = { "" };
	pv_oid after = { "" };
	int rc = pv_prompt_path(&old_path, settings, names[0], err);

	if (rc == PV_OK)
		rc = find_blob(&before, store, &commit->parents[0],
			       old_path.ptr, err);
	if (rc == PV_OK)
		rc = find_blob(&left, store, &commit->oid, old_path.ptr, err);
	if (rc == PV_OK)
		rc = find_blob(&after, store, &commit->oid, names[1], err);
	pv_buf_dispose(&old_path);
	if (rc < 0)
		return rc;
	return before.hex[0] && !left.hex[0] && !strcmp(before.hex, after.hex);
}

int pv_version_renamed_from(char out[PV_ID_MAX + 1], pv_store *store,
			    const pv_settings *settings, const pv_oid *commit,
			    const char *path, pv_error *err)
{
	pv_commit read = { 0 };
	struct renaming renaming;
	int has_trailer;
	int rc;

	out[0] = '\0';
	rc = pv_store_commit_read(&read, store, commit, err);
	has_trailer = rc == PV_OK && read.parent_count &&
		      read_renaming(&renaming, read.message);
	if (has_trailer)
		rc = former_id(out, &renaming, settings, path, err);
	if (rc == PV_OK && out[0]) {
		const char *names[2] = { out, path };

		rc = is_moved(store, settings, &read, names, err);
	}
	if (rc <= 0)
		out[0] = '\0';
	pv_commit_dispose(&read);
	return rc < 0 ? rc : !has_trailer;
}
