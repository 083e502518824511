/* SPDX-License-Identifier: MIT
 *
 * See risks.h. The tree is gone through in its order, as it is parsed, not
 * bound. Names that the template sets are kept in one list, whatever their
 * scope: the last value counts, which is right for all but contrived ones.
 */
#include "jinja/bind/risks.h"

#include <stddef.h>

#include "base/fail.h"
#include "base/mem.h"
#include "jinja/bind/bind.h"

enum {
	MAX_LOCALS = 200 /* names set; further ones are not followed */
};

/* A name that the template sets. */
struct local {
	const pv_jinja_name *name;
	const pv_jinja_name *from; /* from outside, or NULL */
};

struct walk {
	pv_str source; /* as given, and as parsed: */
	pv_str parsed;
	int (*fn)(const pv_jinja_risk *risk, void *payload);
	void *payload;
	int rc;
	size_t local_count;
	struct local locals[MAX_LOCALS];
	int has_break; /* of the loop being looked at */
};

static pv_str text_of(const pv_jinja_name *name)
{
	return (pv_str){ name->text.u.s, name->text.len };
}

static int is_named(const pv_jinja_name *name, const char *const *names)
{
	for (; *names; names++)
		if (pv_jinja_str_is(name->text, *names))
			return 1;
	return 0;
}

/* --- names ---------------------------------------------------------------- */

/* What a name stands for outside; NULL when it is the template's own. */
static const pv_jinja_name *outside(const struct walk *w,
				    const pv_jinja_name *name)
{
	static const char *const own[] = { "loop",   "super",   "caller",
					   "self",   "varargs", "kwargs",
					   "range",  "dict",    "lipsum",
					   "cycler", "joiner",  "namespace",
					   NULL };

	for (size_t i = w->local_count; i; i--)
		if (w->locals[i - 1].name == name)
			return w->locals[i - 1].from;
	return is_named(name, own) ? NULL : name;
}

/* --- what an expression is made of ---------------------------------------- */

/* A stretch of the walk through an expression for the texts in its value. */
struct trace {
	struct walk *w;
	const pv_jinja_name *first; /* from outside */
	const pv_jinja_node *place; /* of its use */
	int is_quoted;
	int is_telling; /* each is a print */
};

static size_t original(const struct walk *w, size_t offset)
{
	size_t at = offset;

	if (w->parsed.ptr == w->source.ptr)
		return offset;
	for (size_t i = 0; i < at && i + 1 < w->source.len; i++)
		at += w->source.ptr[i] == '\r' && w->source.ptr[i + 1] == '\n';
	return at < w->source.len ? at : w->source.len;
}

static void tell(struct walk *w, enum pv_jinja_risk_kind kind,
		 const struct trace *trace)
{
	pv_jinja_risk risk = { .kind = kind,
			       .name = text_of(trace->first),
			       .offset = original(w, trace->place->pos),
			       .is_quoted = trace->is_quoted };

	if (!w->rc)
		w->rc = w->fn(&risk, w->payload);
}

static void set(struct walk *w, const pv_jinja_node *target,
		const pv_jinja_name *from)
{
	if (target->kind == PV_JINJA_N_TUPLE || target->kind == PV_JINJA_N_LIST) {
		const pv_jinja_node *item = target->u.items.first;

		for (; item; item = item->next)
			set(w, item, from);
		return;
	}
	if (target->kind != PV_JINJA_N_NAME)
		return;
	if (target->u.name.name != from) {
		struct trace trace = { .first = target->u.name.name,
				       .place = target };

		tell(w, PV_JINJA_RISK_SET, &trace);
	}
	if (w->local_count == MAX_LOCALS)
		return;
	w->locals[w->local_count].name = target->u.name.name;
	w->locals[w->local_count++].from = from;
}

static void visit(const pv_jinja_node *node, void *payload);

static void found(struct trace *trace, const pv_jinja_node *node)
{
	const pv_jinja_name *name = outside(trace->w, node->u.name.name);
	struct trace one = *trace;

	if (!name)
		return;
	one.first = name;
	one.place = node;
	if (trace->is_telling)
		tell(trace->w, PV_JINJA_RISK_PRINT, &one);
	if (trace->first)
		return;
	trace->first = name;
	trace->place = node;
}

static void look(const pv_jinja_node *node, void *payload);

/* f(a) has a's text, as far as anybody knows; not f's. */
static int look_call(struct trace *trace, const pv_jinja_node *call)
{
	const pv_jinja_args *args = call->u.call.args;
	const pv_jinja_node *arg;

	if (!call->u.call.object || !args || !args->positional.first ||
	    call->u.call.object->kind != PV_JINJA_N_NAME)
		return 0;
	for (arg = args->positional.first; arg; arg = arg->next)
		look(arg, trace);
	for (arg = args->keywords.first; arg; arg = arg->next)
		look(arg, trace);
	return 1;
}

static void look(const pv_jinja_node *node, void *payload)
{
	static const char *const quoting[] = { "tojson",    "e",
					       "escape",    "forceescape",
					       "urlencode", "xmlattr",
					       "pprint",    NULL };
	static const char *const counting[] = { "length", "count",     "int",
						"float",  "wordcount", "round",
						NULL };
	struct trace *trace = payload;
	int was_quoted = trace->is_quoted;

	switch (node->kind) {
	case PV_JINJA_N_NAME:
		if (node->op == PV_JINJA_LOAD)
			found(trace, node);
		return;
	case PV_JINJA_N_TEST:
	case PV_JINJA_N_COMPARE:
	case PV_JINJA_N_NOT:
		return; /* true or false */
	case PV_JINJA_N_CONDEXPR:
		look(node->u.cond.yes, trace);
		if (node->u.cond.no)
			look(node->u.cond.no, trace);
		return;
	case PV_JINJA_N_GETITEM:
		look(node->u.access.object, trace);
		return;
	case PV_JINJA_N_CALL:
		if (look_call(trace, node))
			return;
		break;
	case PV_JINJA_N_FILTER:
		if (is_named(node->u.call.name, counting))
			return;
		trace->is_quoted |= is_named(node->u.call.name, quoting);
		break;
	default:
		break;
	}
	pv_jinja_walk(node, look, trace);
	trace->is_quoted = was_quoted;
}

/* --- loops ---------------------------------------------------------------- */

static int is_limited(const pv_jinja_node *iter)
{
	const pv_jinja_node *key;

	if (iter->kind == PV_JINJA_N_FILTER && iter->u.call.object)
		return is_limited(iter->u.call.object);
	if (iter->kind == PV_JINJA_N_CALL && iter->u.call.object &&
	    iter->u.call.object->kind == PV_JINJA_N_GETATTR)
		return is_limited(iter->u.call.object->u.access.object);
	if (iter->kind != PV_JINJA_N_GETITEM)
		return 0;
	key = iter->u.access.key;
	return key && key->kind == PV_JINJA_N_SLICE && key->u.slice.bounds[1] &&
	       key->u.slice.bounds[1]->kind == PV_JINJA_N_CONST;
}

/* range(n) is as long as n says, if that is the length of something or not. */
static const pv_jinja_node *counted(const pv_jinja_node *iter)
{
	const pv_jinja_node *of = iter->u.call.object;
	static const char *const range[] = { "range", NULL };

	if (iter->kind != PV_JINJA_N_CALL || !of || !iter->u.call.args ||
	    of->kind != PV_JINJA_N_NAME || !is_named(of->u.name.name, range))
		return iter;
	of = iter->u.call.args->positional.first;
	if (of && of->next)
		of = of->next;
	while (of && of->kind == PV_JINJA_N_FILTER && of->u.call.object)
		of = of->u.call.object;
	return of ? of : iter;
}

static void visit_loop(struct walk *w, const pv_jinja_node *node)
{
	const pv_jinja_node *iter = node->u.loop.iter;
	const pv_jinja_node *child = node->u.loop.body.first;
	struct trace trace = { .w = w };
	int was_broken = w->has_break;

	visit(iter, w);
	look(counted(iter), &trace);
	set(w, node->u.loop.target, trace.first);
	w->has_break = 0;
	for (; child; child = child->next)
		visit(child, w);
	if (trace.first && !w->has_break && !is_limited(iter))
		tell(w, PV_JINJA_RISK_LOOP, &trace);
	w->has_break = was_broken;
	for (child = node->u.loop.orelse.first; child; child = child->next)
		visit(child, w);
}

/* --- the tree ------------------------------------------------------------- */

static void visit_set(struct walk *w, const pv_jinja_node *node)
{
	const pv_jinja_node *target = node->u.set.target;
	const pv_jinja_node *value = node->u.set.value;
	int is_list = node->kind == PV_JINJA_N_WITH;

	while (target && value) {
		struct trace trace = { .w = w };

		look(value, &trace);
		set(w, target, trace.first);
		target = is_list ? target->next : NULL;
		value = is_list ? value->next : NULL;
	}
}

/* |safe, or |map("safe") */
static int is_safe(const pv_jinja_node *filter)
{
	static const char *const safe[] = { "safe", NULL };
	static const char *const map[] = { "map", NULL };
	const pv_jinja_args *args = filter->u.call.args;
	const pv_jinja_node *first = args ? args->positional.first : NULL;

	if (is_named(filter->u.call.name, safe))
		return 1;
	return is_named(filter->u.call.name, map) && first &&
	       first->kind == PV_JINJA_N_CONST &&
	       pv_jinja_str_is(first->u.value, "safe");
}

static void visit_filter(struct walk *w, const pv_jinja_node *node)
{
	struct trace trace = { .w = w };

	if (!node->u.call.object || !is_safe(node))
		return;
	look(node->u.call.object, &trace);
	if (!trace.first)
		return;
	trace.place = node->u.call.object;
	tell(w, PV_JINJA_RISK_SAFE, &trace);
}

/* {% filter safe %}: all that is printed in it. */
static void visit_filter_block(struct walk *w, const pv_jinja_node *node)
{
	const pv_jinja_node *filter = node->u.set.value;
	const pv_jinja_node *child = node->u.set.body.first;
	struct trace trace = { .w = w };

	while (filter && filter->kind == PV_JINJA_N_FILTER && !is_safe(filter))
		filter = filter->u.call.object;
	if (!filter || filter->kind != PV_JINJA_N_FILTER)
		return;
	for (; child; child = child->next)
		look(child, &trace);
	if (trace.first)
		tell(w, PV_JINJA_RISK_SAFE, &trace);
}

static void visit_macro(struct walk *w, const pv_jinja_node *node)
{
	const pv_jinja_node *param = node->u.macro.code->params.first;

	for (; param; param = param->next)
		set(w, param, NULL);
}

static void visit(const pv_jinja_node *node, void *payload)
{
	struct walk *w = payload;
	struct trace trace = { .w = w, .is_telling = 1 };

	if (w->rc)
		return;
	switch (node->kind) {
	case PV_JINJA_N_PRINT:
		look(node->u.expr, &trace);
		break;
	case PV_JINJA_N_FILTER:
		visit_filter(w, node);
		break;
	case PV_JINJA_N_FILTER_BLOCK:
		visit_filter_block(w, node);
		break;
	case PV_JINJA_N_FOR:
		visit_loop(w, node);
		return;
	case PV_JINJA_N_SET:
	case PV_JINJA_N_WITH:
		visit_set(w, node);
		break;
	case PV_JINJA_N_MACRO:
	case PV_JINJA_N_CALL_BLOCK:
		visit_macro(w, node);
		break;
	case PV_JINJA_N_BREAK:
		w->has_break = 1;
		break;
	default:
		break;
	}
	pv_jinja_walk(node, visit, w);
}

int pv_jinja_find_risks(const pv_jinja_environment *env, pv_str source,
			pv_arena *arena,
			int (*fn)(const pv_jinja_risk *risk, void *payload),
			void *payload, pv_error *err)
{
	pv_jinja_template template = { .env = env };
	struct walk w = { .source = source, .fn = fn, .payload = payload };
	pv_jinja_parser parser;
	pv_jinja_run run = { 0 };
	pv_error limit = { 0 };
	int rc;

	memset(&parser, 0, offsetof(pv_jinja_parser, tags));
	parser.is_analysis = 1;
	pv_jinja_run_init(&run, arena, &env->settings, NULL);
	run.err = &limit;
	parser.run = &run;
	parser.env = env;
	rc = pv_jinja_template_parse(&template, &parser, source);
	if (rc != PV_ENOMEM) {
		w.parsed = parser.lexer.source;
		for (const pv_jinja_node *node = template.root.body.first;
		     node && !w.rc; node = node->next)
			visit(node, &w);
	}
	pv_jinja_run_dispose(&run);
	return rc == PV_ENOMEM ? pv_fail_nomem(err) : w.rc;
}
