/* SPDX-License-Identifier: MIT
 *
 * The table of str's methods, with those that map case or ask what characters
 * are; Markup has them too, and its own.
 */
#include "base/mem.h"
#include "jinja/filter/html.h"
#include "jinja/method/methods.h"
#include "jinja/method/str_methods.h"
#include "jinja/value/text_case.h"

static int recase(pv_jinja_value *out, pv_jinja_call *call,
		  enum pv_jinja_recase how)
{
	return pv_jinja_recase(out, call->run, call->self, how, call->self.flags);
}

static int str_capitalize(pv_jinja_value *out, pv_jinja_call *call)
{
	return recase(out, call, PV_JINJA_CAPITALIZE);
}

static int str_casefold(pv_jinja_value *out, pv_jinja_call *call)
{
	return recase(out, call, PV_JINJA_CASEFOLD);
}

static int str_lower(pv_jinja_value *out, pv_jinja_call *call)
{
	return recase(out, call, PV_JINJA_LOWER);
}

static int str_swapcase(pv_jinja_value *out, pv_jinja_call *call)
{
	return recase(out, call, PV_JINJA_SWAPCASE);
}

static int str_title(pv_jinja_value *out, pv_jinja_call *call)
{
	return recase(out, call, PV_JINJA_TITLE);
}

static int str_upper(pv_jinja_value *out, pv_jinja_call *call)
{
	return recase(out, call, PV_JINJA_UPPER);
}

/* --- predicates -------------------------------------------------------------------- */

/* Whether every character has one of the flags. */
static int are_all(pv_jinja_value text, unsigned flags)
{
	for (size_t at = 0; at < text.len;) {
		size_t size;
		uint32_t c = pv_jinja_decode(text.u.s + at, text.len - at, &size);

		if (!(pv_jinja_char_flags(c) & flags))
			return 0;
		at += size;
	}
	return 1;
}

static int say_all(pv_jinja_value *out, const pv_jinja_call *call, unsigned flags)
{
	*out = pv_jinja_bool(call->self.len && are_all(call->self, flags));
	return PV_OK;
}

static int str_isalnum(pv_jinja_value *out, pv_jinja_call *call)
{
	return say_all(out, call, PV_JINJA_CHAR_ALNUM);
}

static int str_isalpha(pv_jinja_value *out, pv_jinja_call *call)
{
	return say_all(out, call, PV_JINJA_CHAR_ALPHA);
}

static int str_isascii(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_bool(pv_jinja_is_ascii(call->self.u.s, call->self.len));
	return PV_OK;
}

static int str_isdecimal(pv_jinja_value *out, pv_jinja_call *call)
{
	return say_all(out, call, PV_JINJA_CHAR_DECIMAL);
}

static int str_isdigit(pv_jinja_value *out, pv_jinja_call *call)
{
	return say_all(out, call, PV_JINJA_CHAR_DIGIT);
}

static int str_isnumeric(pv_jinja_value *out, pv_jinja_call *call)
{
	return say_all(out, call, PV_JINJA_CHAR_NUMERIC);
}

static int str_isspace(pv_jinja_value *out, pv_jinja_call *call)
{
	return say_all(out, call, PV_JINJA_CHAR_SPACE);
}

static int str_isprintable(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_bool(are_all(call->self, PV_JINJA_CHAR_PRINTABLE));
	return PV_OK;
}

static int str_isidentifier(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value text = call->self;
	int is_one = 0;

	if (text.len) {
		size_t size;
		uint32_t c = pv_jinja_decode(text.u.s, text.len, &size);

		is_one = (pv_jinja_char_flags(c) & PV_JINJA_CHAR_ID_START) &&
			 are_all(text, PV_JINJA_CHAR_ID_CONTINUE);
	}
	*out = pv_jinja_bool(is_one);
	return PV_OK;
}

static int str_islower(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_bool(pv_jinja_is_lower(call->self));
	return PV_OK;
}

static int str_isupper(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_bool(pv_jinja_is_upper(call->self));
	return PV_OK;
}

static int is_title(pv_jinja_value text)
{
	int is_cased_before = 0;
	int is_any = 0;

	for (size_t at = 0; at < text.len;) {
		size_t size;
		unsigned flags = pv_jinja_char_flags(
			pv_jinja_decode(text.u.s + at, text.len - at, &size));

		if (flags & (PV_JINJA_CHAR_UPPER | PV_JINJA_CHAR_TITLE)) {
			if (is_cased_before)
				return 0;
			is_cased_before = is_any = 1;
		} else if (flags & PV_JINJA_CHAR_LOWER) {
			if (!is_cased_before)
				return 0;
			is_any = 1;
		} else {
			is_cased_before = 0;
		}
		at += size;
	}
	return is_any;
}

static int str_istitle(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_bool(is_title(call->self));
	return PV_OK;
}

/* --- the table ----------------------------------------------------------------------- */

enum {
	POSITIONAL = PV_JINJA_POSITIONAL,
	NOARGS = PV_JINJA_NOARGS,
	ONE = PV_JINJA_ONE,
	EXPECTED = PV_JINJA_EXPECTED,
	CLINIC = PV_JINJA_CLINIC
};

static const pv_jinja_native rows[] = {
	{ "capitalize", "str.capitalize", "", 0, 0, POSITIONAL, NOARGS,
	  str_capitalize },
	{ "casefold", "str.casefold", "", 0, 0, POSITIONAL, NOARGS, str_casefold },
	{ "center", "str.center", "width fillchar", 1, 2, POSITIONAL, EXPECTED,
	  pv_jinja_str_center },
	{ "count", "str.count", "sub start end", 1, 3, POSITIONAL, CLINIC,
	  pv_jinja_str_count },
	{ "endswith", "str.endswith", "suffix start end", 1, 3, POSITIONAL,
	  CLINIC, pv_jinja_str_endswith },
	{ "expandtabs", "str.expandtabs", "tabsize", 0, 1, 0, CLINIC,
	  pv_jinja_str_expandtabs },
	{ "find", "str.find", "sub start end", 1, 3, POSITIONAL, CLINIC,
	  pv_jinja_str_find },
	{ "format", "str.format", "", 0, 0, PV_JINJA_REST | PV_JINJA_KEYWORDS,
	  CLINIC, pv_jinja_str_format },
	{ "format_map", "str.format_map", "mapping", 1, 1, POSITIONAL, ONE,
	  pv_jinja_str_format_map },
	{ "index", "str.index", "sub start end", 1, 3, POSITIONAL, CLINIC,
	  pv_jinja_str_index },
	{ "isalnum", "str.isalnum", "", 0, 0, POSITIONAL, NOARGS, str_isalnum },
	{ "isalpha", "str.isalpha", "", 0, 0, POSITIONAL, NOARGS, str_isalpha },
	{ "isascii", "str.isascii", "", 0, 0, POSITIONAL, NOARGS, str_isascii },
	{ "isdecimal", "str.isdecimal", "", 0, 0, POSITIONAL, NOARGS,
	  str_isdecimal },
	{ "isdigit", "str.isdigit", "", 0, 0, POSITIONAL, NOARGS, str_isdigit },
	{ "isidentifier", "str.isidentifier", "", 0, 0, POSITIONAL, NOARGS,
	  str_isidentifier },
	{ "islower", "str.islower", "", 0, 0, POSITIONAL, NOARGS, str_islower },
	{ "isnumeric", "str.isnumeric", "", 0, 0, POSITIONAL, NOARGS,
	  str_isnumeric },
	{ "isprintable", "str.isprintable", "", 0, 0, POSITIONAL, NOARGS,
	  str_isprintable },
	{ "isspace", "str.isspace", "", 0, 0, POSITIONAL, NOARGS, str_isspace },
	{ "istitle", "str.istitle", "", 0, 0, POSITIONAL, NOARGS, str_istitle },
	{ "isupper", "str.isupper", "", 0, 0, POSITIONAL, NOARGS, str_isupper },
	{ "join", "str.join", "iterable", 1, 1, POSITIONAL, ONE,
	  pv_jinja_str_join },
	{ "ljust", "str.ljust", "width fillchar", 1, 2, POSITIONAL, EXPECTED,
	  pv_jinja_str_ljust },
	{ "lower", "str.lower", "", 0, 0, POSITIONAL, NOARGS, str_lower },
	{ "lstrip", "str.lstrip", "chars", 0, 1, POSITIONAL, EXPECTED,
	  pv_jinja_str_lstrip },
	{ "maketrans", "maketrans", "x y z", 1, 3, POSITIONAL, EXPECTED,
	  pv_jinja_str_maketrans },
	{ "partition", "str.partition", "sep", 1, 1, POSITIONAL, ONE,
	  pv_jinja_str_partition },
	{ "removeprefix", "str.removeprefix", "prefix", 1, 1, POSITIONAL, ONE,
	  pv_jinja_str_removeprefix },
	{ "removesuffix", "str.removesuffix", "suffix", 1, 1, POSITIONAL, ONE,
	  pv_jinja_str_removesuffix },
	{ "replace", "str.replace", "old new count", 2, 3, POSITIONAL, EXPECTED,
	  pv_jinja_str_replace },
	{ "rfind", "str.rfind", "sub start end", 1, 3, POSITIONAL, CLINIC,
	  pv_jinja_str_rfind },
	{ "rindex", "str.rindex", "sub start end", 1, 3, POSITIONAL, CLINIC,
	  pv_jinja_str_rindex },
	{ "rjust", "str.rjust", "width fillchar", 1, 2, POSITIONAL, EXPECTED,
	  pv_jinja_str_rjust },
	{ "rpartition", "str.rpartition", "sep", 1, 1, POSITIONAL, ONE,
	  pv_jinja_str_rpartition },
	{ "rsplit", "str.rsplit", "sep maxsplit", 0, 2, 0, CLINIC,
	  pv_jinja_str_rsplit },
	{ "rstrip", "str.rstrip", "chars", 0, 1, POSITIONAL, EXPECTED,
	  pv_jinja_str_rstrip },
	{ "split", "str.split", "sep maxsplit", 0, 2, 0, CLINIC,
	  pv_jinja_str_split },
	{ "splitlines", "str.splitlines", "keepends", 0, 1, 0, CLINIC,
	  pv_jinja_str_splitlines },
	{ "startswith", "str.startswith", "prefix start end", 1, 3, POSITIONAL,
	  CLINIC, pv_jinja_str_startswith },
	{ "strip", "str.strip", "chars", 0, 1, POSITIONAL, EXPECTED,
	  pv_jinja_str_strip },
	{ "striptags", "Markup.striptags", "", 0, 0, PV_JINJA_HIDDEN,
	  PV_JINJA_PYTHON, pv_jinja_markup_striptags },
	{ "swapcase", "str.swapcase", "", 0, 0, POSITIONAL, NOARGS, str_swapcase },
	{ "title", "str.title", "", 0, 0, POSITIONAL, NOARGS, str_title },
	{ "translate", "str.translate", "table", 1, 1, POSITIONAL, ONE,
	  pv_jinja_str_translate },
	{ "unescape", "Markup.unescape", "", 0, 0, PV_JINJA_HIDDEN,
	  PV_JINJA_PYTHON, pv_jinja_markup_unescape },
	{ "upper", "str.upper", "", 0, 0, POSITIONAL, NOARGS, str_upper },
	{ "zfill", "str.zfill", "width", 1, 1, POSITIONAL, ONE,
	  pv_jinja_str_zfill },
};

const pv_jinja_table pv_jinja_str_methods = { rows, pv_array_len(rows) };
