/* SPDX-License-Identifier: MIT
 *
 * str.format and str.format_map. Fields are looked up with the environment's
 * own attribute and item rules, so nothing more can be reached than in an
 * expression; nesting of specifications ends after two levels, as in Python.
 */
#include "jinja/method/layout.h"
#include "jinja/method/methods.h"
#include "jinja/method/str_methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"
#include "jinja/value/container.h"
#include "jinja/value/unicode.h"

enum {
	MAX_LEVELS = 2
};

struct formatter {
	pv_jinja_run *run;
	const pv_jinja_call *call; /* NULL of a prompt's text */
	const pv_jinja_dict *map;  /* of format_map or a prompt, or NULL */
	int64_t next;              /* automatic number, -1 after a manual one */
	int is_markup;
	int is_open;  /* attributes and items as Python finds them */
	size_t place; /* in the text: of the brace read last */
};

/* A replacement field: its parts, borrowed from the format. */
struct field {
	pv_jinja_value name; /* "0", "user.name[first]" */
	pv_jinja_value spec;
	char conversion; /* 0, 'r', 's', 'a' */
};

static int fail(pv_jinja_run *run, const char *message)
{
	return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR, "%s", message);
}

/* --- taking a field apart ------------------------------------------------------------ */

/* Behind the name that begins at `at`: the character that ends it, or 0. */
static int read_name(struct field *out, pv_jinja_run *run, pv_jinja_value text,
		     size_t *at)
{
	const size_t start = *at;
	char c = 0;

	while (*at < text.len) {
		c = text.u.s[(*at)++];
		if (c == '{')
			return fail(run, "unexpected '{' in field name");
		if (c == '}' || c == ':' || c == '!')
			break;
		while (c == '[' && *at < text.len && text.u.s[*at] != ']')
			(*at)++;
		c = 0;
	}
	out->name = pv_jinja_part(text, start, c ? *at - 1 : *at);
	return c;
}

/* !r, and what follows it; 1 when that ends the field. */
static int read_conversion(struct field *out, pv_jinja_run *run,
			   pv_jinja_value text, size_t *at)
{
	char c;

	if (*at >= text.len)
		return fail(run, "end of string while looking for conversion "
				 "specifier");
	out->conversion = text.u.s[(*at)++];
	if (*at >= text.len)
		return 0;
	c = text.u.s[(*at)++];
	if (c != '}' && c != ':')
		return fail(run, "expected ':' after conversion specifier");
	return c == '}';
}

/* The rest up to the brace that closes the field. */
static int read_spec(struct field *out, pv_jinja_run *run, pv_jinja_value text,
		     size_t *at)
{
	const size_t start = *at;
	int depth = 1;

	while (*at < text.len) {
		const char c = text.u.s[(*at)++];

		depth += c == '{';
		depth -= c == '}';
		if (!depth) {
			out->spec = pv_jinja_part(text, start, *at - 1);
			return PV_OK;
		}
	}
	return fail(run, "unmatched '{' in format spec");
}

/* The field behind the brace before `at`, which goes behind its end. */
static int read_field(struct field *out, pv_jinja_run *run, pv_jinja_value text,
		      size_t *at)
{
	int c;
	int rc;

	out->conversion = 0;
	out->spec = pv_jinja_part(text, text.len, text.len);
	c = read_name(out, run, text, at);
	if (c < 0 || c == '}')
		return c < 0 ? c : PV_OK;
	if (!c)
		return fail(run, "expected '}' before end of string");
	rc = c == '!' ? read_conversion(out, run, text, at) : 0;
	if (rc)
		return rc < 0 ? rc : PV_OK;
	return read_spec(out, run, text, at);
}

/* --- finding its value --------------------------------------------------------------- */

static int is_digits(pv_jinja_value text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.u.s[i] < '0' || text.u.s[i] > '9')
			return 0;
	return text.len != 0;
}

static int to_number(int64_t *out, pv_jinja_run *run, pv_jinja_value text)
{
	*out = 0;
	for (size_t i = 0; i < text.len; i++) {
		int digit = text.u.s[i] - '0';

		if (*out > (INT64_MAX - digit) / 10)
			return fail(run,
				    "Too many decimal digits in format string");
		*out = *out * 10 + digit;
	}
	return PV_OK;
}

/* Of string.Formatter, which is Python code and differs here and there. */
static int is_formatter(const struct formatter *formatter)
{
	return formatter->is_markup || !formatter->is_open;
}

static int find_number(pv_jinja_value *out, struct formatter *formatter,
		       pv_jinja_value first)
{
	const int is_auto = !first.len;
	int64_t number;
	int rc = to_number(&number, formatter->run, first);

	if (rc < 0)
		return rc;
	if ((is_auto && formatter->next < 0) ||
	    (!is_auto && formatter->next > 0 && is_formatter(formatter)))
		return fail(formatter->run,
			    "cannot switch from manual field specification to "
			    "automatic field numbering");
	if (!is_auto && formatter->next > 0)
		return fail(formatter->run,
			    "cannot switch from automatic field numbering to "
			    "manual field specification");
	if (is_auto)
		number = formatter->next++;
	else
		formatter->next = -1;
	if (formatter->map && formatter->call)
		return fail(formatter->run,
			    "Format string contains positional fields");
	if (formatter->call && number >= (int64_t)formatter->call->count &&
	    is_formatter(formatter))
		return pv_jinja_raise(formatter->run, PV_JINJA_INDEX_ERROR,
				      "tuple index out of range");
	if (!formatter->call || number >= (int64_t)formatter->call->count)
		return pv_jinja_raise(formatter->run, PV_JINJA_INDEX_ERROR,
				      "Replacement index %lld out of range for "
				      "positional args tuple",
				      (long long)number);
	*out = formatter->call->args[number];
	return PV_OK;
}

static int find_first(pv_jinja_value *out, struct formatter *formatter,
		      pv_jinja_value first)
{
	const pv_jinja_call *call = formatter->call;
	int rc = 0;

	first.flags &= (uint8_t)~PV_JINJA_MARKUP;
	if (!first.len || is_digits(first))
		return find_number(out, formatter, first);
	if (formatter->map)
		rc = pv_jinja_dict_find(out, formatter->run, formatter->map,
					first);
	for (size_t i = 0; !formatter->map && call && i < call->keyword_count;
	     i++) {
		if (pv_jinja_equal(formatter->run, call->keywords[i].name,
				   first) != 1)
			continue;
		*out = call->keywords[i].value;
		return PV_OK;
	}
	return rc ? (rc < 0 ? rc : PV_OK)
		  : pv_jinja_raise_key(formatter->run, first);
}

/*
 * Python's getattr: no item stands in for what is missing, unless the objects
 * of a prompt's variables are what it is about, which are dicts here.
 */
static int take_attribute(pv_jinja_value *value,
			  const struct formatter *formatter,
			  const pv_jinja_name *name)
{
	pv_jinja_run *run = formatter->run;
	const pv_jinja_value object = *value;
	const pv_jinja_value *item = NULL;
	int rc;

	if (!formatter->call && object.type == PV_JINJA_DICT)
		item = pv_jinja_dict_find_text(object.u.dict, name->text.u.s,
					       name->text.len, name->hash);
	if (item) {
		*value = *item;
		return PV_OK;
	}
	rc = pv_jinja_find_attr(value, run, object, name);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	return pv_jinja_raise(run, PV_JINJA_ATTRIBUTE_ERROR,
			      "'%s' object has no attribute '%.*s'",
			      pv_jinja_type_name(object), (int)name->text.len,
			      name->text.u.s);
}

/* One ".name" or "[key]" of the field, beginning at `at`. */
static int step_into(pv_jinja_value *value, const struct formatter *formatter,
		     pv_jinja_value path, size_t *at)
{
	pv_jinja_run *run = formatter->run;
	const int is_item = path.u.s[*at] == '[';
	size_t end = *at + 1;
	pv_jinja_value key;
	pv_jinja_name name;
	int64_t number;

	if (!is_item && path.u.s[*at] != '.')
		return fail(run, "Only '.' or '[' may follow ']' in format "
				 "field specifier");
	while (end < path.len &&
	       (is_item ? path.u.s[end] != ']'
			: path.u.s[end] != '.' && path.u.s[end] != '['))
		end++;
	key = pv_jinja_part(path, *at + 1, end);
	*at = end + is_item;
	if (is_item && end >= path.len)
		return fail(run, "Missing ']' in format string");
	if (!key.len)
		return fail(run, "Empty attribute in format string");
	pv_jinja_name_init(&name, key.u.s, key.len, 0);
	if (is_item && is_digits(key)) {
		int rc = to_number(&number, run, key);

		if (rc < 0)
			return rc;
		key = pv_jinja_int(number);
	}
	if (formatter->is_open)
		return is_item ? pv_jinja_subscript(value, run, *value, key)
			       : take_attribute(value, formatter, &name);
	return is_item ? pv_jinja_getitem(value, run, *value, key)
		       : pv_jinja_getattr(value, run, *value, &name);
}

static int find_value(pv_jinja_value *out, struct formatter *formatter,
		      pv_jinja_value path)
{
	size_t at = 0;
	int rc;

	while (at < path.len && path.u.s[at] != '.' && path.u.s[at] != '[')
		at++;
	rc = find_first(out, formatter, pv_jinja_part(path, 0, at));
	while (rc >= 0 && at < path.len)
		rc = step_into(out, formatter, path, &at);
	return rc;
}

/* --- printing it ---------------------------------------------------------------------- */

static int convert(pv_jinja_value *value, pv_jinja_run *run, char conversion)
{
	size_t mark = pv_jinja_begin(run);
	int rc;

	if (conversion == 's')
		return pv_jinja_to_str(value, run, *value);
	if (conversion != 'r' && conversion != 'a')
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "Unknown conversion specifier %c",
				      conversion);
	rc = pv_jinja_put_repr(&run->scratch, run, *value);
	if (rc >= 0)
		rc = pv_jinja_finish(value, run, mark, 0);
	if (rc >= 0 && conversion == 'a')
		rc = pv_jinja_to_ascii(value, run, *value);
	return rc;
}

static int put_field(struct formatter *formatter, pv_jinja_value value,
		     pv_jinja_value spec)
{
	pv_jinja_run *run = formatter->run;
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value text = pv_jinja_missing();
	int rc;

	if (!formatter->is_markup)
		return pv_jinja_put_format(run, value, spec.u.s, spec.len);
	if (pv_jinja_is_markup(value)) {
		if (spec.len)
			return fail(run, "Unsupported format specification for "
					 "Markup.");
		pv_buf_put(&run->scratch, value.u.s, value.len);
		return PV_OK;
	}
	rc = pv_jinja_put_format(run, value, spec.u.s, spec.len);
	if (rc >= 0)
		rc = pv_jinja_finish(&text, run, mark, 0);
	if (rc >= 0)
		pv_jinja_put_escaped(&run->scratch, text.u.s, text.len);
	return rc;
}

static int put_all(struct formatter *formatter, pv_jinja_value text, int levels);

static int fail_deep(pv_jinja_run *run)
{
	return fail(run, "Max string recursion exceeded");
}

/* The field behind the brace before `at`, which goes behind its end. */
static int put_replacement(struct formatter *formatter, pv_jinja_value text,
			   size_t *at, int levels)
{
	pv_jinja_run *run = formatter->run;
	struct field field = { 0 };
	pv_jinja_value value = pv_jinja_missing();
	size_t mark;
	int rc = read_field(&field, run, text, at);

	if (rc >= 0)
		rc = find_value(&value, formatter, field.name);
	if (rc >= 0 && field.conversion)
		rc = convert(&value, run, field.conversion);
	if (rc >= 0 && levels <= 0)
		rc = fail_deep(run);
	if (rc >= 0 && field.spec.len &&
	    memchr(field.spec.u.s, '{', field.spec.len)) {
		mark = pv_jinja_begin(run);
		rc = put_all(formatter, field.spec, levels - 1);
		if (rc >= 0)
			rc = pv_jinja_finish(&field.spec, run, mark, 0);
	}
	return rc < 0 ? rc : put_field(formatter, value, field.spec);
}

/* Copies text up to the next brace; "{{" and "}}" are one each. */
static int put_literal(struct formatter *formatter, pv_jinja_value text,
		       size_t *at)
{
	pv_buf *out = &formatter->run->scratch;
	size_t from = *at;

	while (*at < text.len && text.u.s[*at] != '{' && text.u.s[*at] != '}')
		(*at)++;
	pv_buf_put(out, text.u.s + from, *at - from);
	if (*at >= text.len)
		return PV_OK;
	if (*at + 1 < text.len && text.u.s[*at + 1] == text.u.s[*at]) {
		pv_buf_putc(out, text.u.s[*at]);
		*at += 2;
		return PV_OK;
	}
	if (text.u.s[*at] == '}')
		return fail(formatter->run,
			    "Single '}' encountered in format string");
	if (*at + 1 >= text.len)
		return fail(formatter->run,
			    "Single '{' encountered in format string");
	return 1;
}

/* A level of braces in a specification is a level of recursion here. Those too
 * many are known before their fields are, or, in string.Formatter, behind. */
static int put_all(struct formatter *formatter, pv_jinja_value text, int levels)
{
	size_t at = 0;

	if (levels <= 0 && !is_formatter(formatter))
		return fail_deep(formatter->run);
	while (at < text.len) {
		int rc = put_literal(formatter, text, &at);

		if (levels == MAX_LEVELS)
			formatter->place = at;
		if (rc < 0)
			return rc;
		if (!rc)
			continue;
		at++;
		rc = pv_jinja_spend(formatter->run, 1);
		if (rc >= 0)
			rc = put_replacement(formatter, text, &at, levels);
		if (rc < 0)
			return rc;
	}
	return PV_OK;
}

static int run_format(pv_jinja_value *out, struct formatter *formatter)
{
	pv_jinja_run *run = formatter->run;
	size_t mark = pv_jinja_begin(run);
	int rc;

	formatter->is_markup = pv_jinja_is_markup(formatter->call->self);
	formatter->is_open = run->settings->sandbox == PV_JINJA_OPEN;
	rc = put_all(formatter, formatter->call->self, MAX_LEVELS);
	return rc < 0 ? rc
		      : pv_jinja_finish(out, run, mark,
					formatter->is_markup ? PV_JINJA_MARKUP
							     : 0);
}

int pv_jinja_str_format(pv_jinja_value *out, pv_jinja_call *call)
{
	struct formatter formatter = { .run = call->run, .call = call };

	return run_format(out, &formatter);
}

int pv_jinja_str_format_map(pv_jinja_value *out, pv_jinja_call *call)
{
	struct formatter formatter = { .run = call->run, .call = call };

	if (call->args[0].type != PV_JINJA_DICT)
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "format_map() takes a mapping, not %s",
				      pv_jinja_type_name(call->args[0]));
	formatter.map = call->args[0].u.dict;
	return run_format(out, &formatter);
}

int pv_jinja_format_text(size_t *place_out, pv_jinja_run *run, pv_str text,
			 const pv_jinja_dict *map)
{
	struct formatter formatter = { .run = run, .map = map, .is_open = 1 };
	int rc = put_all(&formatter, pv_jinja_str(text.ptr, text.len, 0),
			 MAX_LEVELS);

	*place_out = formatter.place;
	return rc;
}
