/* SPDX-License-Identifier: MIT
 *
 * What the files of the evaluator share: one render under way. Statements are
 * run and expressions evaluated straight from the tree, with variables in the
 * slots that binding gave them; strings are borrowed wherever they lie.
 *
 * Where a failure happened is written down on the way out, by the innermost
 * statement, so that nothing is tracked while all goes well.
 */
#ifndef PV_JINJA_MACHINE_H
#define PV_JINJA_MACHINE_H

#include "jinja/engine.h"
#include "jinja/parse/ast.h"
#include "jinja/run/failure.h"
#include "jinja/value/build.h"

/* Besides PV_OK and failures, what running statements may say. */
enum pv_jinja_flow {
	PV_JINJA_BROKE = 1,
	PV_JINJA_CONTINUED = 2
};

/* A name that is known not to be in the context; a zeroed slot is one that
 * was not looked up yet. */
enum {
	PV_JINJA_ABSENT = 1 /* flags of a MISSING value in a slot */
};

/* Variables handed to another template: what it finds behind its own. */
typedef struct pv_jinja_var {
	pv_jinja_value name;
	uint64_t hash;
	pv_jinja_value value;
	int is_exported;
} pv_jinja_var;

typedef struct pv_jinja_layer {
	const struct pv_jinja_layer *outer;
	size_t count;
	pv_jinja_var *vars;
} pv_jinja_layer;

/* The versions of a block, the most derived one first. */
typedef struct pv_jinja_version {
	const pv_jinja_block *block;
	struct pv_jinja_version *next;
} pv_jinja_version;

typedef struct pv_jinja_chain {
	pv_jinja_value name;
	uint64_t hash;
	pv_jinja_version *versions;
	struct pv_jinja_chain *next;
} pv_jinja_chain;

/* Jinja2's Context: the variables of a template as it runs. */
typedef struct pv_jinja_context {
	const pv_jinja_template *template; /* for its name */
	pv_jinja_var *vars;                /* set at the top level */
	size_t var_count;
	size_t var_cap;
	const pv_jinja_layer *outer;
	int sees_user; /* the variables given to the render, too */
	pv_jinja_chain *chains;
} pv_jinja_context;

/* One run of a template's or block's code. */
typedef struct pv_jinja_unit {
	const pv_jinja_template *parent; /* set by {% extends %} */
	pv_jinja_context *context;
	const pv_jinja_template *template; /* whose code it is */
} pv_jinja_unit;

/* One call of a function: its slots. Macros keep those they were made in. */
typedef struct pv_jinja_activation {
	struct pv_jinja_activation *outer;
	pv_jinja_unit *unit;
	pv_jinja_value slots[];
} pv_jinja_activation;

typedef struct pv_jinja_loaded {
	const char *name;
	pv_jinja_template *template;
	struct pv_jinja_module *module; /* imported without context */
	struct pv_jinja_loaded *next;
} pv_jinja_loaded;

typedef struct pv_jinja_machine {
	pv_jinja_run run;
	const pv_jinja_render_options *options;
	const pv_jinja_environment *env;
	pv_buf *out;               /* or the run's scratch, when capturing */
	const pv_jinja_dict *user; /* variables given, or NULL */
	pv_jinja_loaded *loaded;
	size_t loaded_bytes;       /* of memory for them */
	pv_jinja_value block_text; /* what a {% filter %} is applied to */
	int include_depth;
	int64_t steps_more; /* handed out bit by bit */
	int64_t items_left; /* of loops */
	int64_t deadline;   /* microseconds, or 0 */
	const char *stack;  /* where it stood when the render began */
	int has_pos;
	uint32_t pos;
	int has_place;
	pv_jinja_place place;
} pv_jinja_machine;

static inline pv_jinja_machine *pv_jinja_machine_of(pv_jinja_run *run)
{
	return run->engine;
}

/* --- variables (context.c) -------------------------------------------------- */

/* What a name stands for outside of the template; ABSENT when nothing. */
pv_jinja_value pv_jinja_look_up(pv_jinja_machine *m,
				const pv_jinja_context *context,
				const pv_jinja_name *name);
/* A variable of the top level. */
int pv_jinja_context_set(pv_jinja_machine *m, pv_jinja_context *context,
			 const pv_jinja_name *name, pv_jinja_value value,
			 int is_exported);
/* All the template sees now, and `locals` (may be NULL), for another one. */
int pv_jinja_context_share(const pv_jinja_layer **out, pv_jinja_machine *m,
			   pv_jinja_activation *act,
			   const pv_jinja_locals *locals);
int pv_jinja_context_new(pv_jinja_context **out, pv_jinja_machine *m,
			 const pv_jinja_template *template,
			 const pv_jinja_layer *outer, int sees_user);
int pv_jinja_activate(pv_jinja_activation **out, pv_jinja_machine *m,
		      pv_jinja_unit *unit, pv_jinja_activation *outer,
		      uint32_t slot_count);
/* Entering and leaving a scope. */
void pv_jinja_scope_enter(pv_jinja_machine *m, pv_jinja_activation *act,
			  const pv_jinja_scope *scope);
void pv_jinja_scope_leave(pv_jinja_activation *act, const pv_jinja_scope *scope);

static inline pv_jinja_value *pv_jinja_slot_of(pv_jinja_activation *act,
					       pv_jinja_slot slot)
{
	for (uint32_t up = slot.up; up > 0; up--)
		act = act->outer;
	return &act->slots[slot.index];
}

/* --- expressions (eval.c, eval_call.c) ---------------------------------------- */

/* Any expression but a constant. */
int pv_jinja_eval_node(pv_jinja_value *out, pv_jinja_machine *m,
		       pv_jinja_activation *act, const pv_jinja_node *node);

/* Constants and variables that have their value need no call. `out` may be
 * written while the expression is under way: never give a slot. */
static inline int pv_jinja_eval(pv_jinja_value *out, pv_jinja_machine *m,
				pv_jinja_activation *act,
				const pv_jinja_node *node)
{
	const pv_jinja_value *slot;

	if (node->kind == PV_JINJA_N_CONST) {
		*out = node->u.value;
		return PV_OK;
	}
	if (node->kind == PV_JINJA_N_NAME) {
		slot = pv_jinja_slot_of(act, node->u.name.slot);
		if (slot->type != PV_JINJA_MISSING) {
			*out = *slot;
			return PV_OK;
		}
	}
	return pv_jinja_eval_node(out, m, act, node);
}

/* bool() of an expression: 1, 0 or a failure. */
int pv_jinja_eval_truth(pv_jinja_machine *m, pv_jinja_activation *act,
			const pv_jinja_node *node);
/* CALL, FILTER, TEST. `caller` (or MISSING) is an extra keyword of a call. */
int pv_jinja_eval_call(pv_jinja_value *out, pv_jinja_machine *m,
		       pv_jinja_activation *act, const pv_jinja_node *node,
		       pv_jinja_value caller);
int pv_jinja_eval_native(pv_jinja_value *out, pv_jinja_machine *m,
			 pv_jinja_activation *act, const pv_jinja_node *node);
/* Prints what {{ call }} gives: macros straight into the output. 1: done, 0:
 * it is another kind of call, nothing was done. */
int pv_jinja_print_call(pv_jinja_machine *m, pv_jinja_activation *act,
			const pv_jinja_node *node);

/* --- statements (exec.c and others) -------------------------------------------- */

int pv_jinja_exec(pv_jinja_machine *m, pv_jinja_activation *act,
		  const pv_jinja_nodes *nodes);
/* Assigns to names, namespaces, tuples of them. */
int pv_jinja_assign(pv_jinja_machine *m, pv_jinja_activation *act,
		    const pv_jinja_node *target, pv_jinja_value value);
int pv_jinja_print(pv_jinja_machine *m, const pv_jinja_node *node,
		   pv_jinja_value value);
/* Writes down where it failed, unless that is known; returns rc. */
int pv_jinja_failed(pv_jinja_machine *m, const pv_jinja_activation *act,
		    const pv_jinja_node *node, int rc);
/* Forgets it: the exception was caught. */
void pv_jinja_forget(pv_jinja_machine *m);
/* Captures what is printed from here on; end gives it as str or Markup. */
typedef struct pv_jinja_capture {
	pv_buf *out;
	size_t mark;
} pv_jinja_capture;
void pv_jinja_capture_begin(pv_jinja_capture *capture, pv_jinja_machine *m);
int pv_jinja_capture_end(pv_jinja_value *out, const pv_jinja_capture *capture,
			 pv_jinja_machine *m, int is_markup, int rc);

int pv_jinja_exec_loop(pv_jinja_machine *m, pv_jinja_activation *act,
		       const pv_jinja_node *node);

/* --- macros (exec_macro.c) ------------------------------------------------------ */

typedef struct pv_jinja_macro_object {
	pv_jinja_object head;
	const pv_jinja_macro *code;
	const pv_jinja_node *node;
	pv_jinja_activation *outer;
} pv_jinja_macro_object;

extern const pv_jinja_class pv_jinja_macro_class;

int pv_jinja_macro_new(pv_jinja_value *out, pv_jinja_machine *m,
		       pv_jinja_activation *act, const pv_jinja_node *node);
/* Runs it: prints what it prints. */
int pv_jinja_macro_run(pv_jinja_machine *m, const pv_jinja_macro_object *macro,
		       const pv_jinja_call *call);
int pv_jinja_exec_call_block(pv_jinja_machine *m, pv_jinja_activation *act,
			     const pv_jinja_node *node);
int pv_jinja_exec_filter_block(pv_jinja_machine *m, pv_jinja_activation *act,
			       const pv_jinja_node *node);
int pv_jinja_exec_set_block(pv_jinja_machine *m, pv_jinja_activation *act,
			    const pv_jinja_node *node);

/* --- blocks and other templates (exec_block.c, exec_import.c) -------------------- */

int pv_jinja_exec_block(pv_jinja_machine *m, pv_jinja_activation *act,
			const pv_jinja_node *node);
/* Adds a template's blocks behind those the context has. */
int pv_jinja_add_blocks(pv_jinja_machine *m, pv_jinja_context *context,
			const pv_jinja_template *template);
/* `self` and `super` where a function wants them. */
int pv_jinja_set_references(pv_jinja_machine *m, pv_jinja_activation *act,
			    const pv_jinja_block *code);
int pv_jinja_exec_extends(pv_jinja_machine *m, pv_jinja_activation *act,
			  const pv_jinja_node *node);
int pv_jinja_exec_include(pv_jinja_machine *m, pv_jinja_activation *act,
			  const pv_jinja_node *node);
int pv_jinja_exec_import(pv_jinja_machine *m, pv_jinja_activation *act,
			 const pv_jinja_node *node);
/* A template from its top, and those it extends. */
int pv_jinja_run_root(pv_jinja_machine *m, const pv_jinja_template *template,
		      pv_jinja_context *context);

/* The template that the render was asked for by name. */
int pv_jinja_load_main(const pv_jinja_template **out, pv_jinja_machine *m,
		       const char *name);

/* raise_exception and strftime_now (chat.c), or NULL. */
const pv_jinja_value *pv_jinja_chat_find(pv_jinja_value name);
/* _, gettext and the like (i18n.c), or NULL. */
const pv_jinja_value *pv_jinja_i18n_find(pv_jinja_value name,
					 unsigned extensions);
/*
 * Sets what newstyle texts may print besides their variables: how many there
 * are, and the context; either may be MISSING.
 */
int pv_jinja_i18n_defaults(pv_jinja_run *run, pv_jinja_dict *dict,
			   pv_jinja_value count, pv_jinja_value context);

int pv_jinja_stack_limit(pv_jinja_machine *m);

/*
 * Whether the stack grows too large. A render stays on one thread, so the
 * distance between two of its frames is what it has used; that needs no count
 * of frames whose size compilers and sanitizers decide.
 */
static inline int pv_jinja_is_stack_full(const pv_jinja_machine *m)
{
	const char *here = __builtin_frame_address(0);

	return m->stack - here > (ptrdiff_t)m->run.limits.stack;
}

/* PV_ELIMIT when it does. */
static inline int pv_jinja_check_stack(pv_jinja_machine *m)
{
	return pv_jinja_is_stack_full(m) ? pv_jinja_stack_limit(m) : PV_OK;
}

#endif
