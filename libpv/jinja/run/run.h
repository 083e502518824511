/* SPDX-License-Identifier: MIT
 *
 * One render under way, as far as values need to know it: where memory comes
 * from, what it may cost, the settings of the environment, the error raised
 * last. The engine owns a pv_jinja_run per render and passes it everywhere.
 *
 * Functions return PV_OK, or PV_ERENDER after raising an exception of
 * Python's or Jinja2's, PV_ELIMIT after a limit, PV_ENOMEM. Only PV_ERENDER
 * may be caught (pv_jinja_catch); the details are in `run->raised`.
 */
#ifndef PV_JINJA_RUN_H
#define PV_JINJA_RUN_H

#include <stdarg.h>

#include <pv/buf.h>

#include "base/arena.h"
#include "jinja/value/value.h"

/* The classes of exceptions, with their names in Python. */
#define PV_JINJA_ERRORS(X)                                      \
 X(PV_JINJA_NO_ERROR, "")                                       \
 X(PV_JINJA_TYPE_ERROR, "TypeError")                            \
 X(PV_JINJA_VALUE_ERROR, "ValueError")                          \
 X(PV_JINJA_KEY_ERROR, "KeyError")                              \
 X(PV_JINJA_INDEX_ERROR, "IndexError")                          \
 X(PV_JINJA_ATTRIBUTE_ERROR, "AttributeError")                  \
 X(PV_JINJA_OVERFLOW_ERROR, "OverflowError")                    \
 X(PV_JINJA_ZERO_DIVISION_ERROR, "ZeroDivisionError")           \
 X(PV_JINJA_ASSERTION_ERROR, "AssertionError")                  \
 X(PV_JINJA_RUNTIME_ERROR, "RuntimeError")                      \
 X(PV_JINJA_RECURSION_ERROR, "RecursionError")                  \
 X(PV_JINJA_UNICODE_ENCODE_ERROR, "UnicodeEncodeError")         \
 X(PV_JINJA_STOP_ITERATION, "StopIteration")                    \
 X(PV_JINJA_SYNTAX_ERROR, "SyntaxError")                        \
 X(PV_JINJA_UNDEFINED_ERROR, "UndefinedError")                  \
 X(PV_JINJA_SECURITY_ERROR, "SecurityError")                    \
 X(PV_JINJA_FILTER_ARGUMENT_ERROR, "FilterArgumentError")       \
 X(PV_JINJA_TEMPLATE_ERROR, "TemplateError")                    \
 X(PV_JINJA_TEMPLATE_RUNTIME_ERROR, "TemplateRuntimeError")     \
 X(PV_JINJA_TEMPLATE_SYNTAX_ERROR, "TemplateSyntaxError")       \
 X(PV_JINJA_TEMPLATE_ASSERTION_ERROR, "TemplateAssertionError") \
 X(PV_JINJA_TEMPLATE_NOT_FOUND, "TemplateNotFound")             \
 X(PV_JINJA_TEMPLATES_NOT_FOUND, "TemplatesNotFound")           \
 X(PV_JINJA_NOT_IMPLEMENTED_ERROR, "NotImplementedError")

enum pv_jinja_error {
#define PV_JINJA_ERROR_ENUM(id, name) id,
	PV_JINJA_ERRORS(PV_JINJA_ERROR_ENUM)
#undef PV_JINJA_ERROR_ENUM
	PV_JINJA_ERROR_COUNT
};

/* Python's name of the class. */
const char *pv_jinja_error_name(int error);

/* Frames are larger with gcc's or clang's AddressSanitizer. */
#define PV_JINJA_STACK_KIB 384
#ifdef __has_feature
# if __has_feature(address_sanitizer)
#  define PV_JINJA_HAS_LARGE_FRAMES
# endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(PV_JINJA_HAS_LARGE_FRAMES)
# undef PV_JINJA_STACK_KIB
# define PV_JINJA_STACK_KIB 4096
#endif

/*
 * What a render may cost unless it is told otherwise: generous for prompts,
 * and such that the worst template ends within 100 ms and 64 MiB.
 */
enum pv_jinja_default_limit {
	PV_JINJA_DEFAULT_MEMORY = 24 << 20,
	PV_JINJA_DEFAULT_TEXT = 8 << 20,
	PV_JINJA_DEFAULT_STEPS = 2000000,
	PV_JINJA_DEFAULT_LOOP_ITEMS = 1000000,
	PV_JINJA_DEFAULT_INT_BITS = 1 << 18,
	PV_JINJA_DEFAULT_DEPTH = 200,
	PV_JINJA_DEFAULT_NESTING = 500,
	PV_JINJA_DEFAULT_STACK = PV_JINJA_STACK_KIB << 10
};

/*
 * What one render may cost; members that are 0 are the defaults. A failure
 * with PV_ELIMIT says in its message which one was reached.
 */
typedef struct pv_jinja_limits {
	size_t memory;      /* bytes of values alive at once */
	size_t text;        /* bytes of one string, and of the output */
	int64_t steps;      /* units of work: operations, items, bytes / 64 */
	int64_t loop_items; /* of all loops together */
	size_t int_bits;    /* of one integer */
	int depth;          /* of nested calls: recursion */
	int nesting;        /* of values in values */
	size_t stack;       /* bytes of the thread's stack */
} pv_jinja_limits;

enum pv_jinja_sandbox {
	PV_JINJA_OPEN,     /* Environment: lists and dicts can be changed */
	PV_JINJA_SANDBOX,  /* SandboxedEnvironment */
	PV_JINJA_IMMUTABLE /* ImmutableSandboxedEnvironment */
};

/* What of the environment values, filters and tests look at. */
typedef struct pv_jinja_settings {
	int undefined_kind;  /* enum pv_jinja_undefined_kind */
	int sandbox;         /* enum pv_jinja_sandbox */
	int has_chat_json;   /* tojson as chat templates want it */
	const char *newline; /* of wordwrap; NULL means "\n" */
	/* policies; NULL and 0 mean Jinja2's own */
	int truncate_leeway_set;
	int truncate_leeway;
	const char *urlize_rel;
	const char *urlize_target;
} pv_jinja_settings;

/* The exception being raised. */
typedef struct pv_jinja_raised {
	int error;           /* enum pv_jinja_error, 0 when none */
	const char *message; /* in the arena, NUL-terminated */
} pv_jinja_raised;

/* A container being printed or compared, for cycles. */
typedef struct pv_jinja_visit {
	const void *container;
	const struct pv_jinja_visit *outer;
} pv_jinja_visit;

typedef struct pv_jinja_run {
	pv_arena *arena;
	const pv_jinja_settings *settings;
	pv_jinja_limits limits; /* all set */
	int64_t steps_left;
	/* Called when steps_left falls below 0, to look at the clock and to
	 * hand out more; NULL, or a negative result, ends the render. */
	int (*refill)(struct pv_jinja_run *run);
	int is_escaping; /* autoescape at this point of the template */
	int depth;       /* of nested calls */
	int nesting;     /* of values being walked through */
	pv_buf scratch;  /* strings being built, a stack: see build.h */
	const pv_jinja_visit *visits;
	uint64_t random; /* of the random filter */
	pv_jinja_raised raised;
	pv_error *err; /* gets limits and memory failures; may be NULL */
	void *engine;  /* the evaluator's own */
} pv_jinja_run;

/* Readies a zeroed run; arena and settings are borrowed; limits may be NULL,
 * which is all defaults. */
void pv_jinja_run_init(pv_jinja_run *run, pv_arena *arena,
		       const pv_jinja_settings *settings,
		       const pv_jinja_limits *limits);
/* Frees what is not in the arena. */
void pv_jinja_run_dispose(pv_jinja_run *run);

/* --- failing ------------------------------------------------------------- */

/* Raises an exception: returns PV_ERENDER (or PV_ENOMEM). */
int pv_jinja_raise(pv_jinja_run *run, enum pv_jinja_error error,
		   const char *format, ...) PV_PRINTF(3, 4);
int pv_jinja_vraise(pv_jinja_run *run, enum pv_jinja_error error,
		    const char *format, va_list args) PV_PRINTF(3, 0);
/* Forgets the exception if `rc` is one of the class; whether it was. */
int pv_jinja_catch(pv_jinja_run *run, int rc, enum pv_jinja_error error);
/* PV_ELIMIT, naming the limit: "the limit of 64 bytes of one string". */
int pv_jinja_limit(pv_jinja_run *run, uint64_t limit, const char *what);

/* --- paying -------------------------------------------------------------- */

int pv_jinja_spend_more(pv_jinja_run *run);

/* Pays for `steps` units of work, before doing it. PV_ELIMIT. */
static inline int pv_jinja_spend(pv_jinja_run *run, uint64_t steps)
{
	if (steps <= (uint64_t)1 << 40) {
		run->steps_left -= (int64_t)steps;
		if (run->steps_left >= 0)
			return 0;
	} else {
		run->steps_left = INT64_MIN / 2; /* more than any limit */
	}
	return pv_jinja_spend_more(run);
}

/* Pays for work when the next step is paid for; not much at once. */
static inline void pv_jinja_owe(pv_jinja_run *run, size_t steps)
{
	run->steps_left -= (int64_t)steps;
}

/* The same for going through a text, character by character. */
static inline void pv_jinja_owe_text(pv_jinja_run *run, pv_jinja_value text)
{
	if (text.type == PV_JINJA_STR)
		pv_jinja_owe(run,
			     text.len >> (text.flags & PV_JINJA_ASCII ? 4 : 2));
}

int pv_jinja_alloc_more(void *out, pv_jinja_run *run, size_t size);

/* Memory of the render, counted against its limit. PV_ELIMIT, PV_ENOMEM. */
static inline int pv_jinja_alloc(void *out, pv_jinja_run *run, size_t size)
{
	const size_t limit = run->limits.memory;
	void *ptr = NULL;

	if (size <= limit && run->arena->total <= limit - size)
		ptr = pv_arena_take(run->arena, size);
	if (!ptr)
		return pv_jinja_alloc_more(out, run, size);
	memcpy(out, &ptr, sizeof(ptr));
	return PV_OK;
}

/* The same for `count` items of `size` bytes each; no overflow. */
int pv_jinja_alloc_array(void *out, pv_jinja_run *run, size_t count, size_t size);

/* Goes one level deeper in calls. PV_ELIMIT; leave what was entered. */
int pv_jinja_enter(pv_jinja_run *run);
/* The same for values in values, which need less of the stack. */
int pv_jinja_enter_value(pv_jinja_run *run);

/* Whether a container is being printed already: it is within itself. What
 * looking costs is paid when the next step is. */
int pv_jinja_is_visited(pv_jinja_run *run, const void *container);

static inline void pv_jinja_leave(pv_jinja_run *run)
{
	run->depth--;
}

static inline void pv_jinja_leave_value(pv_jinja_run *run)
{
	run->nesting--;
}

#endif
