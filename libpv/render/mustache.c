/* SPDX-License-Identifier: MIT
 *
 * Rendering Mustache trees: names are looked up from the innermost section
 * outward, then the rest of a dotted name in what was found. Partials are
 * loaded and parsed when they are reached, each once per indentation.
 */
#include "render/mustache.h"

#include <pv/buf.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "jinja/filter/filters.h"
#include "jinja/run/failure.h"
#include "jinja/value/build.h"
#include "jinja/value/container.h"
#include "jinja/value/ops.h"
#include "render/mustache_tree.h"

struct pv_mustache {
	pv_arena arena;
	const char *name; /* or NULL */
	pv_str text;
	pv_mustache_node *nodes;
};

/* What a section is about. */
struct frame {
	pv_jinja_value value;
	const struct frame *outer;
};

struct partial {
	pv_str name;
	pv_str indent;
	pv_str text;
	pv_mustache_node *nodes;
	struct partial *next;
};

struct render {
	pv_jinja_run run;
	const pv_plain_options *options;
	pv_buf *out;
	size_t max; /* of out->len */
	struct partial *partials;
	int depth;         /* of partials */
	const char *name;  /* of the template being rendered */
	pv_str text;       /* the same */
	size_t place;      /* of the tag */
	int has_place;     /* a failure was placed already */
	pv_jinja_place at; /* there */
};

static int print_list(struct render *r, const pv_mustache_node *node,
		      const struct frame *frame);

/* --- failures ---------------------------------------------------------------- */

static void set_place(pv_jinja_place *out, const char *name, pv_str text,
		      size_t offset)
{
	out->template_name = name;
	out->source = text;
	out->line = 1;
	out->pos = (uint32_t)offset;
	for (size_t i = 0; i < offset && i < text.len; i++)
		out->line += text.ptr[i] == '\n';
}

/* The innermost place counts. */
static int place_failure(struct render *r, int rc)
{
	if (rc < 0 && !r->has_place) {
		set_place(&r->at, r->name, r->text, r->place);
		r->has_place = 1;
	}
	return rc;
}

/* --- looking up -------------------------------------------------------------- */

/* The item of a list by its number, of a dict by its name; NULL: none. */
static const pv_jinja_value *find_item(const pv_jinja_value *in,
				       const pv_mustache_key *key)
{
	size_t idx = 0;

	if (in->type == PV_JINJA_DICT)
		return pv_jinja_dict_find_text(in->u.dict, key->text.ptr,
					       key->text.len, key->hash);
	if (in->type != PV_JINJA_LIST)
		return NULL;
	for (size_t i = 0; i < key->text.len; i++) {
		if (key->text.ptr[i] < '0' || key->text.ptr[i] > '9' || i > 8)
			return NULL;
		idx = idx * 10 + (size_t)(key->text.ptr[i] - '0');
	}
	return idx < in->u.list->count ? &in->u.list->items[idx] : NULL;
}

static const pv_jinja_value *find_value(const pv_mustache_node *node,
					const struct frame *frame)
{
	const pv_jinja_value *found = NULL;

	if (!node->key_count)
		return &frame->value;
	for (; frame && !found; frame = frame->outer)
		found = find_item(&frame->value, &node->keys[0]);
	for (size_t i = 1; found && i < node->key_count; i++)
		found = find_item(found, &node->keys[i]);
	return found;
}

/* --- printing ------------------------------------------------------------------ */

static int check_output(struct render *r)
{
	int rc = pv_buf_status(r->out, r->run.err);

	if (rc == PV_OK && r->out->len > r->max)
		return pv_jinja_limit(&r->run, r->max, "bytes of output");
	return rc;
}

static int put(struct render *r, const char *text, size_t len)
{
	int rc = pv_jinja_spend(&r->run, 1 + len / 64);

	if (rc < 0)
		return rc;
	if (len > r->max)
		return pv_jinja_limit(&r->run, r->max, "bytes of output");
	pv_buf_put(r->out, text, len);
	return check_output(r);
}

static const char *entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	default:
		return NULL;
	}
}

static int put_escaped(struct render *r, const char *text, size_t len)
{
	size_t from = 0;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < len; i++) {
		const char *entity = entity_of(text[i]);

		if (!entity)
			continue;
		rc = put(r, text + from, i - from);
		if (rc == PV_OK)
			rc = put(r, entity, strlen(entity));
		from = i + 1;
	}
	return rc < 0 ? rc : put(r, text + from, len - from);
}

/* The text of a value that is none. */
static int to_text(pv_jinja_value *out, struct render *r, pv_jinja_value value)
{
	pv_jinja_call call = { .run = &r->run, .args = &value, .count = 1 };
	size_t mark = pv_jinja_begin(&r->run);
	int rc;

	if (value.type == PV_JINJA_INT || value.type == PV_JINJA_BIG ||
	    value.type == PV_JINJA_FLOAT) {
		rc = pv_jinja_put_str(&r->run.scratch, &r->run, value, 0);
		return rc < 0 ? rc : pv_jinja_finish(out, &r->run, mark, 0);
	}
	return pv_jinja_filter_tojson(out, &call);
}

static int print_value(struct render *r, const pv_mustache_node *node,
		       const struct frame *frame)
{
	const pv_jinja_misses *misses = r->options->misses;
	const pv_jinja_value *found = find_value(node, frame);
	pv_jinja_value value;
	int rc;

	if (!found && r->options->is_strict && !frame->outer)
		return pv_jinja_raise(&r->run, PV_JINJA_UNDEFINED_ERROR,
				      "'%.*s' is undefined",
				      (int)node->text.len, node->text.ptr);
	if (!found && !frame->outer && misses && misses->absent)
		return misses->absent(node->keys[0].text, misses->payload);
	if (!found || found->type == PV_JINJA_UNDEFINED ||
	    found->type == PV_JINJA_NONE)
		return PV_OK;
	value = *found;
	if (value.type != PV_JINJA_STR) {
		rc = to_text(&value, r, value);
		if (rc < 0)
			return rc;
	}
	if (node->kind == PV_MUSTACHE_RAW)
		return put(r, value.u.s, value.len);
	return put_escaped(r, value.u.s, value.len);
}

/* --- sections ------------------------------------------------------------------ */

static int is_nothing(const pv_jinja_value *value)
{
	if (!value)
		return 1;
	switch (value->type) {
	case PV_JINJA_MISSING:
	case PV_JINJA_UNDEFINED:
	case PV_JINJA_NONE:
		return 1;
	case PV_JINJA_BOOL:
	case PV_JINJA_INT:
		return !value->u.i;
	case PV_JINJA_FLOAT:
		return value->u.f == 0 || value->u.f != value->u.f;
	case PV_JINJA_STR:
		return !value->len;
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
		return !value->u.list->count;
	default:
		return 0;
	}
}

static int print_section(struct render *r, const pv_mustache_node *node,
			 const struct frame *frame)
{
	const pv_jinja_value *value = find_value(node, frame);
	struct frame inner = { .outer = frame };
	int rc = PV_OK;

	if (is_nothing(value))
		return PV_OK;
	if (value->type != PV_JINJA_LIST && value->type != PV_JINJA_TUPLE) {
		inner.value = *value;
		return print_list(r, node->first, &inner);
	}
	for (size_t i = 0; rc == PV_OK && i < value->u.list->count; i++) {
		inner.value = value->u.list->items[i];
		/* A section with nothing in it costs, too. */
		rc = pv_jinja_spend(&r->run, 1);
		if (rc == PV_OK)
			rc = print_list(r, node->first, &inner);
	}
	return rc;
}

/* --- partials ------------------------------------------------------------------ */

/* The text with each line that has something on it moved in. */
static int indent_text(pv_str *out, struct render *r, pv_str text, pv_str indent)
{
	pv_buf *scratch = &r->run.scratch;
	size_t mark = pv_jinja_begin(&r->run);
	pv_jinja_value copy = pv_jinja_missing();
	size_t at = 0;
	int rc = PV_OK;

	while (rc == PV_OK && at < text.len) {
		const char *end = memchr(text.ptr + at, '\n', text.len - at);
		size_t len =
			end ? (size_t)(end - text.ptr) + 1 - at : text.len - at;

		rc = pv_jinja_expect(&r->run, mark, indent.len + len);
		if (rc < 0)
			break;
		if (text.ptr[at] != '\n' && text.ptr[at] != '\r')
			pv_buf_put(scratch, indent.ptr, indent.len);
		pv_buf_put(scratch, text.ptr + at, len);
		at += len;
	}
	if (rc == PV_OK)
		rc = pv_jinja_finish(&copy, &r->run, mark, 0);
	if (rc < 0)
		return rc;
	out->ptr = copy.u.s;
	out->len = copy.len;
	return PV_OK;
}

/* Its text, NULL when there is none of that name. */
static int load_text(pv_str *out, struct render *r, pv_str name)
{
	const pv_jinja_loader *loader = r->options->loader;
	int rc = PV_ENOTFOUND;

	out->ptr = NULL;
	out->len = 0;
	if (loader)
		rc = loader->load(out, loader->payload, name, r->run.err);
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(r->run.err);
	if (r->options->is_strict)
		return pv_jinja_raise(&r->run, PV_JINJA_TEMPLATE_NOT_FOUND,
				      "%.*s", (int)name.len, name.ptr);
	return PV_OK;
}

static int load_partial(struct partial **out, struct render *r,
			const pv_mustache_node *node)
{
	struct partial *partial = r->partials;
	pv_str text;
	size_t place;
	int rc;

	while (partial && !(pv_str_eq(partial->name, node->text) &&
			    pv_str_eq(partial->indent, node->indent)))
		partial = partial->next;
	*out = partial;
	if (partial)
		return PV_OK;
	rc = load_text(&text, r, node->text);
	if (rc == PV_OK)
		rc = pv_jinja_alloc(&partial, &r->run, sizeof(*partial));
	if (rc != PV_OK)
		return rc;
	memset(partial, 0, sizeof(*partial));
	partial->name = node->text;
	partial->indent = node->indent;
	partial->next = r->partials;
	rc = indent_text(&partial->text, r, text, node->indent);
	if (rc == PV_OK)
		rc = pv_jinja_spend(&r->run, partial->text.len);
	if (rc < 0)
		return rc;
	r->partials = partial;
	*out = partial;
	rc = pv_mustache_parse(&partial->nodes, &place, &r->run, partial->text);
	if (rc < 0 && !r->has_place) {
		set_place(&r->at,
			  pv_arena_dup(r->run.arena, partial->name.ptr,
				       partial->name.len),
			  partial->text, place);
		r->has_place = 1;
	}
	return rc;
}

static int print_partial(struct render *r, const pv_mustache_node *node,
			 const struct frame *frame)
{
	const char *name = r->name;
	pv_str text = r->text;
	struct partial *partial;
	int rc;

	if (r->depth == PV_MUSTACHE_MAX_PARTIALS)
		return pv_jinja_limit(&r->run, PV_MUSTACHE_MAX_PARTIALS,
				      "partials in each other");
	rc = load_partial(&partial, r, node);
	if (rc != PV_OK)
		return rc;
	r->name =
		pv_arena_dup(r->run.arena, partial->name.ptr, partial->name.len);
	if (!r->name)
		return pv_fail_nomem(r->run.err);
	r->text = partial->text;
	r->depth++;
	rc = print_list(r, partial->nodes, frame);
	r->depth--;
	r->name = name;
	r->text = text;
	return rc;
}

/* --- the whole ----------------------------------------------------------------- */

static int print_node(struct render *r, const pv_mustache_node *node,
		      const struct frame *frame)
{
	switch (node->kind) {
	case PV_MUSTACHE_TEXT:
		return put(r, node->text.ptr, node->text.len);
	case PV_MUSTACHE_VALUE:
	case PV_MUSTACHE_RAW:
		return print_value(r, node, frame);
	case PV_MUSTACHE_SECTION:
		return print_section(r, node, frame);
	case PV_MUSTACHE_INVERTED:
		return is_nothing(find_value(node, frame))
			       ? print_list(r, node->first, frame)
			       : PV_OK;
	case PV_MUSTACHE_PARTIAL:
		return print_partial(r, node, frame);
	}
	return PV_OK;
}

/* At the innermost place. */
static int tell_failed(struct render *r, int rc)
{
	pv_jinja_place place = { 0 };

	if (r->has_place)
		return rc;
	set_place(&place, r->name, r->text, r->place);
	return pv_jinja_tell_failed(r->options->misses, &r->run, rc, &place);
}

static int print_list(struct render *r, const pv_mustache_node *node,
		      const struct frame *frame)
{
	int rc = PV_OK;

	if (!node)
		return PV_OK;
	rc = pv_jinja_enter(&r->run);
	if (rc < 0)
		return place_failure(r, rc);
	for (; rc == PV_OK && node; node = node->next) {
		r->place = node->offset;
		rc = pv_jinja_spend(&r->run, 1);
		if (rc == PV_OK)
			rc = print_node(r, node, frame);
		if (rc == PV_ERENDER && r->options->misses)
			rc = tell_failed(r, rc);
		if (rc < 0)
			rc = place_failure(r, rc);
	}
	pv_jinja_leave(&r->run);
	return rc;
}

static int fill(pv_mustache *template, const char *name, pv_str text,
		size_t *place_out, pv_jinja_run *run)
{
	if (name) {
		template->name =
			pv_arena_dup(&template->arena, name, strlen(name));
		if (!template->name)
			return pv_fail_nomem(run->err);
	}
	template->text.len = text.len;
	template->text.ptr = pv_arena_dup(&template->arena, text.ptr, text.len);
	if (!template->text.ptr)
		return pv_fail_nomem(run->err);
	return pv_mustache_parse(&template->nodes, place_out, run,
				 template->text);
}

int pv_mustache_compile(pv_mustache **out, const char *name, pv_str text,
			pv_jinja_failure *failure, pv_error *err)
{
	static const pv_jinja_settings settings = { 0 };
	pv_mustache *template = pv_calloc(1, sizeof(*template));
	pv_jinja_place place = { 0 };
	pv_jinja_run run = { 0 };
	pv_error own = { 0 };
	size_t at = 0;
	int rc;

	*out = NULL;
	if (!template)
		return pv_fail_nomem(err);
	pv_jinja_run_init(&run, &template->arena, &settings, NULL);
	run.err = &own;
	rc = fill(template, name, text, &at, &run);
	if (rc < 0) {
		set_place(&place, template->name, text, at);
		rc = pv_jinja_failure_set(failure, &run, rc, &place, err);
		pv_mustache_free(template);
	} else {
		*out = template;
	}
	pv_jinja_run_dispose(&run);
	return rc;
}

static int each_partial(const pv_mustache_node *node,
			int (*fn)(pv_str name, void *payload), void *payload)
{
	int rc = 0;

	for (; !rc && node; node = node->next) {
		if (node->kind == PV_MUSTACHE_PARTIAL)
			rc = fn(node->text, payload);
		if (!rc)
			rc = each_partial(node->first, fn, payload);
	}
	return rc;
}

int pv_mustache_each_partial(const pv_mustache *template,
			     int (*fn)(pv_str name, void *payload), void *payload)
{
	return each_partial(template->nodes, fn, payload);
}

void pv_mustache_free(pv_mustache *template)
{
	if (!template)
		return;
	pv_arena_dispose(&template->arena);
	pv_free(template);
}

int pv_mustache_render(pv_buf *out, const pv_mustache *template,
		       const pv_plain_options *options,
		       pv_jinja_failure *failure, pv_error *err)
{
	static const pv_jinja_settings settings = { .has_chat_json = 1 };
	struct render r = { .options = options,
			    .out = out,
			    .name = template->name,
			    .text = template->text };
	struct frame frame = { .outer = NULL };
	pv_plain_watch watch = { 0 };
	pv_jinja_dict values = { 0 };
	size_t mark = out->len;
	pv_arena arena = { 0 };
	pv_error own = { 0 };
	int rc;

	pv_jinja_run_init(&r.run, &arena, &settings, options->limits);
	pv_plain_time(&watch, &r.run, options);
	r.run.err = &own;
	r.max = options->max_output ? options->max_output : r.run.limits.text;
	r.max += mark;
	if (options->values)
		values = *options->values;
	frame.value = pv_jinja_dict_value(&values);
	rc = print_list(&r, template->nodes, &frame);
	if (rc < 0) {
		pv_buf_truncate(out, mark);
		rc = pv_jinja_failure_set(failure, &r.run, rc, &r.at, err);
	}
	pv_jinja_run_dispose(&r.run);
	pv_arena_dispose(&arena);
	return rc;
}
