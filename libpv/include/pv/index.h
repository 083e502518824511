/* SPDX-License-Identifier: MIT
 *
 * Executions: one record for each time a prompt went to a model, with what
 * came back and what it cost, tied to the commit that the prompt came from.
 * They are kept in a sidecar database beside the repository, not in git.
 *
 * A record crosses this interface as JSON (schemas/execution.schema.json) or
 * field by field. Units outside are milliseconds, US dollars, quality points
 * from 1 to 10 and RFC 3339 times; inside they are whole microseconds,
 * pico-dollars and thousandths of a point, so nothing is rounded twice. What
 * is not known is null, never 0.
 */
#ifndef PV_INDEX_H
#define PV_INDEX_H

#include <pv/buf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- one record ----------------------------------------------------------- */

typedef struct pv_execution pv_execution;

/* An empty record. PV_ENOMEM. The caller frees it. */
PV_API int pv_execution_new(pv_execution **out, pv_error *err);

/* Frees a record and what it lent; NULL is accepted. */
PV_API void pv_execution_free(pv_execution *row);

/*
 * Reads a record from one JSON object. Keys that no field has are kept in
 * `metadata`; pv_execution_unknown names them. PV_EINVALID for what a field
 * cannot be, with its name and why, PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_execution_parse(pv_execution **out, const char *json, size_t len,
			      pv_error *err);

/* The `idx`-th key that went to `metadata`, or NULL behind the last. */
PV_API const char *pv_execution_unknown(const pv_execution *row, size_t idx);

/*
 * Sets a field by its name in JSON. A text is taken as it is, a number, time
 * or truth value is read from its text. PV_ENOTFOUND for no such field,
 * PV_EINVALID, PV_ENOMEM.
 */
PV_API int pv_execution_set(pv_execution *row, const char *field,
			    const char *text, size_t len, pv_error *err);

/* The same from a JSON value; null clears the field. */
PV_API int pv_execution_set_json(pv_execution *row, const char *field,
				 const char *json, size_t len, pv_error *err);

/* Whether a field has a value; 0 also when there is no such field. */
PV_API int pv_execution_has(const pv_execution *row, const char *field);

/*
 * Whether a field was given at all, also as null: "commit": null says that
 * there is none, no "commit" that it has not been looked for.
 */
PV_API int pv_execution_mentions(const pv_execution *row, const char *field);

/* The text of a field that is one, lent; NULL for other fields and unset. */
PV_API const char *pv_execution_text(const pv_execution *row, const char *field);

/*
 * Makes a record whole: `status` and `success` from each other, `tokens` from
 * its two halves, `output_chars` from the output, and time and id. A record
 * with a time and no id gets one that follows from its contents, so that
 * reading the same line again makes the same id; one without a time happened
 * at `now` (microseconds since 1970; 0: the system's clock). Does nothing to
 * a whole record. PV_EINVALID when none of prompt_id, template and rendered
 * is set, or fields contradict each other; PV_EIO without randomness.
 */
PV_API int pv_execution_complete(pv_execution *row, int64_t now, pv_error *err);

/*
 * The same; an id that follows from the contents also follows from the `len`
 * bytes at `salt`. With a secret that is kept beside the index nobody who sees
 * an id can find out by trying which text that was not kept it was made of.
 */
PV_API int pv_execution_complete_salted(pv_execution *row, int64_t now,
					const void *salt, size_t len,
					pv_error *err);

/*
 * Makes a record whole and computes what recording takes from the row alone,
 * the digests of its texts above all, so that whoever makes rows on one thread
 * and records them on another has that done on the first. Recording does it for
 * rows that were not prepared; a field that is set later is looked at then. As
 * pv_execution_complete, and PV_ENOMEM.
 */
PV_API int pv_execution_prepare(pv_execution *row, pv_error *err);

/*
 * Drops the texts `input`, `rendered`, `output`, `params`, `request`,
 * `response` and `error_message`, and of `metadata` what came there because no
 * field has its name. Keeps the rest, `output_chars` of a whole record too.
 */
PV_API void pv_execution_drop_content(pv_execution *row);

/* --- keeping text out ----------------------------------------------------- */

/* Rules compiled for use by one thread at a time. */
typedef struct pv_redaction pv_redaction;

/* What is to be taken out of texts. */
typedef struct pv_redaction_rule {
	const char *pattern;     /* ECMA-262, flag u; NULL: all of the text */
	const char *replacement; /* what comes in its place; NULL: "[redacted]" */
	const char *const *fields; /* names of fields that hold texts or JSON */
	size_t field_count;        /* 0: input, params, rendered, output,
				      error_message, feedback and metadata */
} pv_redaction_rule;

/*
 * Compiles rules, which need not last. PV_EINVALID, naming the rule by its
 * number, for a bad pattern and a field that holds no text of the caller's;
 * PV_ELIMIT, PV_ENOMEM. The caller frees it.
 */
PV_API int pv_redaction_new(pv_redaction **out, const pv_redaction_rule *rules,
			    size_t count, pv_error *err);

/* Frees them; NULL is accepted. */
PV_API void pv_redaction_free(pv_redaction *redaction);

/*
 * Replaces, rule by rule, what matches in the fields of a record: in texts, and
 * in JSON in every text, number and name of a member. Numbers that match become
 * texts. Where matching takes too many steps, the whole text is replaced. Other
 * fields keep what they have, `output_chars` of a whole record too. PV_EINVALID
 * when a field cannot be what is left, PV_ENOMEM: the record is then not to be
 * kept.
 */
PV_API int pv_execution_redact(pv_execution *row, pv_redaction *redaction,
			       pv_error *err);

/* --- as JSON -------------------------------------------------------------- */

/*
 * Appends the record as one JSON object on one line: every field in its
 * order, null for what is not known. PV_ENOMEM, PV_ELIMIT.
 */
PV_API int pv_execution_json(pv_buf *out, const pv_execution *row, pv_error *err);

/*
 * Appends one field as JSON, as in the whole; null when it is not set.
 * PV_ENOTFOUND for no such field, PV_ENOMEM, PV_ELIMIT.
 */
PV_API int pv_execution_value(pv_buf *out, const pv_execution *row,
			      const char *field, pv_error *err);

/* A list of what models cost. */
typedef struct pv_prices pv_prices;

/*
 * Reads a list in the format of LiteLLM's model_prices_and_context_window.json.
 * The caller frees it. PV_ESYNTAX, PV_EINVALID for what is no object, PV_ENOMEM.
 */
PV_API int pv_prices_parse(pv_prices **out, const char *json, size_t len,
			   pv_error *err);

/*
 * Appends, as a list again, what the list has under some names. A record whose
 * models, alone and behind its provider and a "/", are all among them costs the
 * same by it. PV_ENOMEM.
 */
PV_API int pv_prices_excerpt(pv_buf *out, const pv_prices *prices,
			     const char *const *names, size_t count,
			     pv_error *err);

/* Frees a list; NULL is accepted. */
PV_API void pv_prices_free(pv_prices *prices);

/* What can be said of a record's cost. */
enum pv_pricing {
	PV_PRICING_NONE,     /* it has one, has no model, or is from a cache */
	PV_PRICING_OPEN,     /* a list may have it */
	PV_PRICING_NO_MODEL, /* the list has not */
	PV_PRICING_NO_TOKENS, /* or has not what the tokens that are known need */
	PV_PRICING_DONE
};

/* PV_PRICING_NONE or PV_PRICING_OPEN. */
PV_API enum pv_pricing pv_execution_pricing(const pv_execution *row);

/*
 * Gives a record the cost that its tokens have by a list, and the list's blob id
 * as `prices`. What cannot be said stays unknown: `*out` tells why. PV_ENOMEM.
 */
PV_API int pv_execution_price(enum pv_pricing *out, pv_execution *row,
			      const pv_prices *prices, const char *blob,
			      pv_error *err);

/* The name of the `idx`-th field of a record, or NULL behind the last. */
PV_API const char *pv_execution_field(size_t idx);

/* --- all of them ---------------------------------------------------------- */

/*
 * An open index; used by one thread at a time. Several processes and threads
 * may have the same one open.
 */
typedef struct pv_executions pv_executions;

typedef struct pv_executions_options {
	/*
	 * The database file, whose folder is made; or "postgresql://..." with
	 * all that PostgreSQL's libpq takes: TLS, services, several hosts. What
	 * such an address lacks libpq looks for in its own places (PGPASSWORD,
	 * ~/.pgpass).
	 */
	const char *path;
	/* Whose rows, of those in one PostgreSQL, where who writes needs it. */
	const char *project;
	const char *spool; /* rows wait beside this; NULL: beside `path` */
	int is_read_only;  /* PV_ENOTFOUND when there is no database yet */
	int wait_ms;       /* for other writers; 0: 20 seconds */
} pv_executions_options;

/* Whether a path is the address of a server: it is no file. */
PV_API int pv_executions_is_remote(const char *path);

/*
 * Opens the index, makes it when there is none and brings an older one up to
 * date. PV_EDB when it is damaged or something else, PV_EUNSUPPORTED when a
 * newer version of the library wrote it, PV_ELOCKED, PV_EIO, PV_ENOTFOUND;
 * PV_ENET and PV_EAUTH of PostgreSQL, also from all that use it. A connection
 * that was lost is made again, within `wait_ms`.
 */
PV_API int pv_executions_open(pv_executions **out,
			      const pv_executions_options *opts, pv_error *err);

/* Closes an index; NULL is accepted. */
PV_API void pv_executions_free(pv_executions *index);

/*
 * Records rows in one transaction: all or none. Each is made whole first
 * (pv_execution_complete). A row whose id is there already changes nothing
 * and is not counted in `*added_out` (NULL allowed). When this returns PV_OK
 * the rows are on disk. PV_ELOCKED, PV_EIO on a full disk, PV_EDB,
 * PV_EINVALID; then nothing was recorded.
 */
PV_API int pv_executions_record(size_t *added_out, pv_executions *index,
				pv_execution *const *rows, size_t count,
				pv_error *err);

/* The row of an id. PV_ENOTFOUND; PV_EINVALID for what is no id. */
PV_API int pv_executions_get(pv_execution **out, pv_executions *index,
			     const char *id, pv_error *err);

/* How a field is to compare with a value. */
enum pv_executions_how {
	PV_EXECUTIONS_IS,       /* the same; of `tags`: one of them */
	PV_EXECUTIONS_AT_LEAST, /* a number, not less */
	PV_EXECUTIONS_AT_MOST
};

/*
 * A condition: a field, and the value it is to compare with, as text. Besides
 * names of fields, `field` may be "metadata.KEY", the member KEY of metadata,
 * whose value is a text or the JSON of another value, or "scores.NAME". A row
 * in which the field is not set fits no condition.
 */
typedef struct pv_executions_match {
	const char *field;
	const char *value;
	enum pv_executions_how how;
} pv_executions_match;

/* Which rows are meant, in which order; all zero: all, newest first. */
typedef struct pv_executions_query {
	const pv_executions_match *matches; /* all must fit */
	size_t match_count;
	int64_t since;     /* microseconds, inclusive; 0: from the start */
	int64_t until;     /* exclusive; 0: to the end */
	const char *after; /* go on behind the row of this id; NULL */
	size_t limit;      /* 0: no limit */
	int oldest_first;
	int by_id; /* by id alone, whatever the time; without `after` */
	/* Marks of pv_executions_mark: what arrived behind one, not behind the
	   other; NULL. */
	const char *behind;
	const char *up_to;
} pv_executions_query;

/*
 * Calls `fn` for each row that fits, by time and id, until it returns
 * non-zero, which becomes the result. The row is lent for the call. Rows that
 * are recorded meanwhile are not seen. PV_EINVALID for a condition on what
 * cannot be compared: `params`, `input`, `rendered`, `output`, or anything but
 * a number with `at least` and `at most`.
 */
PV_API int pv_executions_list(pv_executions *index,
			      const pv_executions_query *query,
			      int (*fn)(const pv_execution *row, void *payload),
			      void *payload, pv_error *err);

/* A row that a search found, lent. */
typedef struct pv_executions_hit {
	const pv_execution *row;
	double relevance; /* more is better; 0 when the newest come first */
	/* The best place of its texts; what fits is between bytes 2 and 3. */
	const char *snippet;
} pv_executions_hit;

/* What to search for. */
typedef struct pv_executions_search {
	/*
	 * Words that must all be there, "phrases", pre*, OR, NOT or - before
	 * what must not be there, (groups), and prompt: input: output: tags:
	 * before what must be there.
	 */
	const char *text;
	const pv_executions_query *query; /* NULL: all; its order has no say */
	int newest_first;
} pv_executions_search;

/* What else there is to say of a search. */
typedef struct pv_executions_found {
	size_t pending;      /* rows that the search has not seen */
	int64_t indexed_to;  /* it has seen all recorded before; 0: unknown */
	int is_newest_first; /* asked for, or because so many rows fit */
} pv_executions_found;

/*
 * Calls `fn` for each row whose texts fit a search, best first, or, when more
 * than 20,000 fit, the last recorded first. As pv_executions_list otherwise.
 * Looks at what pv_executions_drain has seen. PV_EINVALID, with the column,
 * for a search that does not read; PV_ELIMIT for one too long.
 */
PV_API int pv_executions_search_texts(pv_executions_found *out,
				      pv_executions *index,
				      const pv_executions_search *search,
				      int (*fn)(const pv_executions_hit *hit,
						void *payload),
				      void *payload, pv_error *err);

/*
 * Lets the search see rows that it has not seen, at most `limit` (0: all), in
 * several transactions; `*left_out` are left then. Stopped or killed at any
 * time it loses none and takes none twice. As pv_executions_record.
 */
PV_API int pv_executions_drain(size_t *left_out, pv_executions *index,
			       size_t limit, pv_error *err);

/*
 * Appends a mark: how far rows have arrived that pv_executions_drain has seen,
 * whatever their times. A row whose tags change arrives again. Marks of one
 * index are equal before their colon; a query with one of another index is
 * PV_EINVALID.
 */
PV_API int pv_executions_mark(pv_buf *out, pv_executions *index, pv_error *err);

/* How much of executions is to go. */
enum pv_executions_part {
	/* input, rendered, output, params, error_message; figures stay */
	PV_EXECUTIONS_TEXTS,
	/* the rows, as they grow old: what was summed of them stays */
	PV_EXECUTIONS_ROWS,
	/* the rows and their part of all sums, as if they had never been */
	PV_EXECUTIONS_TRACES
};

typedef struct pv_executions_removal {
	enum pv_executions_part part;
	int is_dry_run; /* only counts */
} pv_executions_removal;

typedef struct pv_executions_removed {
	size_t rows;
	size_t texts; /* that no other row has; not known in a dry run */
} pv_executions_removed;

/*
 * Removes rows that fit, or their texts, oldest first, at most the query's
 * `limit`; its order has no say. Texts that other rows have stay for them.
 * What goes is overwritten in the file, with PV_EXECUTIONS_TRACES its words in
 * the search too. Several transactions: stopped in between, the older part is
 * gone, and what was begun is ended by the next removal. As
 * pv_executions_record.
 */
PV_API int pv_executions_remove(pv_executions_removed *out, pv_executions *index,
				const pv_executions_query *query,
				const pv_executions_removal *opts, pv_error *err);

/*
 * Records rows without waiting for anybody: when the index cannot be written
 * at once, whatever the reason, they go to a folder beside it ("<path>.spool"),
 * durably, and `*is_spooled_out` is 1; later calls and pv_executions_unspool
 * take them over, in order. `wait_ms` is for other writers, 0: 5. PV_EINVALID
 * for what is no record, PV_EIO, PV_ENOMEM when not even that could be written.
 */
PV_API int pv_executions_offer(int *is_spooled_out,
			       const pv_executions_options *opts,
			       pv_execution *const *rows, size_t count,
			       pv_error *err);

/*
 * Takes over what waits beside the index that was opened from `path`, at most
 * `limit` offers (0: all): what was recorded by it goes to `*moved_out`, how
 * many offers are left to `*left_out` (NULL allowed). An offer that nobody can
 * read is renamed to "....bad" and stays. As pv_executions_record.
 */
PV_API int pv_executions_unspool(size_t *moved_out, size_t *left_out,
				 pv_executions *index, const char *path,
				 size_t limit, pv_error *err);

/* How many rows wait there. PV_EIO, PV_ENOMEM. */
PV_API int pv_executions_spooled(size_t *rows_out, const char *path,
				 pv_error *err);

/* How many offers there nobody can read, "....bad". PV_EIO, PV_ENOMEM. */
PV_API int pv_executions_unreadable(size_t *offers_out, const char *path,
				    pv_error *err);

/*
 * Changes what may become known late of a row that is there: `change` gets it
 * to set quality, feedback, scores and tags; other fields keep what they had.
 * What it returns other than PV_OK is the result, and nothing is changed. Two
 * that amend at the same time wait for each other. PV_ENOTFOUND, and as
 * pv_executions_record.
 */
PV_API int pv_executions_amend(pv_executions *index, const char *id,
			       int (*change)(pv_execution *row, void *payload,
					     pv_error *err),
			       void *payload, pv_error *err);

/*
 * Says of which scores figures are kept as of quality: of these and no others.
 * Where that is news, the sums of all rows that are there follow, in one
 * transaction that reads them all; what is left of rows that retention took
 * stays as it is. Names that are there twice count once. PV_ELIMIT for more
 * than 100 names, PV_EINVALID for one that is empty or longer than 200 bytes,
 * and as pv_executions_record.
 */
PV_API int pv_executions_set_scores(pv_executions *index,
				    const char *const *names, size_t count,
				    pv_error *err);

/*
 * How far something long has come: `done` of `count`, in rows; where nobody can
 * say how much there is, `count` is 0 and `done` goes up.
 */
typedef void (*pv_executions_watch_fn)(size_t done, size_t count, void *payload);

/*
 * Has `fn` called now and then by pv_executions_check and
 * pv_executions_check_rollups, until it is set to NULL. It may not use the
 * index. A server does the first at a stretch and does not tell.
 */
PV_API void pv_executions_watch(pv_executions *index, pv_executions_watch_fn fn,
				void *payload);

/*
 * Looks at the whole database and calls `fn` for each thing that is damaged,
 * in the words of the database, until it returns non-zero, which becomes the
 * result; texts are not read (pv_executions_check_texts). PV_EDB when it is
 * too damaged to be looked at, PV_ELOCKED, PV_EIO.
 */
PV_API int pv_executions_check(pv_executions *index,
			       int (*fn)(const char *problem, void *payload),
			       void *payload, pv_error *err);

/* How far looking at texts has come. */
typedef struct pv_executions_texts {
	size_t done;
	size_t count;        /* of all that were there at the beginning */
	size_t wrong;        /* of those that are done */
	const char *problem; /* what was just found; NULL for nothing */
} pv_executions_texts;

/*
 * Hashes all texts that are kept (inputs, prompts, outputs, metadata, ...) anew,
 * and compares with what was noted when they were recorded: the database looks
 * after its own structure only. `fn` is called now and then, for each of the
 * first twenty that are something else, and at the end, until it returns
 * non-zero, which becomes the result; what it is given lasts that long. As much
 * memory as a few texts take. As pv_executions_check.
 */
PV_API int pv_executions_check_texts(pv_executions *index,
				     int (*fn)(const pv_executions_texts *texts,
					       void *payload),
				     void *payload, pv_error *err);

/*
 * Gives the room that removed rows have left back to the disk, or on a server
 * to what is recorded next, and counts anew what queries are planned by. SQLite
 * needs as much free space as the file has, and keeps writers away meanwhile.
 * As pv_executions_record.
 */
PV_API int pv_executions_vacuum(pv_executions *index, pv_error *err);

/* What looking at the rollups found. */
typedef struct pv_executions_rollups {
	/* Sums of a series in a minute, hour or day, of a unit, of an arm. */
	size_t compared;
	size_t wrong;   /* of those, not what the rows give */
	size_t partial; /* not compared: retention took some of their rows */
} pv_executions_rollups;

/*
 * Makes the rollups anew from the rows and compares, byte for byte; with
 * `repairs` the wrong ones are replaced. Wrong ones are no failure. As
 * pv_executions_record.
 */
PV_API int pv_executions_check_rollups(pv_executions_rollups *out,
				       pv_executions *index, int repairs,
				       pv_error *err);

/* What became of sums of another index. */
typedef struct pv_executions_sums {
	size_t sums;  /* there, of which retention took rows */
	size_t taken; /* those that were not known here */
	size_t other; /* left alone: of more rows, or of others that are gone */
} pv_executions_sums;

/*
 * Takes over, behind the rows of `from`, its sums that outlived theirs, and
 * which scores are summed up. A sum here is replaced when it is what the rows
 * that `from` still has give; one that is the same already is not counted as
 * taken. Several transactions: stopped in between it is called again. What units
 * of experiments had of rows that are gone does not move. As
 * pv_executions_record.
 */
PV_API int pv_executions_copy_sums(pv_executions_sums *out, pv_executions *to,
				   pv_executions *from, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
