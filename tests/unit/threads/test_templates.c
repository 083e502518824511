/* SPDX-License-Identifier: MIT
 *
 * Eight threads render the same compiled templates at the same time: all get
 * the same text, and under the thread sanitizer nobody is seen to write to
 * what they share.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/mem.h"
#include "jinja/engine.h"
#include "jinja/value/container.h"
#include "jinja/value/json.h"

enum {
	THREADS = 8,
	ROUNDS = 100
};

static const char *const sources[] = {
	"{% macro m(x, y=2) %}<{{ x }}{{ y }}>{% endmacro %}"
	"{% for u in users|sort(attribute='name') %}{{ loop.index }}"
	"{{ m(u.name) }}{{ u.tags|join(',') }}{% endfor %}",
	"{% set ns = namespace(n=0) %}{% for x in [1, 2, 3] %}"
	"{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}{{ ['b', 'a']|sort }}",
	"{% extends 'base' %}{% block one %}{{ super() }}{{ d|tojson }}"
	"{% endblock %}",
	"{% filter upper %}{{ d.k }}{% endfilter %}{{ missing }}"
	"{{ 'a' ~ 1 + 'b' ~ 2|string }}{{ {'x': [1]}.x }}",
};

struct shared {
	const pv_jinja_template *templates[pv_array_len(sources)];
	const char *expected[pv_array_len(sources)];
	const pv_jinja_dict *context;
};

static int load(pv_str *out, void *payload, pv_str name, pv_error *err)
{
	(void)payload, (void)name, (void)err;
	*out = pv_str_of("[{% block one %}base{% endblock %}]");
	return PV_OK;
}

static int render(pv_buf *out, const struct shared *shared, size_t which)
{
	const pv_jinja_loader loader = { load, NULL };
	const pv_jinja_render_options options = { .context = shared->context,
						  .loader = &loader };

	pv_buf_truncate(out, 0);
	return pv_jinja_render(out, shared->templates[which], &options, NULL,
			       NULL);
}

/* Returns what it was given if all went well. */
static void *work(void *payload)
{
	const struct shared *shared = payload;
	pv_buf out = { 0 };
	int is_same = 1;

	for (int i = 0; i < ROUNDS; i++)
		for (size_t which = 0; which < pv_array_len(sources); which++)
			is_same &= render(&out, shared, which) == PV_OK &&
				   !strcmp(pv_buf_text(&out),
					   shared->expected[which]);
	pv_buf_dispose(&out);
	return is_same ? payload : NULL;
}

static void run_threads(struct shared *shared)
{
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, shared),
				 0);
	for (size_t i = 0; i < THREADS; i++) {
		void *answer;

		assert_int_equal(pthread_join(threads[i], &answer), 0);
		assert_ptr_equal(answer, shared);
	}
}

static void test_threads_templates__are_shared(void **state)
{
	static const char context[] =
		"{\"users\": [{\"name\": \"b\", \"tags\": [1, 2]}, "
		"{\"name\": \"a\", \"tags\": []}], \"d\": {\"k\": \"v\"}}";
	static const pv_jinja_environment env = { 0 };
	pv_jinja_template *templates[pv_array_len(sources)];
	pv_buf texts[pv_array_len(sources)] = { { 0 } };
	struct shared shared = { 0 };
	pv_jinja_run run = { 0 };
	pv_arena arena = { 0 };
	pv_jinja_value value;

	(void)state;
	pv_jinja_run_init(&run, &arena, &env.settings, NULL);
	assert_int_equal(pv_jinja_read_json(&value, &run, context,
					    strlen(context)),
			 PV_OK);
	shared.context = value.u.dict;
	for (size_t i = 0; i < pv_array_len(sources); i++) {
		assert_int_equal(pv_jinja_compile(&templates[i], &env, NULL,
						  pv_str_of(sources[i]), NULL,
						  NULL),
				 PV_OK);
		shared.templates[i] = templates[i];
		assert_int_equal(render(&texts[i], &shared, i), PV_OK);
		shared.expected[i] = pv_buf_text(&texts[i]);
	}
	run_threads(&shared);
	for (size_t i = 0; i < pv_array_len(sources); i++) {
		pv_jinja_template_free(templates[i]);
		pv_buf_dispose(&texts[i]);
	}
	pv_jinja_run_dispose(&run);
	pv_arena_dispose(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads_templates__are_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
