/* SPDX-License-Identifier: MIT
 *
 * map, select, reject, selectattr, rejectattr: generators that call other
 * filters and tests, or follow an attribute. What is wrong with the arguments
 * is said when the first item is asked for, as in Jinja2.
 */
#include "jinja/filter/filters.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"

enum kind {
	MAP = 0,
	SELECT = 1,
	REJECT = 2,
	BY_ATTRIBUTE = 4 /* bit: selectattr, rejectattr */
};

struct mapper {
	pv_jinja_iter head;
	int kind;
	int has_begun;
	pv_jinja_value value;
	pv_jinja_call call; /* its arguments, from the first of the filter's */
	pv_jinja_cursor cursor;
	pv_jinja_path path;
	int has_name;                  /* the first argument is one */
	const pv_jinja_native *native; /* of that name, once it is needed */
};

int pv_jinja_call_named(pv_jinja_value *out, pv_jinja_run *run,
			const pv_jinja_native *native, pv_jinja_value item,
			const pv_jinja_call *rest)
{
	pv_jinja_value room[4];
	pv_jinja_value *args = room;
	pv_jinja_call call = { .run = run,
			       .keywords = rest->keywords,
			       .keyword_count = rest->keyword_count };
	int rc = PV_OK;

	if (rest->count >= sizeof(room) / sizeof(*room))
		rc = pv_jinja_alloc_array(&args, run, rest->count + 1,
					  sizeof(*args));
	if (rc < 0)
		return rc;
	args[0] = item;
	if (rest->count)
		memcpy(args + 1, rest->args, rest->count * sizeof(*args));
	call.args = args;
	call.count = rest->count + 1;
	return pv_jinja_native_call(out, native, &call);
}

static int fail_name(pv_jinja_run *run, pv_jinja_value name, const char *what)
{
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value text;
	uint64_t hash; /* of what it is looked up by: not all have one */
	int rc = pv_jinja_hash(&hash, run, name);

	if (rc >= 0)
		rc = pv_jinja_put_repr(&run->scratch, run, name);
	if (rc >= 0)
		rc = pv_jinja_finish(&text, run, mark, 0);
	if (rc < 0)
		return rc;
	if (!pv_jinja_is_undefined(name))
		return pv_jinja_raise(run, PV_JINJA_TEMPLATE_RUNTIME_ERROR,
				      "No %s named %.*s.", what, (int)text.len,
				      text.u.s);
	pv_jinja_raise_undefined(run, name);
	return pv_jinja_raise(run, PV_JINJA_TEMPLATE_RUNTIME_ERROR,
			      "No %s named %.*s. (%s; did you forget to quote "
			      "the callable name?)",
			      what, (int)text.len, text.u.s,
			      run->raised.message ? run->raised.message : "");
}

/* Takes the first argument as the name of a filter or test. */
static int take_name(struct mapper *self, pv_jinja_run *run)
{
	const pv_jinja_value name = self->call.args[0];

	if (pv_jinja_is_str(name))
		self->native = self->kind == MAP
				       ? pv_jinja_filter_find(name.u.s, name.len)
				       : pv_jinja_test_find(name.u.s, name.len);
	if (!self->native)
		return fail_name(run, name,
				 self->kind == MAP ? "filter" : "test");
	self->call.args++;
	self->call.count--;
	return PV_OK;
}

/* map(attribute=..., default=...) */
static int take_attribute(struct mapper *self, pv_jinja_run *run)
{
	pv_jinja_value attribute = pv_jinja_missing();
	pv_jinja_value fallback = pv_jinja_missing();
	const pv_jinja_value *other = NULL;
	int rc;

	for (size_t i = self->call.keyword_count; i-- > 0;) {
		const pv_jinja_keyword *keyword = &self->call.keywords[i];

		if (pv_jinja_str_is(keyword->name, "attribute"))
			attribute = keyword->value;
		else if (pv_jinja_str_is(keyword->name, "default"))
			fallback = keyword->value;
		else
			other = &keyword->name;
	}
	if (pv_jinja_is_missing(attribute))
		return pv_jinja_raise(run, PV_JINJA_FILTER_ARGUMENT_ERROR,
				      "map requires a filter argument");
	if (other)
		return pv_jinja_raise(run, PV_JINJA_FILTER_ARGUMENT_ERROR,
				      "Unexpected keyword argument '%.*s'",
				      (int)other->len, other->u.s);
	rc = pv_jinja_path_init(&self->path, run, attribute);
	self->path.fallback = fallback;
	return rc;
}

static int prepare(struct mapper *self, pv_jinja_run *run)
{
	int rc;

	if (self->kind == MAP && !self->call.count)
		return take_attribute(self, run);
	if (self->kind & BY_ATTRIBUTE) {
		if (!self->call.count)
			return pv_jinja_raise(run, PV_JINJA_FILTER_ARGUMENT_ERROR,
					      "Missing parameter for attribute name");
		rc = pv_jinja_path_init(&self->path, run, self->call.args[0]);
		if (rc < 0)
			return rc;
		self->call.args++;
		self->call.count--;
	}
	self->has_name = self->call.count != 0;
	return PV_OK;
}

/* 1 when there is something to go through. */
static int begin(struct mapper *self, pv_jinja_run *run)
{
	int rc = pv_jinja_truth(run, self->value);

	self->has_begun = 1;
	if (rc <= 0)
		return rc;
	rc = prepare(self, run);
	if (rc >= 0)
		rc = pv_jinja_iterate(&self->cursor, run, self->value);
	return rc < 0 ? rc : 1;
}

/* Whether the item is selected. */
static int is_chosen(struct mapper *self, pv_jinja_run *run, pv_jinja_value item)
{
	pv_jinja_value answer;
	int rc = pv_jinja_path_get(&answer, run, &self->path, item);

	if (rc >= 0 && self->native)
		rc = pv_jinja_call_named(&answer, run, self->native, answer,
					 &self->call);
	if (rc >= 0)
		rc = pv_jinja_truth(run, answer);
	if (rc < 0)
		return rc;
	return self->kind & REJECT ? !rc : rc;
}

static int next_mapped(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_iter *iter)
{
	struct mapper *self = (struct mapper *)iter;
	int rc = self->has_begun ? 1 : begin(self, run);

	while (rc > 0) {
		rc = pv_jinja_next(out, run, &self->cursor);
		if (rc <= 0)
			break;
		/* An unknown name is no error while there is no item. */
		if (self->has_name && !self->native)
			rc = take_name(self, run);
		if (rc < 0)
			break;
		if (self->kind != MAP) {
			rc = is_chosen(self, run, *out);
			if (rc)
				return rc;
			rc = 1;
			continue;
		}
		rc = self->native
			     ? pv_jinja_call_named(out, run, self->native, *out,
						   &self->call)
			     : pv_jinja_path_get(out, run, &self->path, *out);
		return rc < 0 ? rc : 1;
	}
	return rc;
}

static int copy_arguments(struct mapper *self, const pv_jinja_call *call)
{
	pv_jinja_value *args;
	pv_jinja_keyword *keywords;
	int rc = pv_jinja_alloc_array(&args, call->run, call->count,
				      sizeof(*args));

	if (rc >= 0)
		rc = pv_jinja_alloc_array(&keywords, call->run,
					  call->keyword_count + 1,
					  sizeof(*keywords));
	if (rc < 0)
		return rc;
	memcpy(args, call->args, call->count * sizeof(*args));
	if (call->keyword_count)
		memcpy(keywords, call->keywords,
		       call->keyword_count * sizeof(*keywords));
	self->value = args[0];
	self->call.args = args + 1;
	self->call.count = call->count - 1;
	self->call.keywords = keywords;
	self->call.keyword_count = call->keyword_count;
	return PV_OK;
}

static int make_mapper(pv_jinja_value *out, pv_jinja_call *call, int kind)
{
	struct mapper *self;
	int rc = pv_jinja_alloc(&self, call->run, sizeof(*self));

	if (rc < 0)
		return rc;
	memset(self, 0, sizeof(*self));
	self->head.next = next_mapped;
	self->head.name = "generator";
	self->kind = kind;
	*out = pv_jinja_iter_value(&self->head);
	return copy_arguments(self, call);
}

int pv_jinja_filter_map(pv_jinja_value *out, pv_jinja_call *call)
{
	return make_mapper(out, call, MAP);
}

int pv_jinja_filter_select(pv_jinja_value *out, pv_jinja_call *call)
{
	return make_mapper(out, call, SELECT);
}

int pv_jinja_filter_reject(pv_jinja_value *out, pv_jinja_call *call)
{
	return make_mapper(out, call, REJECT);
}

int pv_jinja_filter_selectattr(pv_jinja_value *out, pv_jinja_call *call)
{
	return make_mapper(out, call, SELECT | BY_ATTRIBUTE);
}

int pv_jinja_filter_rejectattr(pv_jinja_value *out, pv_jinja_call *call)
{
	return make_mapper(out, call, REJECT | BY_ATTRIBUTE);
}
