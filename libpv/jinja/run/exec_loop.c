/* SPDX-License-Identifier: MIT
 *
 * Loops and the `loop` object. A loop reads one item ahead at most when it is
 * asked for the last or the next one, and all of them for the length of what
 * has none, as Jinja2's does; templates can tell by iterators they share.
 */
#include "jinja/run/machine.h"

#include "base/mem.h"
#include "jinja/run/argument.h"

typedef struct loop {
	pv_jinja_object head;
	pv_jinja_machine *machine;
	pv_jinja_activation *act; /* in which the body runs */
	const pv_jinja_node *node;
	pv_jinja_value over;
	pv_jinja_cursor cursor;
	const pv_jinja_list *rest; /* read in advance for the length */
	size_t rest_at;
	pv_jinja_value after; /* the next item, when it was looked at */
	pv_jinja_value current;
	pv_jinja_value before;
	pv_jinja_value changed; /* what changed() was given last: a tuple */
	int64_t index0;         /* -1 before the first item */
	int64_t length;         /* -1: not known */
	int depth0;
	pv_jinja_activation *recursion; /* where the loop stands, or NULL */
} loop;

/* --- items ---------------------------------------------------------------- */

/* Whether the filter in the loop's head keeps the item: 1, 0 or a failure. */
static int keeps(loop *l, pv_jinja_value item)
{
	const pv_jinja_for_scopes *scopes = l->node->u.loop.scopes;
	int rc;

	pv_jinja_scope_enter(l->machine, l->act, &scopes->filter);
	rc = pv_jinja_assign(l->machine, l->act, scopes->filter_target, item);
	if (rc == PV_OK)
		rc = pv_jinja_eval_truth(l->machine, l->act,
					 l->node->u.loop.filter);
	if (rc < 0)
		return pv_jinja_failed(l->machine, l->act,
				       l->node->u.loop.filter, rc);
	return rc;
}

/* The next item of what is iterated over; 1, 0 at the end. */
static int fetch(pv_jinja_value *out, loop *l)
{
	int rc;

	if (l->rest) {
		if (l->rest_at >= l->rest->count)
			return 0;
		*out = l->rest->items[l->rest_at++];
		return 1;
	}
	do {
		rc = pv_jinja_next(out, &l->machine->run, &l->cursor);
		if (rc <= 0 || !l->node->u.loop.filter)
			return rc;
		rc = keeps(l, *out);
	} while (rc == 0);
	return rc;
}

static int peek(loop *l)
{
	pv_jinja_value item;
	int rc;

	if (!pv_jinja_is_missing(l->after))
		return 1;
	rc = fetch(&item, l);
	if (rc > 0)
		l->after = item;
	return rc;
}

static int advance(pv_jinja_value *out, loop *l)
{
	int rc = 1;

	if (pv_jinja_is_missing(l->after))
		rc = fetch(out, l);
	else
		*out = l->after;
	if (rc <= 0)
		return rc;
	l->after = pv_jinja_missing();
	l->index0++;
	l->before = l->current;
	l->current = *out;
	return 1;
}

/* All that is left, in a list from which the loop goes on. */
static int read_rest(loop *l)
{
	pv_jinja_run *run = &l->machine->run;
	pv_jinja_list *list;
	pv_jinja_value item;
	int rc = pv_jinja_list_new(&list, run, 8);

	while (rc == PV_OK) {
		rc = fetch(&item, l);
		if (rc <= 0)
			break;
		rc = pv_jinja_list_add(run, list, item);
	}
	if (rc < 0)
		return rc;
	l->rest = list;
	l->rest_at = 0;
	l->length = (int64_t)list->count + l->index0 + 1 +
		    !pv_jinja_is_missing(l->after);
	return PV_OK;
}

static int find_length(int64_t *out, loop *l)
{
	pv_jinja_run *run = &l->machine->run;
	int rc = PV_OK;

	if (l->length < 0 && !l->node->u.loop.filter) {
		rc = pv_jinja_len(&l->length, run, l->over);
		if (pv_jinja_catch(run, rc, PV_JINJA_TYPE_ERROR)) {
			l->length = -1;
			rc = PV_OK;
		}
	}
	if (rc == PV_OK && l->length < 0)
		rc = read_rest(l);
	*out = l->length;
	return rc;
}

/* --- the loop object ------------------------------------------------------- */

static int call_cycle(pv_jinja_value *out, pv_jinja_call *call)
{
	const loop *l = (const loop *)call->self.u.object;
	int rc = pv_jinja_refuse_keywords(call, "LoopContext.cycle");
	if (rc < 0)
		return rc;
	if (call->count == 0)
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "no items for cycling given");
	*out = call->args[(uint64_t)l->index0 % call->count];
	return PV_OK;
}

static int call_changed(pv_jinja_value *out, pv_jinja_call *call)
{
	loop *l = (loop *)call->self.u.object;
	pv_jinja_list *list;
	pv_jinja_value tuple;
	int rc = pv_jinja_refuse_keywords(call, "LoopContext.changed");

	if (rc == PV_OK)
		rc = pv_jinja_list_new(&list, call->run, call->count);
	for (size_t i = 0; rc == PV_OK && i < call->count; i++)
		rc = pv_jinja_list_add(call->run, list, call->args[i]);
	if (rc != PV_OK)
		return rc;
	tuple = pv_jinja_tuple_value(list);
	rc = pv_jinja_is_missing(l->changed)
		     ? 0
		     : pv_jinja_equal(call->run, l->changed, tuple);
	if (rc < 0)
		return rc;
	*out = pv_jinja_bool(!rc);
	if (!rc)
		l->changed = tuple;
	return PV_OK;
}

static int bind_method(pv_jinja_value *out, pv_jinja_run *run, loop *l,
		       pv_jinja_fn *fn, const char *name)
{
	pv_jinja_func *func;
	int rc = pv_jinja_alloc(&func, run, sizeof(*func));

	if (rc < 0)
		return rc;
	memset(func, 0, sizeof(*func));
	func->fn = fn;
	func->self = pv_jinja_object_value(&l->head);
	func->name = name;
	func->type = "method";
	*out = pv_jinja_func_value(func);
	return PV_OK;
}

static int no_item(pv_jinja_value *out, pv_jinja_run *run, const char *hint)
{
	return pv_jinja_undefined_hint(out, run, PV_JINJA_UNDEFINED_ERROR,
				       pv_jinja_missing(), hint);
}

enum attribute {
	INDEX,
	INDEX0,
	REVINDEX,
	REVINDEX0,
	FIRST,
	LAST,
	LENGTH,
	PREVITEM,
	NEXTITEM,
	DEPTH,
	DEPTH0,
	CYCLE,
	CHANGED,
	ATTRIBUTES
};

static const pv_str attribute_names[ATTRIBUTES] = {
	{ "index", 5 },     { "index0", 6 },   { "revindex", 8 },
	{ "revindex0", 9 }, { "first", 5 },    { "last", 4 },
	{ "length", 6 },    { "previtem", 8 }, { "nextitem", 8 },
	{ "depth", 5 },     { "depth0", 6 },   { "cycle", 5 },
	{ "changed", 7 }
};

static int get_neighbour(pv_jinja_value *out, pv_jinja_run *run, loop *l,
			 enum attribute which)
{
	int rc;

	if (which == PREVITEM) {
		if (l->index0 == 0)
			return no_item(out, run, "there is no previous item");
		*out = l->before;
		return PV_OK;
	}
	rc = peek(l);
	if (rc < 0)
		return rc;
	if (which == LAST)
		*out = pv_jinja_bool(rc == 0);
	else if (rc == 0)
		return no_item(out, run, "there is no next item");
	else
		*out = l->after;
	return PV_OK;
}

static int get_count(pv_jinja_value *out, loop *l, enum attribute which)
{
	int64_t length;
	int rc = find_length(&length, l);

	if (which == REVINDEX)
		length -= l->index0;
	if (which == REVINDEX0)
		length -= l->index0 + 1;
	*out = pv_jinja_int(length);
	return rc;
}

static int get_attribute(pv_jinja_value *out, pv_jinja_run *run, loop *l,
			 enum attribute which)
{
	switch (which) {
	case INDEX:
		*out = pv_jinja_int(l->index0 + 1);
		return PV_OK;
	case INDEX0:
		*out = pv_jinja_int(l->index0);
		return PV_OK;
	case FIRST:
		*out = pv_jinja_bool(l->index0 == 0);
		return PV_OK;
	case DEPTH:
		*out = pv_jinja_int(l->depth0 + 1);
		return PV_OK;
	case DEPTH0:
		*out = pv_jinja_int(l->depth0);
		return PV_OK;
	case REVINDEX:
	case REVINDEX0:
	case LENGTH:
		return get_count(out, l, which);
	case LAST:
	case PREVITEM:
	case NEXTITEM:
		return get_neighbour(out, run, l, which);
	case CYCLE:
		return bind_method(out, run, l, call_cycle, "cycle");
	case CHANGED:
		return bind_method(out, run, l, call_changed, "changed");
	case ATTRIBUTES:
		break;
	}
	return PV_OK;
}

static int loop_get(pv_jinja_value *out, pv_jinja_run *run,
		    pv_jinja_object *object, const pv_jinja_name *name)
{
	const pv_str text = { name->text.u.s, name->text.len };

	for (int i = 0; i < ATTRIBUTES; i++) {
		int rc;

		if (text.len != attribute_names[i].len ||
		    memcmp(text.ptr, attribute_names[i].ptr, text.len) != 0)
			continue;
		rc = get_attribute(out, run, (loop *)object, (enum attribute)i);
		return rc < 0 ? rc : 1;
	}
	return 0;
}

static int loop_len(int64_t *out, pv_jinja_run *run, pv_jinja_object *object)
{
	(void)run;
	return find_length(out, (loop *)object);
}

/* The loop is iterable: it goes on, with (item, loop). */
static int loop_next(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_object *object)
{
	pv_jinja_value item;
	int rc = advance(&item, (loop *)object);

	if (rc <= 0)
		return rc;
	rc = pv_jinja_pair(out, run, item, pv_jinja_object_value(object));
	return rc < 0 ? rc : 1;
}

static int loop_put_repr(pv_buf *out, pv_jinja_run *run, pv_jinja_object *object)
{
	int64_t length;
	int rc = loop_len(&length, run, object);

	if (rc == PV_OK)
		pv_buf_printf(out, "<LoopContext %lld/%lld>",
			      (long long)((loop *)object)->index0 + 1,
			      (long long)length);
	return rc;
}

static int run_recursive(pv_jinja_machine *m, const pv_jinja_node *node,
			 pv_jinja_activation *outer, pv_jinja_value over,
			 int depth0);

/* loop(iterable): the loop once more, deeper. */
static int loop_again(pv_jinja_value *out, pv_jinja_call *call)
{
	const loop *l = (const loop *)call->self.u.object;
	pv_jinja_machine *m = pv_jinja_machine_of(call->run);
	pv_jinja_capture capture;
	int rc;

	if (!l->recursion)
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "The loop must have the 'recursive' marker to be "
				      "called recursively.");
	pv_jinja_capture_begin(&capture, m);
	rc = run_recursive(m, l->node, l->recursion, call->args[0],
			   l->depth0 + 1);
	return pv_jinja_capture_end(out, &capture, m,
				    l->node->escape == PV_JINJA_ESCAPE_VOLATILE
					    ? call->run->is_escaping
					    : l->node->escape ==
						      PV_JINJA_ESCAPE_ON,
				    rc);
}

static int loop_call(pv_jinja_value *out, pv_jinja_call *call)
{
	static const pv_jinja_native row = { .name = "loop",
					     .python = "LoopContext.__call__",
					     .params = "iterable",
					     .least = 1,
					     .most = 1,
					     .flags = PV_JINJA_HIDDEN,
					     .fn = loop_again };

	return pv_jinja_native_call(out, &row, call);
}

static const pv_jinja_class loop_class = {
	.name = "LoopContext",
	.object_name = "jinja2.runtime.LoopContext object",
	.get = loop_get,
	.put_repr = loop_put_repr,
	.len = loop_len,
	.next = loop_next,
	.call = loop_call,
};

/* --- running --------------------------------------------------------------- */

/* The body for each item; 1 when it ran at least once. */
static int run_items(loop *l)
{
	const pv_jinja_for_scopes *scopes = l->node->u.loop.scopes;
	pv_jinja_machine *m = l->machine;
	pv_jinja_value item;
	int has_run = 0;
	int rc = 0;

	while (rc >= 0) {
		rc = advance(&item, l);
		if (rc <= 0)
			break;
		if (--m->items_left < 0) {
			rc = pv_jinja_limit(&m->run,
					    (uint64_t)m->run.limits.loop_items,
					    "items of loops");
			break;
		}
		pv_jinja_scope_enter(m, l->act, &scopes->body);
		rc = pv_jinja_assign(m, l->act, l->node->u.loop.target, item);
		if (rc == PV_OK)
			rc = pv_jinja_exec(m, l->act, &l->node->u.loop.body);
		/* {% else %} knows only of iterations that came to their end */
		has_run |= rc == PV_OK;
		if (rc == PV_JINJA_BROKE)
			break;
	}
	pv_jinja_scope_leave(l->act, &scopes->body);
	return rc < 0 ? rc : has_run;
}

static int run_loop(loop *l)
{
	const pv_jinja_for_scopes *scopes = l->node->u.loop.scopes;
	pv_jinja_machine *m = l->machine;
	int rc = pv_jinja_iterate(&l->cursor, &m->run, l->over);

	if (rc < 0)
		return pv_jinja_failed(m, l->act, l->node, rc);
	if (scopes->has_loop)
		l->act->slots[scopes->loop_slot] =
			pv_jinja_object_value(&l->head);
	rc = run_items(l);
	if (rc < 0)
		return pv_jinja_failed(m, l->act, l->node, rc);
	if (rc > 0 || !l->node->u.loop.orelse.first)
		return PV_OK;
	pv_jinja_scope_enter(m, l->act, &scopes->orelse);
	rc = pv_jinja_exec(m, l->act, &l->node->u.loop.orelse);
	pv_jinja_scope_leave(l->act, &scopes->orelse);
	return rc;
}

static void loop_init(loop *l, pv_jinja_machine *m, pv_jinja_activation *act,
		      const pv_jinja_node *node, pv_jinja_value over)
{
	memset(l, 0, sizeof(*l));
	l->head.kind = &loop_class;
	l->machine = m;
	l->act = act;
	l->node = node;
	l->over = over;
	l->index0 = -1;
	l->length = -1;
}

static int run_recursive(pv_jinja_machine *m, const pv_jinja_node *node,
			 pv_jinja_activation *outer, pv_jinja_value over,
			 int depth0)
{
	pv_jinja_activation *act;
	loop *l = NULL;
	int rc = pv_jinja_enter(&m->run);

	if (rc == PV_OK)
		rc = pv_jinja_activate(&act, m, outer->unit, outer,
				       node->u.loop.scopes->slot_count);
	if (rc == PV_OK)
		rc = pv_jinja_alloc(&l, &m->run, sizeof(*l));
	if (rc != PV_OK)
		return rc;
	loop_init(l, m, act, node, over);
	l->recursion = outer;
	l->depth0 = depth0;
	rc = run_loop(l);
	pv_jinja_leave(&m->run);
	return rc;
}

int pv_jinja_exec_loop(pv_jinja_machine *m, pv_jinja_activation *act,
		       const pv_jinja_node *node)
{
	pv_jinja_value over;
	loop own;
	loop *l = &own;
	int rc = pv_jinja_eval(&over, m, act, node->u.loop.iter);

	if (rc < 0)
		return rc;
	if (node->flag)
		return run_recursive(m, node, act, over, 0);
	/* The object may be kept by whom it was handed to. */
	if (node->u.loop.scopes->has_loop)
		rc = pv_jinja_alloc(&l, &m->run, sizeof(*l));
	if (rc < 0)
		return rc;
	loop_init(l, m, act, node, over);
	return run_loop(l);
}
