/* SPDX-License-Identifier: MIT
 *
 * Markdown in a page: what is rendered, what is shown as the text it is, and
 * that no input takes cmark down or long.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv.h>

#include "diff/markdown.h"

static void view(pv_buf *out, const char *before, const char *after)
{
	pv_buf_clear(out);
	assert_int_equal(pv_markdown_view(out, pv_str_of(before),
					  pv_str_of(after), NULL),
			 PV_OK);
}

/* A text that came, rendered. */
static void expect(const char *text, const char *html)
{
	static const char start[] = "<ins><p class=label>Added</p>\n";
	static const char end[] = "</ins>\n";
	pv_buf want = { 0 };
	pv_buf out = { 0 };

	view(&out, "", text);
	pv_buf_printf(&want, "%s%s%s", start, html, end);
	assert_string_equal(pv_buf_text(&out), want.ptr);
	pv_buf_dispose(&want);
	pv_buf_dispose(&out);
}

static void test_diff_markdown__renders_blocks_and_spans(void **state)
{
	(void)state;
	expect("# A *b*\n\nc **d** `e`  \nf\\\ng\n\n---\n",
	       "<p class=h1>A <em>b</em></p>\n"
	       "<p>c <strong>d</strong> <code>e</code><br>\nf<br>\ng</p>\n"
	       "<hr>\n");
	expect("- a\n- b\n  1. c\n\n> d\n\n```js\nlet x = '<';\n\n```\n",
	       "<ul>\n<li>a\n</li>\n<li>b\n<ol>\n<li>c\n</li>\n</ol>\n</li>\n"
	       "</ul>\n<blockquote>\n<p>d</p>\n</blockquote>\n"
	       "<pre><code>let x = &#39;&lt;&#39;;\n\n</code></pre>\n");
	expect("3. a\n\n   b\n4. c\n",
	       "<ol start=3>\n<li><p>a</p>\n<p>b</p>\n</li>\n<li><p>c</p>\n"
	       "</li>\n</ol>\n");
}

static void test_diff_markdown__follows_safe_links_only(void **state)
{
	(void)state;
	expect("[a](https://x.org/?b=1&c=\"d\")\n",
	       "<p><a rel=\"noopener noreferrer\" "
	       "href=\"https://x.org/?b=1&amp;c=&quot;d&quot;\">a</a></p>\n");
	expect("<mailto:a@b.c>\n",
	       "<p><a rel=\"noopener noreferrer\" href=\"mailto:a@b.c\">"
	       "mailto:a@b.c</a></p>\n");
	expect("[a](javascript:alert(1))\n",
	       "<p>a (<code><bdi>javascript:alert(1)</bdi></code>)</p>\n");
	expect("[a](JavaScript:x) [b](&#106;avascript:x) [c](data:text/html,x)\n",
	       "<p>a (<code><bdi>JavaScript:x</bdi></code>) "
	       "b (<code><bdi>javascript:x</bdi></code>) "
	       "c (<code><bdi>data:text/html,x</bdi></code>)</p>\n");
	expect("<vbscript:x> [d](//evil.org) [e][f]\n\n[f]: file:///etc/passwd\n",
	       "<p>vbscript:x (<code><bdi>vbscript:x</bdi></code>) "
	       "d (<code><bdi>//evil.org</bdi></code>) "
	       "e (<code><bdi>file:///etc/passwd</bdi></code>)</p>\n");
	expect("[![[a](http://a)](http://b)](http://c)\n",
	       "<p>[[image: <a rel=\"noopener noreferrer\" href=\"http://a\">a"
	       "</a>] (<code><bdi>http://b</bdi></code>)](http://c)</p>\n");
}

static void test_diff_markdown__shows_the_rest_as_text(void **state)
{
	(void)state;
	expect("*a* <b onclick=x>c</b> ![d](http://x/y.png)\n",
	       "<p><em>a</em> <code>&lt;b onclick=x&gt;</code>c"
	       "<code>&lt;/b&gt;</code> [image: d] "
	       "(<code><bdi>http://x/y.png</bdi></code>)</p>\n");
	expect("*a*\n\n<script>\nalert(1)\n</script>\n",
	       "<p><em>a</em></p>\n"
	       "<pre><code>&lt;script&gt;\nalert(1)\n&lt;/script&gt;\n"
	       "</code></pre>\n");
	expect("*a \xe2\x80\xae* \xff &#x202e; &lt;b&gt;\n",
	       "<p><em>a <span class=x>\\u202e</span></em> "
	       "<span class=x>\\xff</span> <span class=x>\\u202e</span> "
	       "&lt;b&gt;</p>\n");
}

static void test_diff_markdown__leaves_plain_text_alone(void **state)
{
	pv_buf out = { 0 };

	(void)state;
	view(&out, "Sort {{ ticket }}.\n", "Sort {{ a * b * c }} now.\n");
	assert_int_equal(out.len, 0);
	view(&out, "<role>\n", "<role>\n\n    indented\n");
	assert_int_equal(out.len, 0);
	view(&out, "", "Well-known snake_case = 1.5 (2nd) - or so.\n");
	assert_int_equal(out.len, 0);
	view(&out, "", "");
	assert_int_equal(out.len, 0);
	pv_buf_dispose(&out);
}

static int has_tag(const pv_buf *page)
{
	static const char *const tags[] = { "<p class=h",  "<ul",   "<ol",
					    "<blockquote", "<hr",   "<em>",
					    "<strong>",    "<a rel" };

	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (strstr(pv_buf_text(page), tags[i]))
			return 1;
	return 0;
}

/*
 * A text is parsed only when it may have markup; beside one that has, it is
 * parsed in any case.
 */
static void expect_same_judgement(const char *text)
{
	pv_buf alone = { 0 };
	pv_buf beside = { 0 };

	view(&alone, "", text);
	view(&beside, "`", text); /* is parsed, and is none */
	assert_int_equal(has_tag(&alone), has_tag(&beside));
	assert_int_equal(alone.len > 0, has_tag(&beside));
	pv_buf_dispose(&alone);
	pv_buf_dispose(&beside);
}

/* All texts of up to five of these, which may make lines, lists and words. */
static void test_diff_markdown__takes_no_markup_for_prose(void **state)
{
	static const char signs[] = " \na1.)#-_=>+*";
	const size_t count = sizeof(signs) - 1;
	size_t total = 1;

	(void)state;
	for (size_t len = 1; len <= 5; len++) {
		total *= count;
		for (size_t i = 0; i < total; i += len < 5 ? 1 : 7) {
			char text[6] = "";
			size_t rest = i;

			for (size_t k = 0; k < len; k++, rest /= count)
				text[k] = signs[rest % count];
			expect_same_judgement(text);
		}
	}
}

static void test_diff_markdown__reads_lines_as_cmark_does(void **state)
{
	(void)state;
	expect("\xef\xbb\xbf# A\n", "<p class=h1>A</p>\n");
	expect("a\r# b\r", "<p>a</p>\n<p class=h1>b</p>\n");
	expect("\t a\n \t\n   12) b\n", "<pre><code> a\n</code></pre>\n"
					"<ol start=12>\n<li>b\n</li>\n</ol>\n");
	expect("snake_case and _that_\n",
	       "<p>snake_case and <em>that</em></p>\n");
}

static void test_diff_markdown__marks_blocks(void **state)
{
	pv_buf out = { 0 };

	(void)state;
	view(&out, "# A\n\none two\n\nthree\r\n\r\nfour\n\n- five\n",
	     "# A\n\none\ntwo\n\nthree and\n\nmore\n\nfour\n\n- five\n");
	assert_string_equal(out.ptr,
			    "<details><summary>1 unchanged block</summary>\n"
			    "<p class=h1>A</p>\n</details>\n"
			    "<p>one\ntwo</p>\n"
			    "<del><p class=label>Removed</p>\n"
			    "<p>three</p>\n</del>\n"
			    "<ins><p class=label>Added</p>\n"
			    "<p>three and</p>\n<p>more</p>\n</ins>\n"
			    "<p>four</p>\n"
			    "<details><summary>1 unchanged block</summary>\n"
			    "<ul>\n<li>five\n</li>\n</ul>\n</details>\n");
	pv_buf_dispose(&out);
}

/* `unit` again and again, up to `len` bytes in all. */
static void repeat(pv_buf *text, const char *unit, size_t len)
{
	pv_buf_clear(text);
	while (text->len + strlen(unit) <= len)
		pv_buf_puts(text, unit);
}

static void test_diff_markdown__stands_what_is_meant_to_hurt(void **state)
{
	static const char *const units[] = {
		"[",        "![[]()", "*a_ ",    "**a *a ", "> ",
		"- ",       "[a](<b", "<!--",    "<a b='",  "&",
		"[a]: b\n", "`a``b",  "1. a\n ", "\\",
	};
	pv_buf text = { 0 };
	pv_buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		repeat(&text, units[i], PV_MARKDOWN_MAX);
		view(&out, "", text.ptr);
		assert_true(out.len < 64 * text.len);
	}
	repeat(&text, "> ", 200);
	view(&out, "", text.ptr);
	assert_int_equal(out.len, 0);
	repeat(&text, "*a* ", (size_t)PV_MARKDOWN_MAX + 4);
	view(&out, "", text.ptr);
	assert_int_equal(out.len, 0);
	pv_buf_dispose(&text);
	pv_buf_dispose(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff_markdown__renders_blocks_and_spans),
		cmocka_unit_test(test_diff_markdown__follows_safe_links_only),
		cmocka_unit_test(test_diff_markdown__shows_the_rest_as_text),
		cmocka_unit_test(test_diff_markdown__leaves_plain_text_alone),
		cmocka_unit_test(test_diff_markdown__takes_no_markup_for_prose),
		cmocka_unit_test(test_diff_markdown__reads_lines_as_cmark_does),
		cmocka_unit_test(test_diff_markdown__marks_blocks),
		cmocka_unit_test(test_diff_markdown__stands_what_is_meant_to_hurt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
