/* SPDX-License-Identifier: MIT
 *
 * Reports as pages: what they say in which order, that contents stay contents,
 * and that a page stays in bounds.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv.h>

#include "page_check.h"

static void add(pv_diff_report *report, const char *id, pv_str before,
		pv_str after)
{
	pv_diff *diff = NULL;

	assert_int_equal(pv_diff_texts(&diff, before.ptr, before.len, after.ptr,
				       after.len, NULL),
			 PV_OK);
	assert_int_equal(pv_diff_report_add(report, diff, id, "1.0.0", NULL, NULL),
			 PV_OK);
	pv_diff_free(diff);
}

static void finish(pv_buf *out, pv_diff_report *report)
{
	const char *at = "";
	const char *wrong;

	pv_buf_clear(out);
	assert_int_equal(pv_diff_report_print(out, report, NULL), PV_OK);
	pv_diff_report_free(report);
	wrong = page_wrong(out, &at);
	if (wrong)
		fail_msg("%s is wrong here: %.200s", wrong, at);
}

static pv_diff_report *begin(void)
{
	pv_diff_report *report = NULL;

	assert_int_equal(pv_diff_report_new(&report, PV_DIFF_HTML,
					    "</title><b>", NULL, NULL),
			 PV_OK);
	return report;
}

static void print(pv_buf *out, pv_str before, pv_str after)
{
	pv_diff_report *report = begin();

	add(report, "a/b", before, after);
	finish(out, report);
}

static void print_texts(pv_buf *out, const char *before, const char *after)
{
	const pv_str none = { 0 };

	print(out, before ? pv_str_of(before) : none,
	      after ? pv_str_of(after) : none);
}

/* Each of the texts in turn, one after the other. */
static void expect_order(const pv_buf *out, const char *const *texts)
{
	const char *at = strstr(out->ptr, "<body>");

	for (; *texts; texts++) {
		const char *found = strstr(at, *texts);

		if (!found)
			fail_msg("no \"%s\" in: %s", *texts, at);
		at = found + strlen(*texts);
	}
}

static void expect(const pv_buf *out, const char *text)
{
	const char *texts[] = { text, NULL };

	expect_order(out, texts);
}

static void expect_none(const pv_buf *out, const char *text)
{
	const char *found = strstr(strstr(out->ptr, "<body>"), text);

	if (found)
		fail_msg("\"%s\" in: %s", text, found);
}

static void test_diff_page__tells_what_matters_first(void **state)
{
	static const char *const order[] = {
		"<p>1 prompt differs: 1 major.</p>",
		"<input type=radio name=view id=inline checked>",
		"<main id=changes",
		"<h2 id=p1><code><bdi>a/b</bdi></code> "
		"<span class=note>1.0.0</span> "
		"<span class=\"step major\">major</span></h2>",
		"breaking:</span> required variable &quot;three&quot; was added",
		"<li>variable added: <code><bdi>three</bdi></code>, required, ",
		"<li>estimated tokens: 4 → 6</li>",
		"<th scope=row><code><bdi>model.temperature</bdi></code></th>"
		"<td>modified</td>",
		">0.2<",
		">0.3<",
		"<h3><code><bdi>prompt</bdi></code> "
		"<span class=note>modified</span></h3>",
		"<details><summary><code><bdi>goal</bdi></code>: "
		"formatting only</summary>",
		"</main>",
		"Counts of tokens are estimates",
		NULL
	};
	pv_buf out = { 0 };

	(void)state;
	print_texts(&out,
		    "name: A\ngoal: |\n  to be\n  seen\n"
		    "model: {temperature: 0.2}\nprompt: |\n  one\n  two or so\n",
		    "name: A\ngoal: |\n  to\n  be seen\n"
		    "model: {temperature: 0.3}\nprompt: |\n  one\n"
		    "  {{ three }} or so\n");
	expect_order(&out, order);
	expect_none(&out, "id=rendered");
	expect_none(&out, "<nav");
	pv_buf_dispose(&out);
}

static void test_diff_page__marks_words_in_both_views(void **state)
{
	static const char *const order[] = {
		"<div class=vi>",
		"data-n=1>Be <del><span class=hidden>[removed: </span>kind"
		"<span class=hidden>]</span></del><ins>"
		"<span class=hidden>[added: </span>brief"
		"<span class=hidden>]</span></ins> now, and",
		"<span class=l data-n=2>then",
		"<div class=vs>",
		"<th scope=col><span class=hidden>Before</span></th>",
		"<tr class=c><td class=n>1</td><td>Be <del>",
		"</del> now,</td><td class=n>1</td><td>Be <ins>",
		"</ins> now, and</td></tr>",
		"<tr><td class=n>2</td><td>and then end.</td>"
		"<td class=n>2</td><td>then end.</td></tr>",
		NULL
	};
	pv_buf out = { 0 };

	(void)state;
	print_texts(&out, "p: |\n  Be kind now,\n  and then end.\n",
		    "p: |\n  Be brief now, and\n  then end.\n");
	expect_order(&out, order);
	pv_buf_dispose(&out);
}

static void test_diff_page__marks_what_moved_as_such(void **state)
{
	static const char *const order[] = {
		"<td>moved</td><td><span class=k>Before: </span><code>m[2]<",
		"After: </span><code>m[0]<", NULL
	};
	static const char *const scalar[] = {
		"<td>moved <code><bdi>c&lt;d</bdi></code></td>",
		"<code>tags[2]<", "<code>tags[0]<", NULL
	};
	pv_buf out = { 0 };

	(void)state;
	print_texts(&out, "m:\n- {id: a}\n- {id: b}\n- {id: c}\n",
		    "m:\n- {id: c}\n- {id: a}\n- {id: b}\n");
	expect_order(&out, order);
	expect_none(&out, "<del>");
	pv_buf_clear(&out);
	print_texts(&out, "tags: [a, b, c<d]\n", "tags: [c<d, a, b]\n");
	expect_order(&out, scalar);
	expect_none(&out, "<del>");
	pv_buf_dispose(&out);
}

static void test_diff_page__folds_what_did_not_change(void **state)
{
	pv_buf before = { 0 };
	pv_buf after = { 0 };
	pv_buf out = { 0 };

	(void)state;
	for (int i = 0; i < 40; i++)
		pv_buf_printf(&before, "%sline %d\n", i ? "  " : "p: |\n  ", i);
	pv_buf_put(&after, before.ptr, before.len);
	pv_buf_puts(&before, "  old\n");
	pv_buf_puts(&after, "  new\n");
	print_texts(&out, before.ptr, after.ptr);
	expect(&out, "<details><summary>37 unchanged lines</summary>\n"
		     "<pre class=i><span class=l data-n=1>line 0\n");
	expect(&out, "<details><summary>37 unchanged lines</summary>\n"
		     "<table class=s>");
	expect_none(&out, "not shown");
	print_texts(&out, NULL, "a: 1\n");
	expect(&out, "<span class=step>added</span>");
	print_texts(&out, "a: 1\n", "a: '1'\n\n");
	expect_none(&out, "<p>Only");
	print_texts(&out, "a: x\n", "a: 'x'\n\n");
	expect(&out, "<p>Only blanks, quoting or the order of keys differ.");
	expect_none(&out, "<h3>Comments");
	print_texts(&out, NULL, after.ptr);
	expect_none(&out, "<summary>Show the text");
	for (int i = 0; i < 40; i++)
		pv_buf_printf(&after, "  line %d\n", i);
	print_texts(&out, NULL, after.ptr);
	expect(&out, "<summary>Show the text");
	pv_buf_dispose(&before);
	pv_buf_dispose(&after);
	pv_buf_dispose(&out);
}

static void test_diff_page__shows_changed_comments(void **state)
{
	pv_buf after = { 0 };
	pv_buf out = { 0 };

	(void)state;
	print_texts(&out, "# kept\na: 1 # two\n", "# kept\na: 1 # <i>one</i>\n");
	expect(&out, "<h3>Comments <span class=note>modified</span></h3>\n"
		     "<div class=text><pre class=i>"
		     "<span class=\"l c\"><del><span class=hidden>[removed: "
		     "</span># two<span class=hidden>]</span></del>\n</span>"
		     "<span class=\"l c\"><ins><span class=hidden>[added: "
		     "</span># &lt;i&gt;one&lt;/i&gt;<span class=hidden>]</span>"
		     "</ins>\n</span></pre></div>\n");
	expect_none(&out, "# kept");
	expect_none(&out, "<p>Only");
	pv_buf_puts(&after, "a: 1\n");
	for (int i = 0; i < 61; i++)
		pv_buf_printf(&after, "# note %d\n", i);
	print_texts(&out, "a: 1\n", after.ptr);
	expect(&out, "<details><summary>Show 61 lines</summary>\n<div");
	pv_buf_dispose(&after);
	pv_buf_dispose(&out);
}

static void test_diff_page__stays_in_bounds(void **state)
{
	pv_buf before = { 0 };
	pv_buf after = { 0 };
	pv_buf out = { 0 };

	(void)state;
	pv_buf_puts(&before, "p: ");
	for (int i = 0; i < 1 << 20; i++)
		pv_buf_puts(&before, i % 7 ? "x" : " y\xc3\xa4");
	pv_buf_put(&after, before.ptr, before.len);
	pv_buf_puts(&after, " z");
	print_texts(&out, before.ptr, after.ptr);
	assert_true(out.len < 100000);
	expect(&out, " bytes not shown …");
	expect(&out, "shows them whole.");
	print_texts(&out, NULL, before.ptr);
	assert_true(out.len < 400000);
	pv_buf_clear(&before);
	pv_buf_clear(&after);
	for (int i = 0; i < 100000; i++) {
		pv_buf_printf(&before, "[line %d\n", i);
		pv_buf_printf(&after, "[line %d%s\n", i, i % 9 ? "" : " b");
	}
	print_texts(&out, before.ptr, after.ptr);
	assert_true(out.len < 8000000);
	expect(&out, " lines not shown …");
	pv_buf_dispose(&before);
	pv_buf_dispose(&after);
	pv_buf_dispose(&out);
}

static void test_diff_page__lets_nothing_out(void **state)
{
	static const char evil[] =
		"a: \"</style><script>alert(1)</script>\"\n"
		"'\"><img src=x onerror=y>': '&amp;'\n"
		"b: \"\\0\\u202Etrojan\\U000E0041\\e[31m\\r\\n<!-- -->\"\n"
		"c: |\n  <!-- ]]> </pre></main> &lt; \xd7\xa9\xd7\x9c\xd7\x95"
		"\xd7\x9d\n  \xe2\x80\xaf\n";
	static const char raw[] = "\xff\x00</pre>\x1b[31m\r\n\xc0\xae: [\n";
	const pv_str bytes = { raw, sizeof(raw) - 1 };
	const pv_str none = { 0 };
	pv_buf out = { 0 };
	pv_diff_report *report;

	(void)state;
	print_texts(&out, "a: x\nb: x\nc: x\n", evil);
	expect(&out, "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
	expect(&out, "<span class=x>\\u202e</span>trojan"
		     "<span class=x>\\U000e0041</span>");
	expect(&out, "<span class=x>\\x00</span>");
	expect(&out, "Prompts <code><bdi>&lt;/title&gt;&lt;b&gt;</bdi>");
	print_texts(&out, evil, NULL);
	print(&out, none, bytes);
	expect(&out, "<span class=x>\\xff</span><span class=x>\\x00</span>"
		     "&lt;/pre&gt;<span class=x>\\x1b</span>[31m");
	print(&out, bytes, pv_str_of("a: 1\n"));
	report = begin();
	add(report, "<i>\"x\" \xe2\x80\xae", none, bytes);
	add(report, "y&z", bytes, none);
	finish(&out, report);
	expect(&out, "<a href=\"#p1\"><code><bdi>&lt;i&gt;&quot;x&quot; "
		     "<span class=x>\\u202e</span></bdi></code></a>");
	pv_buf_dispose(&out);
}

static void test_diff_page__has_an_overview_of_many(void **state)
{
	pv_diff_report *report = begin();
	pv_buf out = { 0 };

	(void)state;
	add(report, "one", pv_str_of("prompt: a\n"), pv_str_of("prompt: b\n"));
	add(report, "two", pv_str_of("prompt: a\n"),
	    pv_str_of("prompt: '{{ b }}'\n"));
	finish(&out, report);
	expect(&out, "<p>2 prompts differ: 1 major, 1 minor.</p>");
	expect(&out, "<td>+<code><bdi>b</bdi></code> (required), "
		     "<span class=breaking>1 breaking</span></td>");
	expect(&out, "<section aria-labelledby=p2>\n<h2 id=p2>");
	report = begin();
	for (int i = 0; i < 101; i++)
		add(report, "many", pv_str_of("a: 1\n"), pv_str_of("a: 2\n"));
	finish(&out, report);
	expect(&out, "<details><summary>All 101</summary>");
	report = begin();
	finish(&out, report);
	expect(&out, "Nothing differs.");
	pv_buf_dispose(&out);
}

/* As someone would check it who does not trust us. */
static void test_diff_page__allows_its_style_only(void **state)
{
	pv_buf out = { 0 };

	(void)state;
	print_texts(&out, "a: 1\n", "a: 2\n");
	assert_non_null(strstr(out.ptr, "content=\"default-src 'none'; "
					"style-src 'sha256-"));
	assert_null(strstr(out.ptr, "unsafe"));
	assert_null(strstr(out.ptr, "url("));
	assert_null(strstr(out.ptr, "@import"));
	pv_buf_dispose(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff_page__tells_what_matters_first),
		cmocka_unit_test(test_diff_page__marks_words_in_both_views),
		cmocka_unit_test(test_diff_page__marks_what_moved_as_such),
		cmocka_unit_test(test_diff_page__folds_what_did_not_change),
		cmocka_unit_test(test_diff_page__shows_changed_comments),
		cmocka_unit_test(test_diff_page__stays_in_bounds),
		cmocka_unit_test(test_diff_page__lets_nothing_out),
		cmocka_unit_test(test_diff_page__has_an_overview_of_many),
		cmocka_unit_test(test_diff_page__allows_its_style_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
