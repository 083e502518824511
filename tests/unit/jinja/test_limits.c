/* SPDX-License-Identifier: MIT
 *
 * What a render may cost: each limit is reached and named, the stack that the
 * worst templates need is that of a small thread, and what one render takes
 * from the heap is little and given back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/mem.h"
#include "faults.h"
#include "jinja/engine.h"
#include "jinja/value/container.h"

static int load(pv_str *out, void *payload, pv_str name, pv_error *err)
{
	(void)err;
	*out = pv_str_of(payload);
	return pv_str_is(name, "self") ? PV_OK : PV_ENOTFOUND;
}

static int run(pv_buf *out, const char *source,
	       const pv_jinja_render_options *options, pv_jinja_failure *failure)
{
	static const pv_jinja_environment env = { .settings.sandbox =
							  PV_JINJA_SANDBOX };
	pv_jinja_template *template;
	int rc = pv_jinja_compile(&template, &env, "main", pv_str_of(source),
				  failure, NULL);

	if (rc == PV_OK)
		rc = pv_jinja_render(out, template, options, failure, NULL);
	pv_jinja_template_free(template);
	return rc;
}

/* --- each limit ------------------------------------------------------------ */

static int64_t later(void *payload)
{
	int64_t *now = payload;

	*now += 1000;
	return *now;
}

static void expect_limit(const char *source, pv_jinja_render_options options,
			 const char *message)
{
	static char self[] = "{% include 'self' %}";
	const pv_jinja_loader loader = { load, self };
	pv_jinja_failure failure = { 0 };
	pv_buf out = { 0 };

	options.loader = &loader;
	assert_int_equal(run(&out, source, &options, &failure), PV_ELIMIT);
	assert_string_equal(failure.error, "LimitError");
	assert_string_equal(failure.message, message);
	pv_jinja_failure_dispose(&failure);
	pv_buf_dispose(&out);
}

static void test_jinja_limits__name_which_was_reached(void **state)
{
	static const char busy[] = "{% for a in range(999) %}"
				   "{% for b in range(999) %}{% endfor %}"
				   "{% endfor %}";
	static const char deep[] =
		"{% set ns = namespace(x=1) %}"
		"{% for i in range(99) %}"
		"{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}";
	const pv_jinja_limits limits = { .steps = 50000,
					 .loop_items = 1000,
					 .text = 1000,
					 .memory = 100000,
					 .int_bits = 100,
					 .depth = 20,
					 .nesting = 30 };
	pv_jinja_limits wide = limits;
	int64_t now = 0;
	const pv_clock clock = { later, &now };
	pv_jinja_render_options options = { .limits = &limits };
	pv_jinja_render_options timed = { .max_micros = 1500, .clock = &clock };
	pv_jinja_render_options few = { .max_includes = 7 };
	pv_jinja_render_options brief = { .max_output = 10 };

	(void)state;
	expect_limit(busy, options,
		     "the limit of 1000 items of loops was reached");
	wide.loop_items = 1000000;
	options.limits = &wide;
	expect_limit(busy, options,
		     "the limit of 50000 steps of work was reached");
	expect_limit("{% set s = x|string ~ 'x' %}{{ s * 2000 }}", options,
		     "the limit of 1000 bytes of one string was reached");
	expect_limit("{% for i in range(9) %}{{ 'x' * 500 }}{% endfor %}",
		     options, "the limit of 1000 bytes of output was reached");
	expect_limit("{{ 'x' * 20 }}", brief,
		     "the limit of 10 bytes of output was reached");
	expect_limit("{{ range(9999)|list }}", options,
		     "the limit of 100000 bytes of memory was reached");
	expect_limit("{{ 2 ** 200 }}", options,
		     "the limit of 100 bits of one integer was reached");
	expect_limit("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", options,
		     "the limit of 20 nested calls was reached");
	expect_limit(deep, options,
		     "the limit of 30 values in values was reached");
	expect_limit("{% include 'self' %}", few,
		     "the limit of 7 templates in templates was reached");
	expect_limit(busy, timed, "the limit of 1500 microseconds was reached");
	wide.stack = 1;
	expect_limit("{{ 1 + a|length }}", options,
		     "the limit of 1 bytes of stack was reached");
}

static void test_jinja_limits__let_one_filter_take_many_steps(void **state)
{
	static const char source[] = "{% set n = 8000000 %}"
				     "{{ ('x' * n)|tojson|upper|wordcount }}";
	const pv_jinja_limits few = { .steps = 1000000 };
	const pv_jinja_limits many = { .steps = 10000000, .memory = 64 << 20 };
	pv_jinja_render_options options = { .limits = &many };
	pv_buf out = { 0 };

	(void)state;
	assert_int_equal(run(&out, source, &options, NULL), PV_OK);
	assert_string_equal(pv_buf_text(&out), "1");
	pv_buf_dispose(&out);
	options.limits = &few;
	expect_limit(source, options,
		     "the limit of 1000000 steps of work was reached");
}

/* --- the stack ------------------------------------------------------------- */

enum {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	SMALL_STACK = 8 << 20 /* their frames are larger */
#else
	SMALL_STACK = 512 << 10
#endif
};

/* head part part part ... middle end end end ... tail */
struct deep {
	const char *head;
	const char *part;
	const char *middle;
	const char *end;
	const char *tail;
};

static const struct deep deeps[] = {
	{ "{{ ", "(", "x", ")", " }}" },
	{ "{{ ", "[", "1", "]", "|tojson }}" },
	{ "{{ ", "x|default(", "1", ")", " }}" },
	{ "{{ x", " + 1", "", "", " }}" },
	{ "{{ x", "|upper", "", "", " }}" },
	{ "{{ x", ".y", "", "", " }}" },
	{ "{{ ", "not ", "x", "", " }}" },
	{ "{{ ", "1 if x else ", "2", "", " }}" },
	{ "", "{% if 1 %}", "x", "{% endif %}", "" },
	{ "", "{% for a in [1] %}", "x", "{% endfor %}", "" },
	{ "", "{% filter upper %}", "x", "{% endfilter %}", "" },
	{ "", "{% with %}", "{{ x }}", "{% endwith %}", "" },
	{ "{% macro m() %}{{ caller() }}{% endmacro %}", "{% call m() %}", "x",
	  "{% endcall %}", "" },
	{ "{% macro m() %}{% for i in [1] %}{% if 1 %}{{ ", "(",
	  "[m()]|map('upper')|list", ")",
	  " }}{% endif %}{% endfor %}{% endmacro %}{{ m() }}" },
};

static void put_many(pv_buf *out, const char *text, size_t count)
{
	while (count--)
		pv_buf_puts(out, text);
}

static int try_deep(const struct deep *deep, size_t depth)
{
	pv_jinja_failure failure = { 0 };
	pv_buf source = { 0 };
	pv_buf out = { 0 };
	int rc;

	pv_buf_puts(&source, deep->head);
	put_many(&source, deep->part, depth);
	pv_buf_puts(&source, deep->middle);
	put_many(&source, deep->end, depth);
	pv_buf_puts(&source, deep->tail);
	rc = run(&out, pv_buf_text(&source), NULL, &failure);
	pv_jinja_failure_dispose(&failure);
	pv_buf_dispose(&out);
	pv_buf_dispose(&source);
	return rc;
}

/* What is written to the payload: answers that are no verdict. */
static void *try_all(void *payload)
{
	static const size_t depths[] = { 10, 95, 190, 995, 20000 };
	int *wrong = payload;

	for (size_t i = 0; i < pv_array_len(deeps); i++)
		for (size_t j = 0; j < pv_array_len(depths); j++) {
			int rc = try_deep(&deeps[i], depths[j]);

			*wrong += rc != PV_OK && rc != PV_ERENDER &&
				  rc != PV_ELIMIT;
		}
	return NULL;
}

static void test_jinja_limits__hold_on_a_small_stack(void **state)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int wrong = 0;

	(void)state;
	assert_int_equal(pthread_attr_init(&attributes), 0);
	assert_int_equal(pthread_attr_setstacksize(&attributes, SMALL_STACK), 0);
	assert_int_equal(pthread_create(&thread, &attributes, try_all, &wrong),
			 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(wrong, 0);
	(void)pthread_attr_destroy(&attributes);
}

/* --- the heap -------------------------------------------------------------- */

static const char busy_source[] =
	"{% macro m(x) %}<{{ x }}>{% endmacro %}{% for i in range(200) %}"
	"{{ loop.index }} {{ m(i)|upper }} {{ {'k': [i, 'é']}|tojson }} "
	"{{ 'a %s' % i }}{% endfor %}";

/* Counts what the library takes. */
struct counts {
	struct faults faults;
	long calls;
};

static void *count_alloc(size_t size, void *payload)
{
	struct counts *counts = payload;

	counts->calls++;
	return faults_alloc(size, &counts->faults);
}

static void *count_resize(void *ptr, size_t size, void *payload)
{
	struct counts *counts = payload;

	counts->calls++;
	return faults_resize(ptr, size, &counts->faults);
}

static void count_release(void *ptr, void *payload)
{
	struct counts *counts = payload;

	if (ptr)
		faults_release(ptr, &counts->faults);
}

static void test_jinja_limits__take_little_and_give_it_back(void **state)
{
	static const pv_jinja_environment env = { 0 };
	struct counts counts = { .faults.left = -1 };
	const pv_allocator allocator = { count_alloc, count_resize,
					 count_release, &counts };
	pv_jinja_template *template;
	pv_buf out = { 0 };
	long live = 0;
	long calls = 0;

	(void)state;
	pv_set_allocator(&allocator);
	assert_int_equal(pv_jinja_compile(&template, &env, NULL,
					  pv_str_of(busy_source), NULL, NULL),
			 PV_OK);
	for (int i = 0; i < 1000; i++) {
		pv_buf_truncate(&out, 0);
		assert_int_equal(pv_jinja_render(&out, template, NULL, NULL, NULL),
				 PV_OK);
		if (i == 0)
			live = counts.faults.live;
		if (i == 1)
			calls = counts.calls;
		assert_int_equal(counts.faults.live, live);
	}
	/* The arena's blocks, which double, and the scratch buffer's. */
	calls = (counts.calls - calls) / 998;
	assert_in_range(calls, 1, 24);
	pv_jinja_template_free(template);
	pv_buf_dispose(&out);
	assert_int_equal(counts.faults.live, 0);
	pv_set_allocator(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jinja_limits__name_which_was_reached),
		cmocka_unit_test(test_jinja_limits__let_one_filter_take_many_steps),
		cmocka_unit_test(test_jinja_limits__hold_on_a_small_stack),
		cmocka_unit_test(test_jinja_limits__take_little_and_give_it_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
