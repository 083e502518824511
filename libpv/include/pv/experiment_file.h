/* SPDX-License-Identifier: MIT
 *
 * experiments/<id>.yaml: what an experiment is, and the steps of its life. The
 * file is read with all that it means (schemas/experiment.schema.json), and
 * changed by splices, so that what people wrote around it survives.
 *
 * An epoch is what was in force from a time on: coverage, weights, slots, the
 * commits that the variants stand for. While an experiment is under way the
 * last one counts, and `sealed` has hashes of what must not change any more.
 *
 * Nothing here does I/O: the caller reads, commits and knows the time, which
 * is in microseconds since 1970.
 */
#ifndef PV_EXPERIMENT_FILE_H
#define PV_EXPERIMENT_FILE_H

#include <pv/buf.h>
#include <pv/experiment.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pv_experiment_status {
	PV_EXPERIMENT_DRAFT = 0,
	PV_EXPERIMENT_SCHEDULED, /* started; its planned start is to come */
	PV_EXPERIMENT_RUNNING,
	PV_EXPERIMENT_PAUSED,
	PV_EXPERIMENT_STOPPED,
	PV_EXPERIMENT_CONCLUDED,
	PV_EXPERIMENT_STATUSES
};

enum pv_experiment_strategy {
	PV_STRATEGY_HASHING = 0, /* a unit has the same variant each time */
	PV_STRATEGY_RANDOM       /* each call draws one */
};

/* How results are read; the first may be looked at as often as one likes. */
enum pv_experiment_method {
	PV_METHOD_SEQUENTIAL = 0,
	PV_METHOD_FIXED,
	PV_METHOD_GROUP_SEQUENTIAL,
	PV_METHOD_BAYES
};

/* A metric that decides, or a guardrail that must not become worse. */
typedef struct pv_experiment_metric {
	const char *name; /* as `git pv performance` has it: "latency_p95" */
	/*
	 * More is better; where the file has no direction the name says: of
	 * latency, ttft, cost, tokens and errors less is.
	 */
	int is_up;
	int has_margin;
	double margin; /* how much worse it may become, in its own unit */
} pv_experiment_metric;

/* A field of the prompt that a variant has otherwise. */
typedef struct pv_experiment_set {
	const char *path; /* "model.temperature" */
	const char *json; /* "0.9" */
} pv_experiment_set;

typedef struct pv_experiment_variant {
	const char *name;
	const char *spec;        /* "exp/concise", "support/triage@1.2.0" */
	const char *description; /* NULL: none */
	const char *weight;      /* a decimal, as it is written */
	const char *commit; /* of the last epoch, else of the file; NULL: none */
	const pv_experiment_set *sets;
	size_t set_count;
} pv_experiment_variant;

typedef struct pv_experiment_epoch {
	uint32_t number; /* from 1; `epoch` of executions */
	int64_t at;
	const char *reason; /* "start", "ramp", "reweight", "resume", ... */
	const char *salt;
	uint32_t coverage_ppm;
	pv_slots slots;
	const char *const *weights; /* of each variant */
	const char *const *commits; /* of each variant, 40 hex digits */
} pv_experiment_epoch;

typedef struct pv_experiment_targeting pv_experiment_targeting;

/* What is known of a request: "country" is "de". */
typedef struct pv_attribute {
	const char *name;
	const char *value;
} pv_attribute;

/* An experiment; read-only, immutable, to be shared by threads. */
typedef struct pv_experiment {
	const char *id;
	const char *name; /* NULL: none, as of the next two */
	const char *description;
	const char *owner;
	enum pv_experiment_status status;
	const char *prompt; /* its id */

	const pv_experiment_variant *variants;
	size_t variant_count;
	uint32_t control; /* what the others are compared with */

	const char *unit; /* "user" */
	enum pv_experiment_strategy strategy;
	/* Who gets what now; before the start by what the file says. */
	pv_assign_plan plan;
	const pv_experiment_targeting *targeting; /* NULL: everybody */

	const pv_experiment_metric *primaries;
	size_t primary_count;
	const pv_experiment_metric *guardrails;
	size_t guardrail_count;
	double alpha;           /* 0.05 unless said */
	double power;           /* 0.8 unless said */
	double mde;             /* 0: not said */
	int64_t minimum_sample; /* units of each variant; 100 unless said */
	enum pv_experiment_method method;
	int64_t looks;   /* of a group-sequential read-out; 0: not said */
	int64_t warm_up; /* microseconds of each epoch that do not count */

	/* 0: not said, or not yet. */
	int64_t start; /* planned */
	int64_t end;
	int64_t started_at; /* what became of it; of the last start */
	int64_t ended_at;

	const pv_experiment_epoch *epochs;
	size_t epoch_count;
	size_t first_epoch; /* of the last start: those since then are compared */
} pv_experiment;

/* "draft", "running", ... */
PV_API const char *pv_experiment_status_name(enum pv_experiment_status status);
/* PV_EINVALID for no status. */
PV_API int pv_experiment_status_of(enum pv_experiment_status *out,
				   const char *name, pv_error *err);
/* "sequential", "fixed", "group-sequential", "bayes". */
PV_API const char *pv_experiment_method_name(enum pv_experiment_method method);

/*
 * Reads the text of experiments/<id>.yaml. PV_ESYNTAX for what is no YAML,
 * PV_EINVALID for what is no experiment, PV_EPOLICY for one that was changed
 * since it began in what makes its results valid; with the file as source, and
 * line and column; PV_ELIMIT, PV_ENOMEM. The caller frees it.
 */
PV_API int pv_experiment_parse(pv_experiment **out, const char *id,
			       const char *text, size_t len, pv_error *err);

/* Frees an experiment and what it lent; NULL is accepted. */
PV_API void pv_experiment_free(pv_experiment *experiment);

/* The index of a variant, or -1. */
PV_API long pv_experiment_variant_find(const pv_experiment *experiment,
				       const char *name);

/* --- its life ---------------------------------------------------------------- */

/*
 * Each appends the text of the file after a step, `now` being when it is taken.
 * PV_ECONFLICT when it cannot be taken from where the experiment is, PV_EINVALID
 * for bad values, PV_EUNSUPPORTED for a file that cannot be edited without
 * touching more, PV_ENOMEM.
 */

/*
 * Begins a draft, or one that was stopped once more, with a salt of its own
 * ("tone/2"), so that units are spread anew. `commits` are those of the
 * variants, 40 hex digits each. With a planned start that is to come it is
 * scheduled.
 */
PV_API int pv_experiment_start(pv_buf *out, const pv_experiment *experiment,
			       const char *const *commits, int64_t now,
			       pv_error *err);
/* Goes on with a paused one as it was, in a new epoch. */
PV_API int pv_experiment_resume(pv_buf *out, const pv_experiment *experiment,
				int64_t now, pv_error *err);
/* Another coverage, in per cent, as a decimal: nobody changes variants. */
PV_API int pv_experiment_ramp(pv_buf *out, const pv_experiment *experiment,
			      const char *percent, int64_t now, pv_error *err);
/*
 * Other weights, with as few units moved as can be: `moved_out` is the number
 * of slots whose variant changes.
 */
PV_API int pv_experiment_reweight(pv_buf *out, uint32_t *moved_out,
				  const pv_experiment *experiment,
				  const char *const *weights, int64_t now,
				  pv_error *err);
/* It is paused, stopped or concluded from now on. */
PV_API int pv_experiment_end(pv_buf *out, const pv_experiment *experiment,
			     enum pv_experiment_status status, int64_t now,
			     pv_error *err);

/* --- who gets what ----------------------------------------------------------- */

/* One question. Everything is borrowed. */
typedef struct pv_route_request {
	const char *unit; /* its bytes, neither trimmed nor folded */
	size_t unit_len;
	const pv_attribute *attributes;
	size_t attribute_count;
	int64_t now;
	/*
	 * What it was given before; NULL: nothing. Of a start before the last
	 * one, or with a variant that its epoch gave nobody, it is passed over.
	 */
	const pv_sticky *sticky;
	uint32_t random; /* 0 to 999999, for PV_STRATEGY_RANDOM */
} pv_route_request;

enum pv_route_reason {
	PV_ROUTE_ASSIGNED = 0, /* `assignment` says why, or why not */
	PV_ROUTE_NOT_RUNNING,
	PV_ROUTE_NOT_TARGETED,
	PV_ROUTE_RANDOM
};

typedef struct pv_route {
	enum pv_route_reason reason;
	int is_in;        /* takes part: its executions are the experiment's */
	uint32_t variant; /* the control for those who are not in */
	int32_t slot;     /* the one that decided; -1: none */
	pv_assignment assignment;
} pv_route;

/*
 * Decides: time, overrides, targeting, and then as pv_assign. Allocates nothing
 * and cannot fail; any number of threads.
 */
PV_API void pv_experiment_route(pv_route *out, const pv_experiment *experiment,
				const pv_route_request *request);

/* "hash", "override", "not-running", "not-targeted", "coverage", ... */
PV_API const char *pv_route_reason_name(const pv_route *route);

/*
 * What it is at a time (microseconds): what is scheduled runs from its planned
 * start on, and what runs is stopped by its planned end. The file says the same
 * only from the next step on.
 */
PV_API enum pv_experiment_status pv_experiment_status_at(
	const pv_experiment *experiment, int64_t now);
/* Whether it is PV_EXPERIMENT_RUNNING then. */
PV_API int pv_experiment_is_running(const pv_experiment *experiment, int64_t now);

#ifdef __cplusplus
}
#endif

#endif
