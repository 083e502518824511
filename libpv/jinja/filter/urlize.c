/* SPDX-License-Identifier: MIT
 *
 * The urlize filter: links in plain text. What is a link is decided word by
 * word, on the escaped text, by url_word.c.
 */
#include "jinja/filter/url_word.h"

#include "jinja/filter/filters.h"
#include "jinja/method/str_methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"
#include "jinja/value/sort.h"
#include "jinja/value/unicode.h"

struct urlize {
	pv_jinja_run *run;
	pv_jinja_value limit; /* of what is shown, if any */
	pv_jinja_value rel;   /* attributes, with a blank in front, or empty */
	pv_jinja_value target;
	pv_jinja_list *schemes; /* or NULL */
};

static void put(struct urlize *urlize, pv_jinja_value text)
{
	pv_buf_put(&urlize->run->scratch, text.u.s, text.len);
}

static void puts_text(struct urlize *urlize, const char *text)
{
	pv_buf_puts(&urlize->run->scratch, text);
}

/* Cuts off what is behind the limit; 1 when there was something. The limit may
 * be of any type that is compared and slices. */
static int shorten(pv_jinja_value *url, const struct urlize *urlize)
{
	const pv_jinja_value bounds[3] = { { 0 }, urlize->limit, { 0 } };
	pv_jinja_run *run = urlize->run;
	int64_t len;
	int rc;

	if (pv_jinja_is_absent(urlize->limit))
		return 0;
	rc = pv_jinja_len(&len, run, *url);
	if (rc >= 0)
		rc = pv_jinja_compare(run, PV_JINJA_GT, pv_jinja_int(len),
				      urlize->limit);
	if (rc <= 0)
		return rc;
	rc = pv_jinja_getslice(url, run, *url, bounds);
	return rc < 0 ? rc : 1;
}

/* <a href="PREFIX URL" rel=... target=...>SHOWN</a> */
static int put_link(struct urlize *urlize, const char *prefix,
		    pv_jinja_value url, int is_shortened)
{
	pv_jinja_value shown = url;
	int rc = is_shortened ? shorten(&shown, urlize) : 0;

	if (rc < 0)
		return rc;
	puts_text(urlize, "<a href=\"");
	puts_text(urlize, prefix);
	put(urlize, url);
	puts_text(urlize, "\"");
	put(urlize, urlize->rel);
	put(urlize, urlize->target);
	puts_text(urlize, ">");
	put(urlize, shown);
	if (rc > 0)
		puts_text(urlize, "...");
	puts_text(urlize, "</a>");
	return PV_OK;
}

static void put_mail(struct urlize *urlize, const char *prefix,
		     pv_jinja_value address)
{
	puts_text(urlize, "<a href=\"");
	puts_text(urlize, prefix);
	put(urlize, address);
	puts_text(urlize, "\">");
	put(urlize, address);
	puts_text(urlize, "</a>");
}

static int has_prefix(pv_jinja_value text, const char *prefix)
{
	size_t len = strlen(prefix);

	return text.len >= len && !memcmp(text.u.s, prefix, len);
}

static int has_char(pv_jinja_value text, char c)
{
	return text.len && memchr(text.u.s, c, text.len) != NULL;
}

static int is_of_scheme(const struct urlize *urlize, pv_jinja_value text)
{
	for (size_t i = 0; urlize->schemes && i < urlize->schemes->count; i++) {
		const pv_jinja_value scheme = urlize->schemes->items[i];

		if (text.len > scheme.len &&
		    !memcmp(text.u.s, scheme.u.s, scheme.len))
			return 1;
	}
	return 0;
}

static int put_middle(struct urlize *urlize, pv_jinja_value text)
{
	if (pv_jinja_is_web_address(text))
		return put_link(urlize,
				has_prefix(text, "https://") ||
						has_prefix(text, "http://")
					? ""
					: "https://",
				text, 1);
	if (has_prefix(text, "mailto:") &&
	    pv_jinja_is_mail_address(pv_jinja_part(text, 7, text.len)))
		put_mail(urlize, "mailto:", pv_jinja_part(text, 7, text.len));
	else if (has_char(text, '@') && !has_prefix(text, "www.") &&
		 text.u.s[0] != '@' && !has_char(text, ':') &&
		 pv_jinja_is_mail_address(text))
		put_mail(urlize, "mailto:", text);
	else if (is_of_scheme(urlize, text))
		return put_link(urlize, "", text, 0);
	else
		put(urlize, text);
	return PV_OK;
}

static int put_word(struct urlize *urlize, pv_jinja_value word)
{
	pv_jinja_word parts;
	int rc = pv_jinja_spend(urlize->run, 1 + word.len / 16);

	if (rc < 0)
		return rc;
	pv_jinja_split_word(&parts, word);
	put(urlize, pv_jinja_part(word, 0, parts.from));
	rc = put_middle(urlize, pv_jinja_part(word, parts.from, parts.to));
	put(urlize, pv_jinja_part(word, parts.to, word.len));
	return rc;
}

static int is_space(pv_jinja_value text, size_t at, size_t *size)
{
	uint32_t c = pv_jinja_decode(text.u.s + at, text.len - at, size);

	return (pv_jinja_char_flags(c) & PV_JINJA_CHAR_SPACE) != 0;
}

static int put_words(struct urlize *urlize, pv_jinja_value text)
{
	size_t at = 0;
	int rc = PV_OK;

	while (at < text.len && rc >= 0) {
		size_t from = at;
		size_t size;

		while (at < text.len && is_space(text, at, &size))
			at += size;
		put(urlize, pv_jinja_part(text, from, at));
		from = at;
		while (at < text.len && !is_space(text, at, &size))
			at += size;
		if (at > from)
			rc = put_word(urlize, pv_jinja_part(text, from, at));
	}
	return rc;
}

/* --- options -------------------------------------------------------------------------- */

static int add_words(pv_jinja_run *run, pv_jinja_dict *set, pv_jinja_value text)
{
	pv_jinja_value words;
	pv_jinja_value blanks[2] = { { 0 }, { 0 } };
	pv_jinja_call call = {
		.run = run, .self = text, .args = blanks, .count = 2
	};
	int rc = pv_jinja_str_split(&words, &call);

	for (size_t i = 0; rc >= 0 && i < words.u.list->count; i++)
		rc = pv_jinja_dict_set(run, set, words.u.list->items[i],
				       pv_jinja_none());
	return rc;
}

/* ` NAME="a b"`, escaped; nothing for an empty value. */
static int make_attribute(pv_jinja_value *out, pv_jinja_run *run,
			  const char *name, pv_jinja_value value)
{
	size_t mark = pv_jinja_begin(run);
	int rc = pv_jinja_truth(run, value);

	*out = pv_jinja_text("");
	if (rc <= 0)
		return rc;
	pv_buf_printf(&run->scratch, " %s=\"", name);
	rc = pv_jinja_put_str(&run->scratch, run, value, 1);
	pv_buf_putc(&run->scratch, '"');
	return rc < 0 ? rc : pv_jinja_finish(out, run, mark, 0);
}

/* The words of rel, of the policy and "nofollow", sorted, as one text. */
static int read_rel(pv_jinja_value *out, const pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	const char *policy = run->settings->urlize_rel;
	const pv_jinja_value rel = call->args[4];
	size_t mark;
	pv_jinja_dict *set;
	pv_jinja_list *words;
	pv_jinja_list *keys;
	int rc = pv_jinja_dict_new(&set, run, 0);

	if (rc >= 0 && pv_jinja_is_str(rel))
		rc = add_words(run, set, rel);
	if (rc >= 0)
		rc = pv_jinja_bool_arg(call, 2, 0);
	if (rc == 1)
		rc = add_words(run, set, pv_jinja_text("nofollow"));
	if (rc >= 0)
		rc = add_words(run, set,
			       pv_jinja_text(policy ? policy : "noopener"));
	if (rc >= 0)
		rc = pv_jinja_to_list(&words, run, pv_jinja_dict_value(set));
	if (rc >= 0)
		rc = pv_jinja_to_list(&keys, run, pv_jinja_list_value(words));
	if (rc >= 0)
		rc = pv_jinja_sort(run, words->items, keys->items, words->count,
				   0);
	if (rc < 0)
		return rc;
	mark = pv_jinja_begin(run);
	for (size_t i = 0; i < words->count; i++) {
		if (i)
			pv_buf_putc(&run->scratch, ' ');
		pv_buf_put(&run->scratch, words->items[i].u.s,
			   words->items[i].len);
	}
	return pv_jinja_finish(out, run, mark, 0);
}

static int read_schemes(struct urlize *urlize, pv_jinja_value schemes)
{
	pv_jinja_run *run = urlize->run;
	pv_jinja_list *list;
	int rc;

	if (pv_jinja_is_absent(schemes))
		return PV_OK;
	rc = pv_jinja_to_list(&list, run, schemes);
	for (size_t i = 0; rc >= 0 && i < list->count; i++) {
		size_t mark = pv_jinja_begin(run);
		pv_jinja_value quoted;

		rc = pv_jinja_need_str(run, list->items[i],
				       "expected string or bytes-like object");
		if (rc < 0 || pv_jinja_is_scheme(list->items[i]))
			continue;
		rc = pv_jinja_put_repr(&run->scratch, run, list->items[i]);
		if (rc >= 0)
			rc = pv_jinja_finish(&quoted, run, mark, 0);
		if (rc >= 0)
			return pv_jinja_raise(run, PV_JINJA_FILTER_ARGUMENT_ERROR,
					      "%.*s is not a valid URI scheme "
					      "prefix.",
					      (int)quoted.len, quoted.u.s);
	}
	urlize->schemes = list;
	return rc;
}

static int read_options(struct urlize *urlize, const pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	const char *policy = run->settings->urlize_target;
	pv_jinja_value target = call->args[3];
	pv_jinja_value rel;
	int rc = read_rel(&rel, call);

	urlize->run = run;
	urlize->limit = call->args[1];
	if (pv_jinja_is_absent(target))
		target = pv_jinja_text(policy ? policy : "");
	if (rc >= 0)
		rc = read_schemes(urlize, call->args[5]);
	if (rc >= 0)
		rc = make_attribute(&urlize->rel, run, "rel", rel);
	if (rc >= 0)
		rc = make_attribute(&urlize->target, run, "target", target);
	return rc;
}

int pv_jinja_filter_urlize(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	struct urlize urlize = { 0 };
	pv_jinja_value text = pv_jinja_missing();
	size_t mark;
	int rc = read_options(&urlize, call);

	if (rc >= 0)
		rc = pv_jinja_escape(&text, run, call->args[0]);
	mark = pv_jinja_begin(run);
	if (rc >= 0)
		rc = put_words(&urlize, text);
	return rc < 0 ? rc
		      : pv_jinja_finish(out, run, mark,
					run->is_escaping ? PV_JINJA_MARKUP : 0);
}
