/* SPDX-License-Identifier: MIT
 *
 * Which names of a Jinja template come from outside, by Jinja's own rules of
 * scope: a name belongs to the innermost scope that sets it; a scope sees
 * what its parents set, all of it, since a parent is resolved before what is
 * inside it; a name set only in some branch of an `if` may still come from
 * outside, so it is a variable, though not a required one.
 */
#include "base/fail.h"
#include "base/mem.h"
#include "prompt/scan_tree.h"

/* What is known about a name at one point of the template. */
enum binding {
	BOUND_NOT,   /* reading it takes it from outside */
	BOUND_MAYBE, /* set on some way here */
	BOUND
};

/* A change to undo when the scope or branch is left. */
struct change {
	pv_scan_name *name;
	int state; /* before */
};

struct resolver {
	pv_scan *scan;
	pv_error *err;
	struct change *log;
	size_t count;
	size_t cap;
	int is_child; /* its blocks run when all else has */
	int depth;    /* open scopes, the template's own included */
	size_t top;   /* changes the template's own scope has made */
};

/* What Jinja defines itself, wherever it is read. */
static const char *const builtins[] = {
	"cycler", "dict", "joiner", "lipsum", "namespace", "range", "self",
};

static int is_builtin(pv_str name)
{
	for (size_t i = 0; i < pv_array_len(builtins); i++)
		if (builtins[i][0] == name.ptr[0] && pv_str_is(name, builtins[i]))
			return 1;
	return 0;
}

static int set_state(struct resolver *resolver, pv_scan_name *name, int state)
{
	struct change *change;

	if (pv_array_reserve(&resolver->log, &resolver->cap,
			     resolver->count + 1, sizeof(*resolver->log)) < 0)
		return pv_fail_nomem(resolver->err);
	change = &resolver->log[resolver->count++];
	change->name = name;
	change->state = name->state;
	name->state = state;
	return PV_OK;
}

static void undo(struct resolver *resolver, size_t mark)
{
	while (resolver->count > mark) {
		struct change *change = &resolver->log[--resolver->count];

		change->name->state = change->state;
	}
}

static void resolve_load(struct resolver *resolver, const pv_op *op)
{
	pv_scan_name *name = op->name;

	if (!name || name->state != BOUND_NOT || is_builtin(name->text))
		return;
	pv_scan_use(resolver->scan, name, op->offset,
		    !op->is_guarded && !name->guards);
}

/* A name set in a branch is set only perhaps where the branches meet. */
static int meet(struct resolver *resolver, const pv_op *op)
{
	pv_scan_name *name = op->name;

	if (name->state != BOUND_NOT)
		return PV_OK;
	if (!is_builtin(name->text))
		pv_scan_use(resolver->scan, name, op->offset, 0);
	return set_state(resolver, name, BOUND_MAYBE);
}

static int resolve_names(struct resolver *resolver, const pv_op_list *list);

/* Adds `by` to the guards of what an `if` tests. */
static void guard(const pv_op *op, int by)
{
	for (op = op->children.first; op; op = op->next)
		if (op->kind == PV_OP_TEST)
			op->name->guards += by;
}

/* Names set in the branches themselves, ifs inside them included. */
static int meet_branches(struct resolver *resolver, const pv_op *branch)
{
	int rc = PV_OK;

	for (const pv_op *op = branch->children.first; op && rc == PV_OK;
	     op = op->next) {
		if (op->kind == PV_OP_STORE)
			rc = meet(resolver, op);
		if (op->kind != PV_OP_IF)
			continue;
		for (const pv_op *arm = op->children.first; arm && rc == PV_OK;
		     arm = arm->next)
			rc = meet_branches(resolver, arm);
	}
	return rc;
}

static int resolve_if(struct resolver *resolver, const pv_op *op)
{
	int rc = PV_OK;

	guard(op, 1);
	for (const pv_op *arm = op->children.first; arm && rc == PV_OK;
	     arm = arm->next) {
		size_t mark = resolver->count;

		if (arm->kind != PV_OP_BRANCH)
			continue;
		rc = resolve_names(resolver, &arm->children);
		undo(resolver, mark);
	}
	guard(op, -1);
	for (const pv_op *arm = op->children.first; arm && rc == PV_OK;
	     arm = arm->next)
		if (arm->kind == PV_OP_BRANCH)
			rc = meet_branches(resolver, arm);
	return rc;
}

static int resolve_scope(struct resolver *resolver, const pv_op_list *list);

/* Takes back for a while what the scopes below the template's own have set. */
static int hide_scopes(struct resolver *resolver)
{
	size_t top = resolver->depth > 1 ? resolver->top : resolver->count;
	int rc = PV_OK;

	for (size_t i = resolver->count; i > top && rc == PV_OK; i--)
		rc = set_state(resolver, resolver->log[i - 1].name,
			       resolver->log[i - 1].state);
	return rc;
}

/*
 * A block is a function that gets what the template has set up to there, not
 * what the loops around it have, unless it says so.
 */
static int resolve_block(struct resolver *resolver, const pv_op *op)
{
	size_t mark = resolver->count;
	int rc = op->is_scoped ? PV_OK : hide_scopes(resolver);

	if (rc == PV_OK)
		rc = resolve_scope(resolver, &op->children);
	undo(resolver, mark);
	return rc;
}

/* The names of one scope, in order; the scopes inside it come later. */
static int resolve_names(struct resolver *resolver, const pv_op_list *list)
{
	int rc = PV_OK;

	for (const pv_op *op = list->first; op && rc == PV_OK; op = op->next) {
		switch (op->kind) {
		case PV_OP_LOAD:
			resolve_load(resolver, op);
			break;
		case PV_OP_STORE:
		case PV_OP_BIND:
			rc = set_state(resolver, op->name, BOUND);
			break;
		case PV_OP_IF:
			rc = resolve_if(resolver, op);
			break;
		case PV_OP_BLOCK:
			if (!resolver->is_child)
				rc = resolve_block(resolver, op);
			break;
		case PV_OP_BRANCH:
		case PV_OP_TEST:
		case PV_OP_SCOPE:
			break;
		}
	}
	return rc;
}

/* The scopes inside a list, however deep in branches. */
static int resolve_inner(struct resolver *resolver, const pv_op_list *list)
{
	int rc = PV_OK;

	for (const pv_op *op = list->first; op && rc == PV_OK; op = op->next) {
		if (op->kind == PV_OP_SCOPE)
			rc = resolve_scope(resolver, &op->children);
		if (op->kind == PV_OP_BLOCK && resolver->is_child)
			rc = resolve_block(resolver, op);
		if (op->kind == PV_OP_BRANCH)
			rc = resolve_inner(resolver, &op->children);
		if (op->kind != PV_OP_IF)
			continue;
		guard(op, 1);
		rc = resolve_inner(resolver, &op->children);
		guard(op, -1);
	}
	return rc;
}

static int resolve_scope(struct resolver *resolver, const pv_op_list *list)
{
	size_t mark = resolver->count;
	int rc;

	if (resolver->depth++ == 1)
		resolver->top = mark;
	rc = resolve_names(resolver, list);
	if (rc == PV_OK)
		rc = resolve_inner(resolver, list);
	undo(resolver, mark);
	resolver->depth--;
	return rc;
}

int pv_jinja_resolve(pv_jinja *jinja)
{
	struct resolver resolver = { 0 };
	int rc;

	resolver.scan = jinja->scan;
	resolver.err = jinja->err;
	resolver.is_child = jinja->is_child;
	rc = resolve_scope(&resolver, &jinja->root);
	pv_free(resolver.log);
	return rc;
}
