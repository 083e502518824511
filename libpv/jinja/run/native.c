/* SPDX-License-Identifier: MIT
 *
 * Calling rows of the tables: arguments are put in the order of the
 * parameters, and what does not fit is refused in CPython's words, which
 * differ between functions written in Python and kinds of those in C.
 */
#include "jinja/run/call.h"

#include <stdio.h>

/* The text of parameter `idx`, and its length. */
static const char *param_name(const pv_jinja_native *native, size_t idx,
			      size_t *len_out)
{
	const char *at = native->params;

	while (idx--)
		at += strcspn(at, " ") + 1;
	*len_out = strcspn(at, " ");
	return at;
}

/* The index of a parameter by name, or -1. */
static int find_param(const pv_jinja_native *native, pv_jinja_value name)
{
	for (size_t i = 0; i < native->most; i++) {
		size_t len;
		const char *param = param_name(native, i, &len);

		if (name.len == len && !memcmp(name.u.s, param, len))
			return (int)i;
	}
	return -1;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* f() takes from 1 to 2 positional arguments but 3 were given */
static int fail_many_python(pv_jinja_run *run, const pv_jinja_native *native,
			    size_t given)
{
	size_t hidden = native->flags & PV_JINJA_HIDDEN ? 1 : 0;
	size_t most = native->most + hidden;
	char range[64];

	if (native->least == native->most)
		snprintf(range, sizeof(range), "%zu", most);
	else
		snprintf(range, sizeof(range), "from %zu to %zu",
			 native->least + hidden, most);
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "%s() takes %s positional argument%s but %zu %s "
			      "given",
			      native->python, range,
			      native->least == native->most ? plural(most) : "s",
			      given + hidden,
			      given + hidden == 1 ? "was" : "were");
}

/* f() missing 2 required positional arguments: 'a' and 'b' */
static int fail_missing_python(pv_jinja_run *run, const pv_jinja_native *native,
			       const pv_jinja_value *slots)
{
	char names[200] = "";
	size_t missing = 0;
	size_t seen = 0;
	size_t used = 0;

	for (size_t i = 0; i < native->least; i++)
		missing += pv_jinja_is_missing(slots[i]);
	for (size_t i = 0; i < native->least && used < sizeof(names); i++) {
		size_t len;
		const char *name = param_name(native, i, &len);

		if (!pv_jinja_is_missing(slots[i]))
			continue;
		seen++;
		used += (size_t)snprintf(names + used, sizeof(names) - used,
					 "%s'%.*s'",
					 seen == 1        ? ""
					 : seen < missing ? ", "
					 : missing == 2   ? " and "
							  : ", and ",
					 (int)len, name);
	}
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "%s() missing %zu required positional argument%s: "
			      "%s",
			      native->python, missing, plural(missing), names);
}

/* The words for C functions; `given` is out of range. */
static int fail_count_c(pv_jinja_run *run, const pv_jinja_native *native,
			size_t given)
{
	const char *bare = strrchr(native->python, '.');
	const char *which = given < native->least ? "at least" : "at most";
	size_t bound = given < native->least ? native->least : native->most;

	bare = bare ? bare + 1 : native->python;
	switch ((enum pv_jinja_wording)native->wording) {
	case PV_JINJA_NOARGS:
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "%s() takes no arguments (%zu given)",
				      native->python, given);
	case PV_JINJA_ONE:
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "%s() takes exactly one argument (%zu given)",
				      native->python, given);
	case PV_JINJA_EXPECTED:
		if (native->least == native->most)
			return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
					      "%s expected %zu argument%s, got %zu",
					      bare, bound, plural(bound), given);
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "%s expected %s %zu argument%s, got %zu",
				      bare, which, bound, plural(bound), given);
	case PV_JINJA_PYTHON:
	case PV_JINJA_CLINIC:
		break;
	}
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "%s() takes %s %zu argument%s (%zu given)", bare,
			      native->least == native->most ? "exactly" : which,
			      bound, plural(bound), given);
}

static int fail_keyword(pv_jinja_run *run, const pv_jinja_native *native,
			pv_jinja_value name, const char *what)
{
	int len = (int)name.len;

	if (native->wording != PV_JINJA_PYTHON)
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "'%.*s' is an invalid keyword argument for %s()",
				      len, name.u.s, native->name);
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "%s() got %s argument '%.*s'", native->python,
			      what, len, name.u.s);
}

static int place_keywords(pv_jinja_value *slots, const pv_jinja_native *native,
			  const pv_jinja_call *call)
{
	if ((native->flags & PV_JINJA_POSITIONAL) && call->keyword_count)
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "%s() takes no keyword arguments",
				      native->python);
	for (size_t i = 0; i < call->keyword_count; i++) {
		pv_jinja_value name = call->keywords[i].name;
		int at = find_param(native, name);

		if (at < 0 && (native->flags & PV_JINJA_KEYWORDS))
			continue;
		if (at < 0)
			return fail_keyword(call->run, native, name,
					    "an unexpected keyword");
		if (!pv_jinja_is_missing(slots[at]))
			return fail_keyword(call->run, native, name,
					    "multiple values for");
		slots[at] = call->keywords[i].value;
	}
	return PV_OK;
}

static int check_count(const pv_jinja_native *native, const pv_jinja_call *call,
		       const pv_jinja_value *slots)
{
	size_t given = call->count + call->keyword_count;

	if (call->count > native->most && !(native->flags & PV_JINJA_REST))
		return native->wording == PV_JINJA_PYTHON
			       ? fail_many_python(call->run, native, call->count)
			       : fail_count_c(call->run, native, given);
	for (size_t i = 0; i < native->least; i++)
		if (pv_jinja_is_missing(slots[i]))
			return native->wording == PV_JINJA_PYTHON
				       ? fail_missing_python(call->run, native,
							     slots)
				       : fail_count_c(call->run, native, given);
	return PV_OK;
}

void pv_jinja_owe_call(const pv_jinja_call *call)
{
	pv_jinja_owe_text(call->run, call->self);
	for (size_t i = 0; i < call->count; i++)
		pv_jinja_owe_text(call->run, call->args[i]);
}

/* With the arguments in the order of the parameters. */
static int call_ordered(pv_jinja_value *out, const pv_jinja_native *native,
			const pv_jinja_call *call)
{
	pv_jinja_value slots[PV_JINJA_MAX_PARAMS];
	pv_jinja_call bound = *call;
	size_t given = call->count < native->most ? call->count : native->most;
	int rc;

	for (size_t i = 0; i < native->most; i++)
		slots[i] = i < given ? call->args[i] : pv_jinja_missing();
	rc = place_keywords(slots, native, call);
	if (rc >= 0)
		rc = check_count(native, call, slots);
	if (rc < 0)
		return rc;
	bound.args = slots;
	if (call->count < native->most)
		bound.count = native->most;
	return native->fn(out, &bound);
}

int pv_jinja_native_call(pv_jinja_value *out, const pv_jinja_native *native,
			 pv_jinja_call *call)
{
	pv_jinja_owe_call(call);
	if (native->flags & PV_JINJA_REST && call->count >= native->least)
		return native->fn(out, call);
	if (!call->keyword_count && call->count == native->most)
		return native->fn(out, call);
	return call_ordered(out, native, call);
}

int pv_jinja_call_value(pv_jinja_value *out, pv_jinja_value callable,
			pv_jinja_call *call)
{
	int rc;

	if (callable.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(call->run, callable);
	if (callable.type != PV_JINJA_FUNC &&
	    !(callable.type == PV_JINJA_OBJECT && callable.u.object->kind->call))
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "'%s' object is not callable",
				      pv_jinja_type_name(callable));
	rc = pv_jinja_enter(call->run);
	if (rc < 0)
		return rc;
	if (callable.type == PV_JINJA_FUNC) {
		call->self = callable.u.func->self;
		call->data = callable.u.func->data;
		rc = callable.u.func->fn(out, call);
	} else {
		call->self = callable;
		rc = callable.u.object->kind->call(out, call);
	}
	pv_jinja_leave(call->run);
	return rc;
}
