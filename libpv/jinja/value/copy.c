/* SPDX-License-Identifier: MIT
 *
 * Deep copies. Containers met before are found by address, so shared parts
 * stay shared and cycles closed.
 */
#include "jinja/value/container.h"

struct seen {
	const void *from;
	pv_jinja_value to;
	struct seen *next;
};

enum {
	BUCKETS = 256
};

struct copier {
	pv_jinja_run *run;
	struct seen *buckets[BUCKETS];
};

static struct seen **bucket_of(struct copier *copier, const void *from)
{
	return &copier->buckets[((uintptr_t)from >> 4) % BUCKETS];
}

static int remember(struct copier *copier, const void *from, pv_jinja_value to)
{
	struct seen **bucket = bucket_of(copier, from);
	struct seen *seen;
	int rc = pv_jinja_alloc(&seen, copier->run, sizeof(*seen));

	if (rc < 0)
		return rc;
	seen->from = from;
	seen->to = to;
	seen->next = *bucket;
	*bucket = seen;
	return PV_OK;
}

static int copy_value(pv_jinja_value *out, struct copier *copier,
		      pv_jinja_value value);

static int copy_list(pv_jinja_value *out, struct copier *copier,
		     pv_jinja_value value)
{
	const pv_jinja_list *from = value.u.list;
	pv_jinja_list *list;
	int rc = pv_jinja_list_new(&list, copier->run, from->count);

	*out = value;
	out->u.list = list;
	if (rc >= 0)
		rc = remember(copier, from, *out);
	for (size_t i = 0; i < from->count && rc >= 0; i++) {
		rc = copy_value(&list->items[i], copier, from->items[i]);
		list->count++;
	}
	return rc;
}

static int copy_dict(pv_jinja_value *out, struct copier *copier,
		     pv_jinja_value value)
{
	pv_jinja_dict *dict;
	int rc = pv_jinja_dict_copy(&dict, copier->run, value.u.dict);

	*out = value;
	out->u.dict = dict;
	if (rc >= 0)
		rc = remember(copier, value.u.dict, *out);
	for (size_t i = 0; rc >= 0 && i < dict->used; i++)
		rc = copy_value(&dict->entries[i].value, copier,
				dict->entries[i].value);
	return rc;
}

static int copy_value(pv_jinja_value *out, struct copier *copier,
		      pv_jinja_value value)
{
	int rc;

	if (value.type != PV_JINJA_LIST && value.type != PV_JINJA_TUPLE &&
	    value.type != PV_JINJA_DICT) {
		*out = value;
		return PV_OK;
	}
	for (const struct seen *seen = *bucket_of(copier, value.u.list); seen;
	     seen = seen->next) {
		if (seen->from != value.u.list)
			continue;
		*out = seen->to;
		return PV_OK;
	}
	rc = pv_jinja_enter_value(copier->run);
	if (rc < 0)
		return rc;
	rc = value.type == PV_JINJA_DICT ? copy_dict(out, copier, value)
					 : copy_list(out, copier, value);
	pv_jinja_leave_value(copier->run);
	return rc;
}

int pv_jinja_copy(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value value)
{
	struct copier copier = { .run = run };

	return copy_value(out, &copier, value);
}
