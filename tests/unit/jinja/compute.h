/* SPDX-License-Identifier: MIT
 *
 * One operation on template values, asked for and answered in JSON:
 * {"op":"filter","name":"center","args":[...],"kw":{}} with values as
 * tests/peer/jinja_values.py writes them. The answer is {"ok":repr} or
 * {"error":class,"message":text}, class "limit" for a limit.
 */
#ifndef PV_TESTS_JINJA_COMPUTE_H
#define PV_TESTS_JINJA_COMPUTE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "jinja/run/call.h"
#include "jinja/value/build.h"

enum {
	MOST_ARGS = 32
};

struct request {
	pv_jinja_run *run;
	const char *op;
	const char *name;
	pv_jinja_value args[MOST_ARGS];
	size_t count;
	pv_jinja_keyword keywords[MOST_ARGS];
	size_t keyword_count;
};

/* Set when a request could not be read. */
static int compute_failed;

/* --- values from JSON ------------------------------------------------------------------ */

static pv_jinja_value read_value(pv_jinja_run *run, const pv_json *json);

static pv_jinja_value read_text(pv_jinja_run *run, const pv_json *json)
{
	size_t len;
	const char *text = pv_json_text(json, &len);
	pv_jinja_value value = pv_jinja_none();

	compute_failed |= pv_jinja_copy_text(&value, run, text, len, 0) < 0;
	return value;
}

static pv_jinja_list *read_list(pv_jinja_run *run, const pv_json *json)
{
	pv_jinja_list *list = NULL;

	compute_failed |= pv_jinja_list_new(&list, run, pv_json_count(json)) < 0;
	for (size_t i = 0; i < pv_json_count(json) && !compute_failed; i++)
		compute_failed |=
			pv_jinja_list_add(run, list,
					  read_value(run, pv_json_at(json, i)));
	return list;
}

static pv_jinja_value read_dict(pv_jinja_run *run, const pv_json *json)
{
	pv_jinja_dict *dict = NULL;

	compute_failed |= pv_jinja_dict_new(&dict, run, 0) < 0;
	for (size_t i = 0; i < pv_json_count(json) && !compute_failed; i++) {
		const pv_json *pair = pv_json_at(json, i);

		compute_failed |=
			pv_jinja_dict_set(run, dict,
					  read_value(run, pv_json_at(pair, 0)),
					  read_value(run, pv_json_at(pair, 1))) <
			0;
	}
	return pv_jinja_dict_value(dict);
}

static pv_jinja_value read_int(pv_jinja_run *run, const char *digits)
{
	int is_negative = *digits == '-';
	pv_jinja_value value = pv_jinja_none();

	digits += is_negative;
	compute_failed |=
		pv_jinja_parse_int(&value, run, digits, strlen(digits)) < 0;
	if (is_negative)
		compute_failed |= pv_jinja_negate(&value, run, value) < 0;
	return value;
}

static pv_jinja_value read_range(pv_jinja_run *run, const pv_json *json)
{
	pv_jinja_value value = pv_jinja_none();

	compute_failed |=
		pv_jinja_range_new(&value, run,
				   pv_json_int(pv_json_at(json, 0), 0),
				   pv_json_int(pv_json_at(json, 1), 0),
				   pv_json_int(pv_json_at(json, 2), 1)) < 0;
	return value;
}

static pv_jinja_value read_tagged(pv_jinja_run *run, const pv_json *json)
{
	pv_jinja_value value = pv_jinja_none();

	if (pv_json_get(json, "t"))
		return pv_jinja_tuple_value(
			read_list(run, pv_json_get(json, "t")));
	if (pv_json_get(json, "d"))
		return read_dict(run, pv_json_get(json, "d"));
	if (pv_json_get(json, "i"))
		return read_int(run, pv_json_text(pv_json_get(json, "i"), NULL));
	if (pv_json_get(json, "f"))
		return pv_jinja_float(
			strtod(pv_json_text(pv_json_get(json, "f"), NULL), NULL));
	if (pv_json_get(json, "r"))
		return read_range(run, pv_json_get(json, "r"));
	if (pv_json_get(json, "m")) {
		value = read_text(run, pv_json_get(json, "m"));
		value.flags |= PV_JINJA_MARKUP;
		return value;
	}
	if (pv_json_get(json, "u"))
		compute_failed |=
			pv_jinja_undefined_name(&value, run,
						read_text(run, pv_json_get(json,
									   "u"))) <
			0;
	return value;
}

static pv_jinja_value read_value(pv_jinja_run *run, const pv_json *json)
{
	switch (pv_json_type_of(json)) {
	case PV_JSON_ABSENT:
		return pv_jinja_missing();
	case PV_JSON_NULL:
		return pv_jinja_none();
	case PV_JSON_BOOL:
		return pv_jinja_bool(pv_json_is_true(json));
	case PV_JSON_INT:
		return pv_jinja_int(pv_json_int(json, 0));
	case PV_JSON_REAL:
		return pv_jinja_float(pv_json_real(json, 0));
	case PV_JSON_STRING:
		return read_text(run, json);
	case PV_JSON_ARRAY:
		return pv_jinja_list_value(read_list(run, json));
	case PV_JSON_OBJECT:
		break;
	}
	return read_tagged(run, json);
}

/* --- operations ------------------------------------------------------------------------ */

static int find_symbol(const char *const *symbols, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(symbols[i], name))
			return (int)i;
	return -1;
}

static int compute_arith(pv_jinja_value *out, const struct request *request)
{
	static const char *const symbols[] = { "+",  "-", "*", "/",
					       "//", "%", "**" };
	int found = find_symbol(symbols, pv_array_len(symbols), request->name);

	return pv_jinja_arith(out, request->run, (enum pv_jinja_operator)found,
			      request->args[0], request->args[1]);
}

static int say(pv_jinja_value *out, int answer)
{
	*out = pv_jinja_bool(answer);
	return answer < 0 ? answer : 0;
}

static int compute_compare(pv_jinja_value *out, const struct request *request)
{
	static const char *const symbols[] = { "==", "!=", "<",  "<=",
					       ">",  ">=", "in", "not in" };
	int found = find_symbol(symbols, pv_array_len(symbols), request->name);

	return say(out, pv_jinja_compare(request->run,
					 (enum pv_jinja_comparison)found,
					 request->args[0], request->args[1]));
}

static int compute_call(pv_jinja_value *out, struct request *request)
{
	pv_jinja_call call = { .run = request->run,
			       .args = request->args,
			       .count = request->count,
			       .keywords = request->keywords,
			       .keyword_count = request->keyword_count };
	const pv_jinja_native *native = NULL;
	pv_jinja_value method;
	pv_jinja_name name;
	int rc;

	if (!strcmp(request->op, "filter"))
		native = pv_jinja_filter_find(request->name,
					      strlen(request->name));
	if (!strcmp(request->op, "test"))
		native = pv_jinja_test_find(request->name, strlen(request->name));
	if (native)
		return pv_jinja_native_call(out, native, &call);
	if (!strcmp(request->op, "global"))
		return pv_jinja_call_value(
			out,
			*pv_jinja_global_find(request->name,
					      strlen(request->name)),
			&call);
	pv_jinja_name_init(&name, request->name, strlen(request->name), 0);
	rc = pv_jinja_getattr(&method, request->run, request->args[0], &name);
	if (rc < 0)
		return rc;
	call.args++;
	call.count--;
	return pv_jinja_call_value(out, method, &call);
}

static int compute_len(pv_jinja_value *out, const struct request *request)
{
	int64_t len = 0;
	int rc = pv_jinja_len(&len, request->run, request->args[0]);

	*out = pv_jinja_int(len);
	return rc;
}

static int compute(pv_jinja_value *out, struct request *request)
{
	const char *op = request->op;

	if (!strcmp(op, "arith"))
		return compute_arith(out, request);
	if (!strcmp(op, "compare"))
		return compute_compare(out, request);
	if (!strcmp(op, "neg"))
		return pv_jinja_negate(out, request->run, request->args[0]);
	if (!strcmp(op, "str"))
		return pv_jinja_to_str(out, request->run, request->args[0]);
	if (!strcmp(op, "repr")) {
		*out = request->args[0];
		return 0;
	}
	if (!strcmp(op, "truth"))
		return say(out, pv_jinja_truth(request->run, request->args[0]));
	if (!strcmp(op, "len"))
		return compute_len(out, request);
	if (!strcmp(op, "getitem"))
		return pv_jinja_getitem(out, request->run, request->args[0],
					request->args[1]);
	if (!strcmp(op, "slice"))
		return pv_jinja_getslice(out, request->run, request->args[0],
					 request->args + 1);
	return compute_call(out, request);
}

/* --- lines -------------------------------------------------------------------------------- */

/* The answer's repr; what is lazy is made a list first. */
static int print_answer(pv_jsonw *w, pv_jinja_run *run, pv_jinja_value value)
{
	size_t mark = pv_jinja_begin(run);
	pv_jinja_list *list;
	pv_jinja_value text;
	int rc = 0;

	if (value.type == PV_JINJA_ITER) {
		rc = pv_jinja_to_list(&list, run, value);
		value = pv_jinja_list_value(list);
	}
	if (rc >= 0)
		rc = pv_jinja_put_repr(&run->scratch, run, value);
	if (rc >= 0)
		rc = pv_jinja_finish(&text, run, mark, 0);
	if (rc >= 0) {
		pv_jsonw_key(w, "ok");
		pv_jsonw_stringn(w, text.u.s, text.len);
	}
	return rc;
}

static int read_keyword(const char *key, const pv_json *member, void *payload)
{
	struct request *request = payload;
	pv_jinja_keyword *keyword = &request->keywords[request->keyword_count++];

	compute_failed |= pv_jinja_copy_text(&keyword->name, request->run, key,
					     strlen(key), 0) < 0;
	keyword->value = read_value(request->run, member);
	return request->keyword_count >= MOST_ARGS;
}

static void answer_request(pv_jsonw *w, pv_jinja_run *run, const pv_json *json)
{
	struct request request = { .run = run };
	const pv_json *args = pv_json_get(json, "args");
	pv_jinja_value value = pv_jinja_none();
	int rc;

	request.op = pv_json_text(pv_json_get(json, "op"), NULL);
	request.name = pv_json_text(pv_json_get(json, "name"), NULL);
	request.count = pv_json_count(args);
	for (size_t i = 0; i < request.count && i < MOST_ARGS; i++)
		request.args[i] = read_value(run, pv_json_at(args, i));
	pv_json_each(pv_json_get(json, "kw"), read_keyword, &request);
	run->is_escaping = pv_json_is_true(pv_json_get(json, "escaping"));
	if (compute_failed)
		return;
	rc = compute(&value, &request);
	if (rc >= 0)
		rc = print_answer(w, run, value);
	if (rc >= 0)
		return;
	pv_jsonw_member(w, "error",
			rc == PV_ERENDER ? pv_jinja_error_name(run->raised.error)
					 : "limit");
	pv_jsonw_member(w, "message",
			rc == PV_ERENDER ? run->raised.message
					 : run->err->message);
}

/* Appends the answer, a JSON object, to `out`. */
static inline void compute_answer(pv_buf *out, const pv_json *json)
{
	static const pv_jinja_settings settings[2] = { { 0 },
						       { .has_chat_json = 1 } };
	const int is_chat = pv_json_is_true(pv_json_get(json, "chat"));
	pv_arena arena = { 0 };
	pv_jinja_run run = { 0 };
	pv_error err;
	pv_jsonw w;

	pv_jinja_run_init(&run, &arena, &settings[is_chat], NULL);
	run.err = &err;
	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	answer_request(&w, &run, json);
	pv_jsonw_object_end(&w);
	pv_jinja_run_dispose(&run);
	pv_arena_dispose(&arena);
}

#endif
