/* SPDX-License-Identifier: MIT
 *
 * Attribute paths as map, sort, groupby and others take them.
 */
#include "jinja/filter/filters.h"
#include "jinja/run/argument.h"
#include "jinja/value/text_case.h"

static int is_digits(pv_jinja_value text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.u.s[i] < '0' || text.u.s[i] > '9')
			return 0;
	return text.len != 0;
}

static size_t count_parts(pv_jinja_value text)
{
	size_t count = 1;

	for (size_t i = 0; i < text.len; i++)
		count += text.u.s[i] == '.';
	return count;
}

int pv_jinja_path_init(pv_jinja_path *out, pv_jinja_run *run,
		       pv_jinja_value attribute)
{
	size_t from = 0;
	int rc;

	memset(out, 0, sizeof(*out));
	if (pv_jinja_is_absent(attribute))
		return PV_OK;
	rc = pv_jinja_alloc_array(&out->parts, run,
				  attribute.type == PV_JINJA_STR
					  ? count_parts(attribute)
					  : 1,
				  sizeof(*out->parts));
	if (rc < 0)
		return rc;
	if (attribute.type != PV_JINJA_STR) {
		out->parts[out->count++] = attribute;
		return PV_OK;
	}
	for (size_t at = 0; at <= attribute.len && rc >= 0; at++) {
		pv_jinja_value part;

		if (at < attribute.len && attribute.u.s[at] != '.')
			continue;
		part = pv_jinja_part(attribute, from, at);
		if (is_digits(part))
			rc = pv_jinja_int_of_text(&part, run, part, 10);
		out->parts[out->count++] = part;
		from = at + 1;
	}
	return rc;
}

int pv_jinja_path_get(pv_jinja_value *out, pv_jinja_run *run,
		      const pv_jinja_path *path, pv_jinja_value item)
{
	int rc = PV_OK;

	for (size_t i = 0; i < path->count && rc >= 0; i++) {
		rc = pv_jinja_getitem(&item, run, item, path->parts[i]);
		if (rc >= 0 && pv_jinja_is_undefined(item) &&
		    !pv_jinja_is_absent(path->fallback))
			item = path->fallback;
	}
	*out = item;
	if (rc >= 0 && path->ignores_case && pv_jinja_is_str(item))
		rc = pv_jinja_recase(out, run, item, PV_JINJA_LOWER, item.flags);
	return rc;
}
