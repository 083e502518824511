/* SPDX-License-Identifier: MIT
 *
 * Variables that are missing: all of them in one error, each with the places
 * that use it, in the prompt and in what it includes.
 */
#include "render/renderer.h"

#include "base/fail.h"
#include "base/mem.h"

enum {
	USES_MAX = 1000 /* told of one variable */
};

struct search {
	pv_render_job *job;
	pv_map found; /* by name: its struct found */
	const char *prompt;
	int message;
};

struct found {
	pv_missing *missing;
	pv_variable_use *uses;
	size_t cap;
};

/* --- what is missing --------------------------------------------------------- */

/* Adds a name, once; `*out` is its entry until the next one is added. */
static int miss(pv_render_miss **out, pv_render_job *job, pv_str name)
{
	pv_render_miss *it;
	const char *copy;

	for (size_t i = 0; i < job->missing_count; i++) {
		*out = &job->missing[i];
		if (pv_str_is(name, job->missing[i].name))
			return PV_OK;
	}
	*out = NULL;
	if (pv_array_reserve(&job->missing, &job->missing_cap,
			     job->missing_count + 1, sizeof(*job->missing)) < 0)
		return pv_fail_nomem(job->err);
	copy = pv_arena_dup(&job->out->arena, name.ptr, name.len);
	if (!copy)
		return pv_fail_nomem(job->err);
	it = &job->missing[job->missing_count++];
	memset(it, 0, sizeof(*it));
	it->name = copy;
	*out = it;
	return PV_OK;
}

/* The variable without which a strict render failed; NULL when it was for
 * another reason. */
static pv_str missed_name(const pv_jinja_failure *failure)
{
	static const char end[] = "' is undefined";
	const char *message = failure->message ? failure->message : "";
	pv_str name = { NULL, strlen(message) };

	if (!failure->error || strcmp(failure->error, "UndefinedError") != 0 ||
	    name.len <= sizeof(end) || message[0] != '\'' ||
	    !pv_str_has_suffix(message, end))
		return name;
	name.ptr = message + 1;
	name.len -= sizeof(end);
	return name;
}

static int place_use(pv_variable_use *use, pv_render_job *job,
		     const pv_render_part *part, const pv_jinja_failure *failure)
{
	const char *name = failure->template_name ? failure->template_name : "";

	use->prompt = "";
	use->message = (int)(part - job->renderer->parts);
	if (part->name && strcmp(name, part->name) != 0) {
		use->message = 0;
		use->prompt = pv_arena_dup(&job->out->arena, name, strlen(name));
		if (!use->prompt)
			return pv_fail_nomem(job->err);
	}
	use->line = failure->line;
	use->column = failure->column;
	return PV_OK;
}

int pv_render_miss_failed(pv_render_job *job, const pv_render_part *part,
			  const pv_jinja_failure *failure, int rc)
{
	pv_str name = missed_name(failure);
	pv_render_miss *it;

	if (rc != PV_ERENDER || !name.ptr)
		return rc;
	rc = miss(&it, job, name);
	if (rc == PV_OK && !it->use.line)
		rc = place_use(&it->use, job, part, failure);
	return rc;
}

int pv_render_miss_absent(pv_str name, void *payload)
{
	pv_render_job *job = payload;
	const pv_render_variable *variable =
		pv_render_find_variable(job->renderer, name);
	pv_render_miss *it;

	if (!variable || variable->need == PV_RENDER_OPTIONAL ||
	    pv_render_is_given(job, variable))
		return PV_OK;
	return miss(&it, job, name);
}

/* --- uses -------------------------------------------------------------------- */

static int grow(struct found *found, pv_arena *arena)
{
	size_t cap = found->cap ? found->cap * 2 : 4;
	pv_variable_use *uses = pv_arena_alloc(arena, cap * sizeof(*uses));

	if (!uses)
		return PV_ENOMEM;
	if (found->cap)
		memcpy(uses, found->uses, found->cap * sizeof(*uses));
	found->uses = uses;
	found->cap = cap;
	return PV_OK;
}

static int add_use(struct search *search, pv_str name, int line, int column)
{
	struct found *found = pv_map_find(&search->found, name);
	pv_variable_use *use;

	if (!found || found->missing->use_count == USES_MAX)
		return PV_OK;
	if (found->missing->use_count == found->cap &&
	    grow(found, &search->job->out->arena) < 0)
		return pv_fail_nomem(search->job->err);
	use = &found->uses[found->missing->use_count++];
	use->prompt = search->prompt;
	use->message = search->message;
	use->line = line;
	use->column = column;
	found->missing->uses = found->uses;
	return PV_OK;
}

static int each_use(const pv_jinja_use *use, void *payload)
{
	if (use->is_stored)
		return PV_OK;
	return add_use(payload, use->name, use->line, use->column);
}

static int search_source(struct search *search, const pv_render_source *source)
{
	const pv_renderer *renderer = search->job->renderer;
	pv_jinja_template *template = NULL;
	int rc;

	if (!source->text.ptr)
		return PV_OK;
	search->prompt = source->name;
	if (renderer->syntax != PV_SYNTAX_JINJA2)
		return pv_render_each_brace(source->text, each_use, search);
	rc = pv_jinja_compile(&template, &renderer->env, source->name,
			      source->text, NULL, NULL);
	if (rc == PV_OK)
		rc = pv_jinja_template_uses(template, each_use, search);
	else if (rc != PV_ENOMEM)
		rc = PV_OK; /* there is more to say than that it is broken */
	else
		rc = pv_fail_nomem(search->job->err);
	pv_jinja_template_free(template);
	return rc;
}

static int search_all(struct search *search)
{
	const pv_renderer *renderer = search->job->renderer;
	int rc = PV_OK;

	search->prompt = "";
	for (size_t i = 0; rc == PV_OK && i < renderer->part_count; i++) {
		const pv_render_part *part = &renderer->parts[i];

		search->message = (int)i;
		rc = part->template
			     ? pv_jinja_template_uses(part->template, each_use,
						      search)
			     : pv_render_each_brace(part->text, each_use, search);
	}
	search->message = 0;
	for (const pv_render_source *source = renderer->sources;
	     rc == PV_OK && source; source = source->next)
		rc = search_source(search, source);
	return rc;
}

/* What is certainly needed and was not given. */
static int miss_certain(pv_render_job *job)
{
	const pv_renderer *renderer = job->renderer;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < renderer->variable_count; i++) {
		const pv_render_variable *variable = &renderer->variables[i];
		pv_str name = { variable->name.u.s, variable->name.len };
		pv_render_miss *it;

		if (variable->need == PV_RENDER_HARD &&
		    pv_jinja_is_missing(variable->fallback) &&
		    !pv_render_is_given(job, variable))
			rc = miss(&it, job, name);
	}
	return rc;
}

/* Moves one to a place; those between make room. */
static void move_up(pv_render_miss *list, size_t to, const char *name,
		    size_t count)
{
	size_t from = to;
	pv_render_miss it;

	while (from < count && strcmp(list[from].name, name) != 0)
		from++;
	if (from == count)
		return;
	it = list[from];
	memmove(list + to + 1, list + to, (from - to) * sizeof(*list));
	list[to] = it;
}

static int is_missed(const pv_render_job *job, const char *name)
{
	for (size_t i = 0; i < job->missing_count; i++)
		if (!strcmp(job->missing[i].name, name))
			return 1;
	return 0;
}

/* Puts them in the prompt's order; what it does not know comes last. */
static void order(pv_render_job *job)
{
	const pv_renderer *renderer = job->renderer;
	size_t at = 0;

	for (size_t i = 0; i < renderer->variable_count; i++) {
		const char *name = renderer->variables[i].name.u.s;

		if (at < job->missing_count && is_missed(job, name))
			move_up(job->missing, at++, name, job->missing_count);
	}
}

/* One that no text shows, as "a.b", is where the render came upon it. */
static int place_reached(pv_render_job *job, struct found *found, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pv_variable_use *use;

		if (found[i].missing->use_count || !job->missing[i].use.line)
			continue;
		use = pv_arena_alloc(&job->out->arena, sizeof(*use));
		if (!use)
			return pv_fail_nomem(job->err);
		*use = job->missing[i].use;
		found[i].missing->uses = use;
		found[i].missing->use_count = 1;
	}
	return PV_OK;
}

/* Whether a name is a part of another one: of "a.b", "a". */
static int is_within(const char *name, const char *whole)
{
	size_t len = strlen(whole);

	return !strncmp(name, whole, len) && name[len] == '.';
}

/* Where all of "a" is missing, the render came upon "a.b": that is no other. */
static void drop_parts(pv_render_job *job)
{
	size_t kept = 0;

	for (size_t i = 0; i < job->missing_count; i++) {
		int is_part = 0;

		for (size_t j = 0; j < job->missing_count && !is_part; j++)
			is_part = is_within(job->missing[i].name,
					    job->missing[j].name);
		if (!is_part)
			job->missing[kept++] = job->missing[i];
	}
	job->missing_count = kept;
}

int pv_render_tell_missing(pv_render_job *job)
{
	struct search search = { .job = job };
	pv_arena *arena = &job->out->arena;
	struct found *found;
	size_t count;
	int rc = miss_certain(job);

	drop_parts(job);
	if (rc == PV_OK)
		order(job);
	count = job->missing_count;
	if (rc < 0 || !count)
		return rc;
	found = pv_arena_calloc(arena, count * sizeof(*found));
	job->out->missing =
		pv_arena_calloc(arena, count * sizeof(*job->out->missing));
	if (!found || !job->out->missing)
		return pv_fail_nomem(job->err);
	for (size_t i = 0; rc == PV_OK && i < count; i++) {
		job->out->missing[i].name = job->missing[i].name;
		found[i].missing = &job->out->missing[i];
		rc = pv_map_set(&search.found, pv_str_of(job->missing[i].name),
				&found[i], NULL, job->err);
	}
	if (rc == PV_OK)
		rc = search_all(&search);
	if (rc == PV_OK)
		rc = place_reached(job, found, count);
	if (rc == PV_OK)
		job->out->missing_count = count;
	pv_map_dispose(&search.found);
	return rc;
}

/* --- the error ---------------------------------------------------------------- */

/* Where the first one is used, unless that is in another prompt. */
static void place_error(pv_render_job *job, int rc)
{
	const pv_missing *first = &job->out->missing[0];
	const char *name = job->renderer->opts.name;
	const pv_variable_use *use = first->use_count ? first->uses : NULL;

	if (use && *use->prompt)
		name = use->prompt;
	else if (use)
		name = job->renderer->parts[use->message].name;
	pv_error_at(job->err, rc, name ? name : "", use ? use->line : 0,
		    use ? use->column : 0);
}

int pv_render_fail_missing(pv_render_job *job)
{
	pv_buf names = { 0 };
	int rc = pv_render_find_missing(job);

	if (rc == PV_OK)
		rc = pv_render_tell_missing(job);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < job->missing_count; i++)
		pv_buf_printf(&names, "%s\"%.80s\"", i ? ", " : "",
			      job->missing[i].name);
	rc = pv_buf_status(&names, job->err);
	if (rc == PV_OK) {
		rc = pv_fail_id(job->err, PV_ERR_MISSING_VARIABLE,
				"missing variable%s %.220s",
				job->missing_count > 1 ? "s" : "", names.ptr);
		place_error(job, rc);
		rc = pv_error_hint(job->err, rc,
				   "give %s a value, or declare a default",
				   job->missing_count > 1 ? "each" : "it");
	}
	pv_buf_dispose(&names);
	return rc;
}
