/* SPDX-License-Identifier: MIT
 *
 * Constant folding, which templates can tell: what is folded has no line of
 * its own, an unknown filter that is folded away is no error, and constants
 * joined by ~ are a plain str even where autoescape is on. So it folds just
 * what Jinja2's optimizer folds, from the leaves up: not what is called, not
 * what looks at the context, not what raises, which is left for when it runs.
 *
 * Short values take the place of their expression. Long ones and containers
 * are made anew whenever they are used; only the mark says that they are known.
 */
#include "jinja/bind/bind.h"
#include "jinja/run/machine.h"

#include "base/fail.h"
#include "base/mem.h"

enum {
	MAX_STEPS = 200000,    /* of all folding in one template */
	MAX_MEMORY = 1 << 20,  /* bytes at once */
	MAX_TEXT = 64 << 10,   /* bytes of one string */
	MAX_KEPT = 4096,       /* bytes of a str in an expression's place */
	MAX_STACK = 128 << 10, /* bytes, besides the parser's */
};

/* The machine that constants are computed on. */
struct pv_jinja_folder {
	pv_jinja_machine machine;
	pv_jinja_render_options options;
	pv_arena arena;
	pv_error err;
	int is_spent; /* folds no more */
};

static int get_folder(pv_jinja_folder **out, pv_jinja_binder *b)
{
	const pv_jinja_limits limits = { .steps = MAX_STEPS,
					 .memory = MAX_MEMORY,
					 .text = MAX_TEXT,
					 .stack = MAX_STACK };
	pv_jinja_folder *folder = b->folder;

	if (!folder) {
		folder = pv_calloc(1, sizeof(*folder));
		if (!folder)
			return pv_fail_nomem(b->run->err);
		pv_jinja_run_init(&folder->machine.run, &folder->arena,
				  &b->template->env->settings, &limits);
		folder->machine.run.err = &folder->err;
		folder->machine.run.engine = &folder->machine;
		folder->machine.env = b->template->env;
		folder->machine.options = &folder->options;
		b->folder = folder;
	}
	folder->machine.stack = __builtin_frame_address(0);
	folder->machine.run.is_escaping = b->escape == PV_JINJA_ESCAPE_ON;
	*out = folder;
	return PV_OK;
}

static void reset(pv_jinja_folder *folder)
{
	pv_jinja_machine *m = &folder->machine;

	pv_buf_truncate(&m->run.scratch, 0);
	if (m->run.scratch.status) {
		pv_buf_dispose(&m->run.scratch);
		m->run.scratch.max = (size_t)MAX_TEXT * 2;
	}
	memset(&m->run.raised, 0, sizeof(m->run.raised));
	m->run.depth = 0;
	m->run.nesting = 0;
	m->run.visits = NULL;
	pv_jinja_forget(m);
	folder->is_spent |= m->run.steps_left < 0;
}

void pv_jinja_fold_end(pv_jinja_binder *b)
{
	if (!b->folder)
		return;
	pv_jinja_run_dispose(&b->folder->machine.run);
	pv_arena_dispose(&b->folder->arena);
	pv_free(b->folder);
	b->folder = NULL;
}

/* --- values ---------------------------------------------------------------- */

/* Whether Jinja2 can write the value into code. */
static int is_plain(pv_jinja_value value)
{
	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_NONE:
	case PV_JINJA_BOOL:
	case PV_JINJA_INT:
	case PV_JINJA_BIG:
	case PV_JINJA_STR:
	case PV_JINJA_RANGE:
		return 1;
	case PV_JINJA_FLOAT: /* inf and nan have no literal */
		return value.u.f - value.u.f == 0;
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
		if (value.type == PV_JINJA_TUPLE && (value.flags & PV_JINJA_GROUP))
			return 0;
		for (size_t i = 0; i < value.u.list->count; i++)
			if (!is_plain(value.u.list->items[i]))
				return 0;
		return 1;
	case PV_JINJA_DICT:
		for (size_t i = 0; i < value.u.dict->used; i++)
			if (!pv_jinja_is_missing(value.u.dict->entries[i].key) &&
			    (!is_plain(value.u.dict->entries[i].key) ||
			     !is_plain(value.u.dict->entries[i].value)))
				return 0;
		return 1;
	default:
		return 0;
	}
}

/* Computes a node whose operands are constants: 1, 0 when it cannot be. */
static int compute(pv_jinja_value *out, pv_jinja_binder *b,
		   const pv_jinja_node *node)
{
	pv_jinja_folder *folder = NULL;
	int rc;

	if (node->kind == PV_JINJA_N_CONST) {
		*out = node->u.value;
		return 1;
	}
	if (node->kind == PV_JINJA_N_NAME)
		return 0; /* there is no scope to look it up in */
	rc = get_folder(&folder, b);
	if (rc < 0 || !folder || folder->is_spent)
		return rc;
	rc = pv_jinja_eval_node(out, &folder->machine, NULL, node);
	reset(folder);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(b->run->err);
	return rc == PV_OK;
}

/* 1 or 0 and the truth of a constant. */
static int compute_truth(int *out, pv_jinja_binder *b, const pv_jinja_node *node)
{
	pv_jinja_value value;
	int rc;

	if (!node->is_constant)
		return 0;
	rc = compute(&value, b, node);
	if (rc > 0)
		*out = pv_jinja_truth(b->run, value) > 0;
	return rc;
}

static int is_kept(pv_jinja_value value)
{
	return value.type == PV_JINJA_NONE || value.type == PV_JINJA_BOOL ||
	       value.type == PV_JINJA_INT || value.type == PV_JINJA_FLOAT ||
	       (value.type == PV_JINJA_STR && value.len <= MAX_KEPT);
}

/* The value takes the node's place if it is short, else a mark is left. */
static int put_value(pv_jinja_binder *b, pv_jinja_node *node, pv_jinja_value value)
{
	int rc = PV_OK;

	node->is_constant = 1;
	if (!is_kept(value))
		return PV_OK;
	if (value.type == PV_JINJA_STR)
		rc = pv_jinja_copy_text(&value, b->run, value.u.s, value.len,
					value.flags);
	if (rc < 0)
		return rc;
	node->kind = PV_JINJA_N_CONST;
	node->u.value = value;
	return PV_OK;
}

/* Another constant in the node's place, on its line. */
static void become(pv_jinja_node *node, const pv_jinja_node *chosen)
{
	pv_jinja_node copy = *chosen;

	copy.next = node->next;
	copy.key = node->key;
	copy.line = node->line;
	copy.pos = node->pos;
	*node = copy;
}

/* --- by kind --------------------------------------------------------------- */

static int fold_value(pv_jinja_binder *b, pv_jinja_node *node)
{
	pv_jinja_value value;
	int rc;

	/* Jinja2 folds ~ with str(), whatever autoescape says. */
	if (node->kind == PV_JINJA_N_CONCAT)
		node->escape = PV_JINJA_ESCAPE_OFF;
	rc = compute(&value, b, node);
	if (rc <= 0 || !is_plain(value))
		return rc < 0 ? rc : PV_OK;
	return put_value(b, node, value);
}

static int fold_logic(pv_jinja_binder *b, pv_jinja_node *node)
{
	const pv_jinja_node *chosen = node->u.binary.left;
	int is_true;
	int rc = compute_truth(&is_true, b, chosen);

	if (rc <= 0)
		return rc;
	if (is_true == (node->kind == PV_JINJA_N_AND))
		chosen = node->u.binary.right;
	if (chosen->is_constant)
		become(node, chosen);
	return PV_OK;
}

static int fold_condition(pv_jinja_binder *b, pv_jinja_node *node)
{
	const pv_jinja_node *chosen;
	int is_true;
	int rc = compute_truth(&is_true, b, node->u.cond.test);

	if (rc <= 0)
		return rc;
	chosen = is_true ? node->u.cond.yes : node->u.cond.no;
	if (chosen && chosen->is_constant)
		become(node, chosen);
	return PV_OK;
}

/* One comparison of a chain: 1, 0, or -1 when it cannot be computed. */
static int compare(pv_jinja_binder *b, const pv_jinja_node *operand,
		   pv_jinja_value left, pv_jinja_value right)
{
	pv_jinja_folder *folder = NULL;
	int rc;

	if (get_folder(&folder, b) < 0 || !folder || folder->is_spent)
		return -1;
	rc = pv_jinja_compare(&folder->machine.run,
			      (enum pv_jinja_comparison)operand->op, left, right);
	reset(folder);
	return rc < 0 ? -1 : rc;
}

/* What comes behind the first that is false need not be known. */
static int fold_compare(pv_jinja_binder *b, pv_jinja_node *node)
{
	const pv_jinja_node *operand = node->u.binary.operands.first;
	pv_jinja_value left = { 0 };
	pv_jinja_value right = { 0 };
	int is_true = 1;
	int rc = node->u.binary.left->is_constant
			 ? compute(&left, b, node->u.binary.left)
			 : 0;

	for (; rc > 0 && is_true > 0 && operand; operand = operand->next) {
		rc = operand->u.binary.left->is_constant
			     ? compute(&right, b, operand->u.binary.left)
			     : 0;
		if (rc <= 0)
			break;
		is_true = compare(b, operand, left, right);
		left = right;
	}
	if (rc <= 0 || is_true < 0)
		return rc < 0 ? rc : PV_OK;
	return put_value(b, node, pv_jinja_bool(is_true));
}

/* Filters and tests that Jinja2 hands the context to. */
static int needs_context(const pv_jinja_native *native, int is_filter)
{
	static const char *const names[] = { "map",    "random",
					     "reject", "rejectattr",
					     "select", "selectattr" };

	for (size_t i = 0; is_filter && i < pv_array_len(names); i++)
		if (!strcmp(native->name, names[i]))
			return 1;
	return 0;
}

static int fold_native(pv_jinja_binder *b, pv_jinja_node *node)
{
	const pv_jinja_value name = node->u.call.name->text;
	const int is_filter = node->kind == PV_JINJA_N_FILTER;
	const pv_jinja_native *native =
		is_filter ? pv_jinja_filter_find(name.u.s, name.len)
			  : pv_jinja_test_find(name.u.s, name.len);

	if (!native || !node->u.call.object || needs_context(native, is_filter))
		return PV_OK;
	node->u.call.native = native;
	return fold_value(b, node);
}

/*
 * A negative constant stands bare in Jinja2's code, where ** of Python comes
 * before its sign: -1 ** x is -(1 ** x) there when x is no constant.
 */
static uint8_t is_negative(const pv_jinja_node *node)
{
	if (node->kind != PV_JINJA_N_CONST)
		return 0;
	if (node->u.value.type == PV_JINJA_INT)
		return node->u.value.u.i < 0;
	return node->u.value.type == PV_JINJA_FLOAT &&
	       (node->u.value.u.f < 0 ||
		(node->u.value.u.f == 0 && 1 / node->u.value.u.f < 0));
}

static int fold_one(pv_jinja_binder *b, pv_jinja_node *node, int is_all)
{
	switch (node->kind) {
	case PV_JINJA_N_CONST:
		node->is_constant = 1;
		return PV_OK;
	case PV_JINJA_N_LIST:
	case PV_JINJA_N_TUPLE:
	case PV_JINJA_N_SLICE:
		node->is_constant = (uint8_t)is_all;
		return PV_OK;
	case PV_JINJA_N_AND:
	case PV_JINJA_N_OR:
		return fold_logic(b, node);
	case PV_JINJA_N_CONDEXPR:
		return fold_condition(b, node);
	case PV_JINJA_N_COMPARE:
		return fold_compare(b, node);
	case PV_JINJA_N_FILTER:
	case PV_JINJA_N_TEST:
		return is_all ? fold_native(b, node) : PV_OK;
	case PV_JINJA_N_BINARY:
		if (is_all || node->op != PV_JINJA_POW)
			return is_all ? fold_value(b, node) : PV_OK;
		node->flag = is_negative(node->u.binary.left);
		return PV_OK;
	case PV_JINJA_N_DICT:
	case PV_JINJA_N_NOT:
	case PV_JINJA_N_CONCAT:
	case PV_JINJA_N_NEG:
	case PV_JINJA_N_POS:
	case PV_JINJA_N_GETATTR:
	case PV_JINJA_N_GETITEM:
		return is_all ? fold_value(b, node) : PV_OK;
	default: /* names, calls */
		return PV_OK;
	}
}

/* --- the operands ---------------------------------------------------------- */

struct fold {
	pv_jinja_binder *b;
	int is_all; /* constants so far */
	int rc;
};

static void fold_node(struct fold *f, pv_jinja_node *node)
{
	if (!node || f->rc < 0)
		return;
	f->rc = pv_jinja_fold(f->b, node);
	f->is_all &= node->is_constant;
}

static void fold_list(struct fold *f, pv_jinja_node *node)
{
	for (; node; node = node->next)
		fold_node(f, node);
}

static void fold_call(struct fold *f, const pv_jinja_node *node)
{
	const pv_jinja_args *args = node->u.call.args;

	fold_node(f, node->u.call.object);
	if (!args)
		return;
	fold_list(f, args->positional.first);
	fold_list(f, args->keywords.first);
	fold_node(f, args->rest);
	fold_node(f, args->keyword_rest);
}

static void fold_binary(struct fold *f, const pv_jinja_node *node)
{
	fold_node(f, node->u.binary.left);
	fold_node(f, node->u.binary.right);
	for (const pv_jinja_node *operand = node->u.binary.operands.first;
	     operand; operand = operand->next)
		fold_node(f, operand->u.binary.left);
}

static void fold_operands(struct fold *f, const pv_jinja_node *node)
{
	switch (node->kind) {
	case PV_JINJA_N_TUPLE:
	case PV_JINJA_N_LIST:
	case PV_JINJA_N_DICT:
	case PV_JINJA_N_CONCAT:
		fold_list(f, node->u.items.first);
		break;
	case PV_JINJA_N_CONDEXPR:
		fold_node(f, node->u.cond.test);
		fold_node(f, node->u.cond.yes);
		fold_node(f, node->u.cond.no);
		break;
	case PV_JINJA_N_OR:
	case PV_JINJA_N_AND:
	case PV_JINJA_N_NOT:
	case PV_JINJA_N_COMPARE:
	case PV_JINJA_N_BINARY:
	case PV_JINJA_N_NEG:
	case PV_JINJA_N_POS:
		fold_binary(f, node);
		break;
	case PV_JINJA_N_GETATTR:
	case PV_JINJA_N_GETITEM:
		fold_node(f, node->u.access.object);
		if (node->kind == PV_JINJA_N_GETITEM)
			fold_node(f, node->u.access.key);
		break;
	case PV_JINJA_N_SLICE:
		for (size_t i = 0; i < 3; i++)
			fold_node(f, node->u.slice.bounds[i]);
		break;
	case PV_JINJA_N_CALL:
	case PV_JINJA_N_FILTER:
	case PV_JINJA_N_TEST:
		fold_call(f, node);
		break;
	case PV_JINJA_N_TRANSLATE:
		fold_node(f, node->u.translate.count);
		fold_list(f, node->u.translate.variables.first);
		break;
	default:
		break;
	}
}

static void look_for_others(const pv_jinja_node *node, void *payload)
{
	int *is_literal = payload;

	*is_literal &=
		node->kind <= PV_JINJA_N_SLICE && node->kind != PV_JINJA_N_NAME;
	if (*is_literal)
		pv_jinja_walk(node, look_for_others, payload);
}

int pv_jinja_fold_literals(pv_jinja_binder *b, pv_jinja_node *node)
{
	uint8_t escape = b->escape;
	int is_literal = 1;
	int rc;

	look_for_others(node, &is_literal);
	if (!is_literal)
		return PV_OK;
	b->escape = b->known_escape;
	rc = pv_jinja_fold(b, node);
	b->escape = escape;
	return rc;
}

int pv_jinja_fold(pv_jinja_binder *b, pv_jinja_node *node)
{
	struct fold fold = { b, 1, PV_OK };

	if (b->escape == PV_JINJA_ESCAPE_VOLATILE) {
		node->is_constant = node->kind == PV_JINJA_N_CONST;
		return PV_OK;
	}
	fold_operands(&fold, node);
	if (fold.rc < 0)
		return fold.rc;
	return fold_one(b, node, fold.is_all);
}
