/* SPDX-License-Identifier: MIT
 *
 * The table of filters, sorted by name, and the two that are about attributes
 * and absence. VOLATILE are those that look at autoescaping or settings.
 */
#include "jinja/filter/filters.h"

#include "base/mem.h"
#include "jinja/method/methods.h"
#include "jinja/run/argument.h"

int pv_jinja_filter_default(pv_jinja_value *out, pv_jinja_call *call)
{
	int rc = pv_jinja_bool_arg(call, 2, 0);

	if (rc < 0)
		return rc;
	*out = call->args[0];
	if (!pv_jinja_is_undefined(*out)) {
		if (!rc)
			return PV_OK;
		rc = pv_jinja_truth(call->run, *out);
		if (rc)
			return rc < 0 ? rc : PV_OK;
	}
	*out = pv_jinja_is_missing(call->args[1]) ? pv_jinja_text("")
						  : call->args[1];
	return PV_OK;
}

/* A name of Python's own, for which undefined values say that it is absent. */
static int is_protocol(pv_jinja_value name)
{
	return name.len > 1 && !memcmp(name.u.s, "__", 2) &&
	       !memcmp(name.u.s + name.len - 2, "__", 2);
}

int pv_jinja_filter_attr(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value object = call->args[0];
	const pv_jinja_value key = call->args[1];
	pv_jinja_name name;
	int rc;

	if (!pv_jinja_is_str(key))
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "attribute name must be string, not '%s'",
				      pv_jinja_type_name(key));
	if (object.type == PV_JINJA_UNDEFINED && is_protocol(key) &&
	    !pv_jinja_is_special(object, key))
		return pv_jinja_undefined_attr(out, call->run, object, key);
	pv_jinja_name_init(&name, key.u.s, key.len, key.flags);
	rc = pv_jinja_find_safe(out, call->run, object, &name);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	return pv_jinja_undefined_attr(out, call->run, object, key);
}

enum {
	RAW = PV_JINJA_REST | PV_JINJA_KEYWORDS,
	HIDDEN = PV_JINJA_HIDDEN,
	VOLATILE = PV_JINJA_VOLATILE,
	POSITIONAL = PV_JINJA_POSITIONAL,
	PYTHON = PV_JINJA_PYTHON,
	ONE = PV_JINJA_ONE
};

static const pv_jinja_native rows[] = {
	{ "abs", "abs", "x", 1, 1, POSITIONAL, ONE, pv_jinja_filter_abs },
	{ "attr", "do_attr", "obj name", 2, 2, HIDDEN | VOLATILE, PYTHON,
	  pv_jinja_filter_attr },
	{ "batch", "do_batch", "value linecount fill_with", 2, 3, VOLATILE,
	  PYTHON, pv_jinja_filter_batch },
	{ "capitalize", "do_capitalize", "s", 1, 1, 0, PYTHON,
	  pv_jinja_filter_capitalize },
	{ "center", "do_center", "value width", 1, 2, 0, PYTHON,
	  pv_jinja_filter_center },
	{ "count", "len", "obj", 1, 1, POSITIONAL, ONE, pv_jinja_filter_length },
	{ "d", "do_default", "value default_value boolean", 1, 3, 0, PYTHON,
	  pv_jinja_filter_default },
	{ "default", "do_default", "value default_value boolean", 1, 3, 0,
	  PYTHON, pv_jinja_filter_default },
	{ "dictsort", "do_dictsort", "value case_sensitive by reverse", 1, 4, 0,
	  PYTHON, pv_jinja_filter_dictsort },
	{ "e", "escape", "s", 1, 1, POSITIONAL, ONE, pv_jinja_filter_escape },
	{ "escape", "escape", "s", 1, 1, POSITIONAL, ONE, pv_jinja_filter_escape },
	{ "filesizeformat", "do_filesizeformat", "value binary", 1, 2, 0,
	  PYTHON, pv_jinja_filter_filesizeformat },
	{ "first", "sync_do_first", "seq", 1, 1, HIDDEN | VOLATILE, PYTHON,
	  pv_jinja_filter_first },
	{ "float", "do_float", "value default", 1, 2, 0, PYTHON,
	  pv_jinja_filter_float },
	{ "forceescape", "do_forceescape", "value", 1, 1, 0, PYTHON,
	  pv_jinja_filter_forceescape },
	{ "format", "do_format", "value", 1, 1, RAW, PYTHON,
	  pv_jinja_filter_format },
	{ "groupby", "sync_do_groupby", "value attribute default case_sensitive",
	  2, 4, HIDDEN | VOLATILE, PYTHON, pv_jinja_filter_groupby },
	{ "indent", "do_indent", "s width first blank", 1, 4, 0, PYTHON,
	  pv_jinja_filter_indent },
	{ "int", "do_int", "value default base", 1, 3, 0, PYTHON,
	  pv_jinja_filter_int },
	{ "items", "do_items", "value", 1, 1, VOLATILE, PYTHON,
	  pv_jinja_filter_items },
	{ "join", "sync_do_join", "value d attribute", 1, 3, HIDDEN | VOLATILE,
	  PYTHON, pv_jinja_filter_join },
	{ "last", "do_last", "seq", 1, 1, HIDDEN | VOLATILE, PYTHON,
	  pv_jinja_filter_last },
	{ "length", "len", "obj", 1, 1, POSITIONAL, ONE, pv_jinja_filter_length },
	{ "list", "sync_do_list", "value", 1, 1, 0, PYTHON, pv_jinja_filter_list },
	{ "lower", "do_lower", "s", 1, 1, 0, PYTHON, pv_jinja_filter_lower },
	{ "map", "sync_do_map", "value", 1, 1, RAW | HIDDEN | VOLATILE, PYTHON,
	  pv_jinja_filter_map },
	{ "max", "do_max", "value case_sensitive attribute", 1, 3,
	  HIDDEN | VOLATILE, PYTHON, pv_jinja_filter_max },
	{ "min", "do_min", "value case_sensitive attribute", 1, 3,
	  HIDDEN | VOLATILE, PYTHON, pv_jinja_filter_min },
	{ "pprint", "do_pprint", "value", 1, 1, 0, PYTHON,
	  pv_jinja_filter_pprint },
	{ "random", "do_random", "seq", 1, 1, HIDDEN | VOLATILE, PYTHON,
	  pv_jinja_filter_random },
	{ "reject", "sync_do_reject", "value", 1, 1, RAW | HIDDEN | VOLATILE,
	  PYTHON, pv_jinja_filter_reject },
	{ "rejectattr", "sync_do_rejectattr", "value", 1, 1,
	  RAW | HIDDEN | VOLATILE, PYTHON, pv_jinja_filter_rejectattr },
	{ "replace", "do_replace", "s old new count", 3, 4, HIDDEN | VOLATILE,
	  PYTHON, pv_jinja_filter_replace },
	{ "reverse", "do_reverse", "value", 1, 1, VOLATILE, PYTHON,
	  pv_jinja_filter_reverse },
	{ "round", "do_round", "value precision method", 1, 3, 0, PYTHON,
	  pv_jinja_filter_round },
	{ "safe", "do_mark_safe", "value", 1, 1, 0, PYTHON, pv_jinja_filter_safe },
	{ "select", "sync_do_select", "value", 1, 1, RAW | HIDDEN | VOLATILE,
	  PYTHON, pv_jinja_filter_select },
	{ "selectattr", "sync_do_selectattr", "value", 1, 1,
	  RAW | HIDDEN | VOLATILE, PYTHON, pv_jinja_filter_selectattr },
	{ "slice", "sync_do_slice", "value slices fill_with", 2, 3, VOLATILE,
	  PYTHON, pv_jinja_filter_slice },
	{ "sort", "do_sort", "value reverse case_sensitive attribute", 1, 4,
	  HIDDEN | VOLATILE, PYTHON, pv_jinja_filter_sort },
	{ "string", "soft_str", "s", 1, 1, 0, PYTHON, pv_jinja_filter_string },
	{ "striptags", "do_striptags", "value", 1, 1, 0, PYTHON,
	  pv_jinja_filter_striptags },
	{ "sum", "sync_do_sum", "iterable attribute start", 1, 3,
	  HIDDEN | VOLATILE, PYTHON, pv_jinja_filter_sum },
	{ "title", "do_title", "s", 1, 1, 0, PYTHON, pv_jinja_filter_title },
	{ "tojson", "do_tojson", "value", 1, 1, RAW | HIDDEN | VOLATILE, PYTHON,
	  pv_jinja_filter_tojson },
	{ "trim", "do_trim", "value chars", 1, 2, 0, PYTHON,
	  pv_jinja_filter_trim },
	{ "truncate", "do_truncate", "s length killwords end leeway", 1, 5,
	  HIDDEN | VOLATILE, PYTHON, pv_jinja_filter_truncate },
	{ "unique", "sync_do_unique", "value case_sensitive attribute", 1, 3,
	  HIDDEN | VOLATILE, PYTHON, pv_jinja_filter_unique },
	{ "upper", "do_upper", "s", 1, 1, 0, PYTHON, pv_jinja_filter_upper },
	{ "urlencode", "do_urlencode", "value", 1, 1, 0, PYTHON,
	  pv_jinja_filter_urlencode },
	{ "urlize", "do_urlize",
	  "value trim_url_limit nofollow target rel extra_schemes", 1, 6,
	  HIDDEN | VOLATILE, PYTHON, pv_jinja_filter_urlize },
	{ "wordcount", "do_wordcount", "s", 1, 1, 0, PYTHON,
	  pv_jinja_filter_wordcount },
	{ "wordwrap", "do_wordwrap",
	  "s width break_long_words wrapstring break_on_hyphens", 1, 5,
	  HIDDEN | VOLATILE, PYTHON, pv_jinja_filter_wordwrap },
	{ "xmlattr", "do_xmlattr", "d autospace", 1, 2, HIDDEN | VOLATILE,
	  PYTHON, pv_jinja_filter_xmlattr },
};

const pv_jinja_native *pv_jinja_filter_find(const char *name, size_t len)
{
	static const pv_jinja_table table = { rows, pv_array_len(rows) };

	return pv_jinja_table_find(&table, name, len);
}
