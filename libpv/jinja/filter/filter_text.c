/* SPDX-License-Identifier: MIT
 *
 * Filters on text. Those that go through soft_str() in Jinja2 keep Markup.
 */
#include "jinja/filter/filters.h"
#include "jinja/method/percent.h"
#include "jinja/method/str_methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"
#include "jinja/value/text_case.h"

static int recase(pv_jinja_value *out, pv_jinja_call *call,
		  enum pv_jinja_recase how)
{
	pv_jinja_value text;
	int rc = pv_jinja_to_str(&text, call->run, call->args[0]);

	return rc < 0 ? rc
		      : pv_jinja_recase(out, call->run, text, how, text.flags);
}

int pv_jinja_filter_capitalize(pv_jinja_value *out, pv_jinja_call *call)
{
	return recase(out, call, PV_JINJA_CAPITALIZE);
}

int pv_jinja_filter_lower(pv_jinja_value *out, pv_jinja_call *call)
{
	return recase(out, call, PV_JINJA_LOWER);
}

int pv_jinja_filter_upper(pv_jinja_value *out, pv_jinja_call *call)
{
	return recase(out, call, PV_JINJA_UPPER);
}

int pv_jinja_filter_string(pv_jinja_value *out, pv_jinja_call *call)
{
	return pv_jinja_to_str(out, call->run, call->args[0]);
}

int pv_jinja_filter_center(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_value text;
	int64_t width;
	int rc = pv_jinja_to_str(&text, call->run, call->args[0]);

	if (rc >= 0)
		rc = pv_jinja_int_arg(&width, call, 1, 80);
	return rc < 0 ? rc : pv_jinja_center_text(out, call->run, text, width);
}

int pv_jinja_filter_trim(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_value text;
	int rc = pv_jinja_to_str(&text, call->run, call->args[0]);

	if (rc >= 0 && !pv_jinja_is_absent(call->args[1]))
		rc = pv_jinja_strip_check(call->run, call->args[1], "strip");
	if (rc >= 0)
		*out = pv_jinja_strip_text(text, call->args[1],
					   PV_JINJA_LEFT | PV_JINJA_RIGHT);
	return rc;
}

/* --- title, wordcount ------------------------------------------------------------------ */

static int is_separator(uint32_t c)
{
	/* White space and - ( { [ <, a bit each. */
	static const uint64_t ascii[2] = { 0x10002101F0003E00u,
					   0x0800000008000000u };

	if (c < 0x80)
		return (int)(ascii[c >> 6] >> (c & 63) & 1);
	return (pv_jinja_char_flags(c) & PV_JINJA_CHAR_SPACE) != 0;
}

static void put_ascii_title(pv_buf *out, pv_jinja_value text)
{
	int is_inside = 0;
	char *to;

	pv_buf_reserve(out, text.len);
	if (out->status || !text.len)
		return;
	to = out->ptr + out->len;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.u.s[i];
		char first = is_inside ? 'A' : 'a';

		to[i] = (char)(c ^ ((unsigned)(c - first) < 26) << 5);
		is_inside = !is_separator((unsigned char)c);
	}
	out->len += text.len;
	to[text.len] = '\0';
}

int pv_jinja_filter_title(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_buf *scratch = &call->run->scratch;
	pv_jinja_value text;
	size_t mark;
	int rc = pv_jinja_to_str(&text, call->run, call->args[0]);

	if (rc < 0)
		return rc;
	mark = pv_jinja_begin(call->run);
	if (text.flags & PV_JINJA_ASCII) {
		put_ascii_title(scratch, text);
		return pv_jinja_finish(out, call->run, mark, PV_JINJA_ASCII);
	}
	for (size_t at = 0; at < text.len;) {
		size_t first;
		size_t end;
		size_t size;
		int is_gap = is_separator(
			pv_jinja_decode(text.u.s + at, text.len - at, &first));

		end = at + first;
		while (end < text.len &&
		       is_separator(pv_jinja_decode(text.u.s + end, text.len - end,
						    &size)) == is_gap)
			end += size;
		/* What stands between words has no case. */
		if (is_gap)
			first = end - at;
		pv_jinja_put_recased(scratch, text.u.s + at, first,
				     PV_JINJA_UPPER);
		if (at + first < end)
			pv_jinja_put_recased(scratch, text.u.s + at + first,
					     end - at - first, PV_JINJA_LOWER);
		at = end;
	}
	return pv_jinja_finish(out, call->run, mark, 0);
}

int pv_jinja_filter_wordcount(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_value text;
	int is_in_word = 0;
	int64_t count = 0;
	int rc = pv_jinja_to_str(&text, call->run, call->args[0]);

	if (rc >= 0)
		rc = pv_jinja_spend(call->run, text.len / 16);
	if (rc < 0)
		return rc;
	for (size_t at = 0; at < text.len;) {
		size_t size;
		uint32_t c = pv_jinja_decode(text.u.s + at, text.len - at, &size);
		int is_word = c == '_' ||
			      (pv_jinja_char_flags(c) & PV_JINJA_CHAR_ALNUM);

		count += is_word && !is_in_word;
		is_in_word = is_word;
		at += size;
	}
	*out = pv_jinja_int(count);
	return PV_OK;
}

/* --- replace, format ------------------------------------------------------------------ */

static int has_html(pv_jinja_value value)
{
	return pv_jinja_is_markup(value) ||
	       (value.type == PV_JINJA_OBJECT && value.u.object->kind->is_html);
}

/* The strs of s, old and new as autoescaping wants them. */
static int read_replace(pv_jinja_value texts[3], const pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	int rc = PV_OK;

	for (size_t i = 0; i < 3 && rc >= 0; i++)
		rc = pv_jinja_to_str(&texts[i], run, call->args[i]);
	if (rc < 0)
		return rc;
	if (!run->is_escaping) {
		for (size_t i = 0; i < 3; i++)
			texts[i].flags &= (uint8_t)~PV_JINJA_MARKUP;
		return PV_OK;
	}
	if (has_html(call->args[1]) ||
	    (has_html(call->args[2]) && !has_html(call->args[0])))
		rc = pv_jinja_escape(&texts[0], run, texts[0]);
	if (rc >= 0 && pv_jinja_is_markup(texts[0]))
		rc = pv_jinja_escape(&texts[2], run, texts[2]);
	return rc;
}

int pv_jinja_filter_replace(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_value texts[3];
	int64_t count = -1;
	int rc = read_replace(texts, call);

	if (rc >= 0 && !pv_jinja_is_absent(call->args[3]))
		rc = pv_jinja_int_arg(&count, call, 3, -1);
	return rc < 0 ? rc
		      : pv_jinja_replace_text(out, call->run, texts[0],
					      texts + 1, count);
}

int pv_jinja_filter_format(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	pv_jinja_value text;
	pv_jinja_value args;
	pv_jinja_list *list;
	pv_jinja_dict *dict;
	int rc = pv_jinja_list_new(&list, run, call->count);

	if (call->count > 1 && call->keyword_count)
		return pv_jinja_raise(run, PV_JINJA_FILTER_ARGUMENT_ERROR,
				      "can't handle positional and keyword "
				      "arguments at the same time");
	for (size_t i = 1; i < call->count && rc >= 0; i++)
		rc = pv_jinja_list_add(run, list, call->args[i]);
	if (rc < 0)
		return rc;
	args = pv_jinja_tuple_value(list);
	if (call->keyword_count) {
		rc = pv_jinja_dict_new(&dict, run, call->keyword_count);
		for (size_t i = 0; i < call->keyword_count && rc >= 0; i++)
			rc = pv_jinja_dict_set(run, dict, call->keywords[i].name,
					       call->keywords[i].value);
		args = pv_jinja_dict_value(dict);
	}
	if (rc >= 0)
		rc = pv_jinja_to_str(&text, run, call->args[0]);
	return rc < 0 ? rc : pv_jinja_percent(out, run, text, args);
}

/* --- indent ------------------------------------------------------------------------------ */

struct indent {
	pv_jinja_value unit; /* what is put in front of lines */
	int is_first;
	int is_blank;
};

/* A str (or its own characters), or so many spaces. */
static int read_unit(pv_jinja_value *out, const pv_jinja_call *call)
{
	pv_jinja_value width = call->args[1];

	if (pv_jinja_is_missing(width))
		width = pv_jinja_int(4);
	if (width.type == PV_JINJA_STR)
		*out = width;
	else
		return pv_jinja_arith(out, call->run, PV_JINJA_MUL,
				      pv_jinja_text(" "), width);
	return PV_OK;
}

static int read_indent(struct indent *out, const pv_jinja_call *call)
{
	int rc = read_unit(&out->unit, call);

	if (rc >= 0)
		rc = out->is_first = pv_jinja_bool_arg(call, 2, 0);
	if (rc >= 0)
		rc = out->is_blank = pv_jinja_bool_arg(call, 3, 0);
	return rc;
}

static int put_lines(pv_jinja_run *run, const pv_jinja_list *lines,
		     const struct indent *indent)
{
	size_t mark = pv_jinja_begin(run);
	int rc = PV_OK;

	for (size_t i = 0; i < lines->count && rc >= 0; i++) {
		const pv_jinja_value line = lines->items[i];
		int is_indented =
			i ? line.len || indent->is_blank : indent->is_first;

		if (i)
			pv_buf_putc(&run->scratch, '\n');
		rc = pv_jinja_expect(run, mark, indent->unit.len + line.len);
		if (rc >= 0 && is_indented)
			pv_buf_put(&run->scratch, indent->unit.u.s,
				   indent->unit.len);
		pv_buf_put(&run->scratch, line.u.s, line.len);
	}
	return rc;
}

static int fail_splitlines(pv_jinja_run *run, pv_jinja_value value)
{
	if (value.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, value);
	return pv_jinja_raise(run, PV_JINJA_ATTRIBUTE_ERROR,
			      "'%s' object has no attribute 'splitlines'",
			      pv_jinja_type_name(value));
}

int pv_jinja_filter_indent(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	pv_jinja_value text = call->args[0];
	const int flags = text.flags & PV_JINJA_MARKUP;
	size_t mark = pv_jinja_begin(run);
	struct indent indent;
	pv_jinja_list *lines;
	int rc = read_indent(&indent, call);

	if (rc < 0)
		return rc;
	if (text.type == PV_JINJA_LIST)
		return fail_splitlines(run, text);
	if (text.type == PV_JINJA_TUPLE)
		return pv_jinja_arith(out, run, PV_JINJA_ADD, text,
				      pv_jinja_text("\n"));
	if (text.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, text);
	if (text.type != PV_JINJA_STR)
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "unsupported operand type(s) for +=: '%s' "
				      "and 'str'",
				      pv_jinja_type_name(text));
	pv_buf_put(&run->scratch, text.u.s, text.len);
	pv_buf_putc(&run->scratch, '\n');
	rc = pv_jinja_finish(&text, run, mark, flags);
	if (rc >= 0)
		rc = pv_jinja_split_lines(&lines, run, text, 0);
	if (rc >= 0)
		rc = put_lines(run, lines, &indent);
	return rc < 0 ? rc : pv_jinja_finish(out, run, mark, flags);
}

/* --- truncate ----------------------------------------------------------------------------- */

struct truncate {
	pv_jinja_value length;
	pv_jinja_value leeway;
	pv_jinja_value end;
	int64_t end_len;
};

static int fail_truncate(pv_jinja_run *run, const char *name, int64_t least,
			 pv_jinja_value got)
{
	pv_jinja_value text;
	int rc = pv_jinja_to_str(&text, run, got);

	return rc < 0 ? rc
		      : pv_jinja_raise(run, PV_JINJA_ASSERTION_ERROR,
				       "expected %s >= %lld, got %.*s", name,
				       (long long)least, (int)text.len, text.u.s);
}

static pv_jinja_value either(pv_jinja_value given, pv_jinja_value fallback)
{
	return pv_jinja_is_missing(given) ? fallback : given;
}

static int read_truncate(struct truncate *out, const pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	const pv_jinja_settings *settings = run->settings;
	int rc;

	out->length = either(call->args[1], pv_jinja_int(255));
	out->end = either(call->args[3], pv_jinja_text("..."));
	out->leeway = call->args[4];
	if (pv_jinja_is_absent(out->leeway))
		out->leeway = pv_jinja_int(settings->truncate_leeway_set
						   ? settings->truncate_leeway
						   : 5);
	rc = pv_jinja_len(&out->end_len, run, out->end);
	if (rc >= 0)
		rc = pv_jinja_compare(run, PV_JINJA_GE, out->length,
				      pv_jinja_int(out->end_len));
	if (rc == 0)
		return fail_truncate(run, "length", out->end_len, out->length);
	if (rc >= 0)
		rc = pv_jinja_compare(run, PV_JINJA_GE, out->leeway,
				      pv_jinja_int(0));
	return rc ? rc : fail_truncate(run, "leeway", 0, out->leeway);
}

/* Whether a text is not longer than what is let through: 1 or 0. */
static int is_short(const struct truncate *truncate, pv_jinja_run *run,
		    pv_jinja_value text)
{
	pv_jinja_value most;
	int64_t len;
	int rc = pv_jinja_len(&len, run, text);

	if (rc >= 0)
		rc = pv_jinja_arith(&most, run, PV_JINJA_ADD, truncate->length,
				    truncate->leeway);
	return rc < 0 ? rc
		      : pv_jinja_compare(run, PV_JINJA_LE, pv_jinja_int(len),
					 most);
}

/* Without the last word, which may have been cut; of what is no str it fails in
 * the words of what is tried. */
static int drop_word(pv_jinja_value *text, pv_jinja_run *run)
{
	size_t size;

	if (text->type != PV_JINJA_STR)
		return pv_jinja_raise(run, PV_JINJA_ATTRIBUTE_ERROR,
				      "'%s' object has no attribute 'rsplit'",
				      pv_jinja_type_name(*text));
	size = pv_jinja_rfind_bytes(text->u.s, text->len, " ", 1);
	if (size != PV_JINJA_NOWHERE)
		*text = pv_jinja_part(*text, 0, size);
	return PV_OK;
}

int pv_jinja_filter_truncate(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	pv_jinja_value bounds[3] = { { 0 }, { 0 }, { 0 } };
	struct truncate truncate;
	pv_jinja_value text;
	int kills_words;
	int rc = read_truncate(&truncate, call);

	if (rc >= 0)
		rc = is_short(&truncate, run, call->args[0]);
	*out = call->args[0];
	if (rc)
		return rc < 0 ? rc : PV_OK;
	kills_words = pv_jinja_bool_arg(call, 2, 0);
	if (kills_words < 0)
		return kills_words;
	rc = pv_jinja_arith(&bounds[1], run, PV_JINJA_SUB, truncate.length,
			    pv_jinja_int(truncate.end_len));
	if (rc >= 0)
		rc = pv_jinja_getslice(&text, run, *out, bounds);
	if (rc >= 0 && !kills_words)
		rc = drop_word(&text, run);
	return rc < 0 ? rc
		      : pv_jinja_arith(out, run, PV_JINJA_ADD, text,
				       truncate.end);
}
