/* SPDX-License-Identifier: MIT
 *
 * The objects that cycler() and joiner() make.
 */
#include "jinja/run/global_objects.h"

#include "jinja/run/argument.h"
#include "jinja/value/build.h"

/* --- cycler -------------------------------------------------------------------------- */

struct cycler {
	pv_jinja_object head;
	pv_jinja_list *items;
	size_t at;
};

static struct cycler *cycler_of(pv_jinja_value value)
{
	return (struct cycler *)value.u.object;
}

static int cycler_next(pv_jinja_value *out, pv_jinja_call *call)
{
	struct cycler *self = cycler_of(call->self);

	*out = self->items->items[self->at];
	self->at = (self->at + 1) % self->items->count;
	return PV_OK;
}

static int cycler_reset(pv_jinja_value *out, pv_jinja_call *call)
{
	cycler_of(call->self)->at = 0;
	*out = pv_jinja_none();
	return PV_OK;
}

static const pv_jinja_native next_row = { .name = "next",
					  .python = "Cycler.next",
					  .params = "",
					  .flags = PV_JINJA_HIDDEN,
					  .wording = PV_JINJA_PYTHON,
					  .fn = cycler_next };
static const pv_jinja_native reset_row = { .name = "reset",
					   .python = "Cycler.reset",
					   .params = "",
					   .flags = PV_JINJA_HIDDEN,
					   .wording = PV_JINJA_PYTHON,
					   .fn = cycler_reset };

static int call_row(pv_jinja_value *out, pv_jinja_call *call)
{
	return pv_jinja_native_call(out, call->data, call);
}

static int bind(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_object *object,
		const pv_jinja_native *row)
{
	pv_jinja_func *func;
	int rc = pv_jinja_alloc(&func, run, sizeof(*func));

	if (rc < 0)
		return rc;
	memset(func, 0, sizeof(*func));
	func->fn = call_row;
	func->data = row;
	func->self = pv_jinja_object_value(object);
	func->name = row->name;
	func->type = "method";
	*out = pv_jinja_func_value(func);
	return 1;
}

static int cycler_get(pv_jinja_value *out, pv_jinja_run *run,
		      pv_jinja_object *object, const pv_jinja_name *name)
{
	const struct cycler *self = (const struct cycler *)object;

	if (pv_jinja_str_is(name->text, "current")) {
		*out = self->items->items[self->at];
		return 1;
	}
	if (pv_jinja_str_is(name->text, "pos")) {
		*out = pv_jinja_int((int64_t)self->at);
		return 1;
	}
	if (pv_jinja_str_is(name->text, "items")) {
		*out = pv_jinja_tuple_value(self->items);
		return 1;
	}
	if (pv_jinja_str_is(name->text, "next"))
		return bind(out, run, object, &next_row);
	if (pv_jinja_str_is(name->text, "reset"))
		return bind(out, run, object, &reset_row);
	return 0;
}

static const pv_jinja_class cycler_class = {
	.name = "Cycler",
	.object_name = "jinja2.utils.Cycler object",
	.get = cycler_get,
};

int pv_jinja_make_cycler(pv_jinja_value *out, pv_jinja_call *call)
{
	struct cycler *self;
	int rc = pv_jinja_refuse_keywords(call, "Cycler.__init__");

	if (rc < 0)
		return rc;
	rc = pv_jinja_alloc(&self, call->run, sizeof(*self));
	if (!call->count)
		return pv_jinja_raise(call->run, PV_JINJA_RUNTIME_ERROR,
				      "at least one item has to be provided");
	if (rc >= 0)
		rc = pv_jinja_list_new(&self->items, call->run, call->count);
	if (rc < 0)
		return rc;
	self->head.kind = &cycler_class;
	self->at = 0;
	memcpy(self->items->items, call->args, call->count * sizeof(*call->args));
	self->items->count = call->count;
	*out = pv_jinja_object_value(&self->head);
	return PV_OK;
}

/* --- joiner --------------------------------------------------------------------------- */

struct joiner {
	pv_jinja_object head;
	pv_jinja_value separator;
	int is_used;
};

static int joiner_call(pv_jinja_value *out, pv_jinja_call *call)
{
	struct joiner *self = (struct joiner *)call->self.u.object;
	int rc = pv_jinja_refuse_arguments(call, "Joiner.__call__");

	if (rc < 0)
		return rc;
	*out = self->is_used ? self->separator : pv_jinja_text("");
	self->is_used = 1;
	return PV_OK;
}

static int joiner_get(pv_jinja_value *out, pv_jinja_run *run,
		      pv_jinja_object *object, const pv_jinja_name *name)
{
	const struct joiner *self = (const struct joiner *)object;

	(void)run;
	if (pv_jinja_str_is(name->text, "sep")) {
		*out = self->separator;
		return 1;
	}
	if (pv_jinja_str_is(name->text, "used")) {
		*out = pv_jinja_bool(self->is_used);
		return 1;
	}
	return 0;
}

static const pv_jinja_class joiner_class = {
	.name = "Joiner",
	.object_name = "jinja2.utils.Joiner object",
	.get = joiner_get,
	.call = joiner_call,
};

int pv_jinja_make_joiner(pv_jinja_value *out, pv_jinja_call *call)
{
	struct joiner *self;
	int rc = pv_jinja_alloc(&self, call->run, sizeof(*self));

	if (rc < 0)
		return rc;
	self->head.kind = &joiner_class;
	self->is_used = 0;
	self->separator = pv_jinja_is_missing(call->args[0])
				  ? pv_jinja_text(", ")
				  : call->args[0];
	*out = pv_jinja_object_value(&self->head);
	return PV_OK;
}
