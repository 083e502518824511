/* SPDX-License-Identifier: MIT
 *
 * Renders and compiles one template of tests/bench/render, as the peers
 * beside it do:
 *
 *     bench_render print TEMPLATE CONTEXT
 *     bench_render time TEMPLATE CONTEXT      median microseconds of CPU
 *     bench_render compile TEMPLATE CONTEXT   the same for a compilation
 *     bench_render run TEMPLATE CONTEXT PASSES    renders, to be counted
 *     bench_render make TEMPLATE CONTEXT PASSES   compilations
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "jinja/engine.h"
#include "jinja/value/json.h"

enum {
	ROUNDS = 15,
	ROUND_MICROS = 20000
};

static pv_jinja_environment env = { .trims_blocks = 1,
				    .strips_blocks = 1,
				    .has_chat_globals = 1,
				    .settings = { .sandbox = PV_JINJA_IMMUTABLE,
						  .has_chat_json = 1 } };
static pv_jinja_template *template;
static pv_jinja_value context;
static pv_buf source;

static void die(const char *what, const char *detail)
{
	fprintf(stderr, "bench_render: %s %s\n", what, detail ? detail : "");
	exit(128);
}

static pv_jinja_template *compile(void)
{
	pv_jinja_template *compiled = NULL;
	pv_jinja_failure failure = { 0 };
	pv_str text = { source.ptr, source.len };

	if (pv_jinja_compile(&compiled, &env, NULL, text, &failure, NULL) < 0)
		die("compile:", failure.message);
	return compiled;
}

static void compile_once(void)
{
	pv_jinja_template_free(compile());
}

static void render(pv_buf *out)
{
	const pv_jinja_render_options options = { .context = context.u.dict };
	pv_jinja_failure failure = { 0 };

	if (pv_jinja_render(out, template, &options, &failure, NULL) < 0)
		die("render:", failure.message);
}

static void render_once(void)
{
	pv_buf out = { 0 };

	render(&out);
	pv_buf_dispose(&out);
}

static double micros(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double timed(void (*what)(void), long passes)
{
	double start = micros();

	for (long i = 0; i < passes; i++)
		what();
	return micros() - start;
}

static int compare(const void *a, const void *b)
{
	const double *left = a;
	const double *right = b;

	return (*left > *right) - (*left < *right);
}

static double measure(void (*what)(void))
{
	double rounds[ROUNDS];
	long passes = 1;

	while (timed(what, passes) < ROUND_MICROS / 2.0)
		passes *= 2;
	for (int i = 0; i < ROUNDS; i++)
		rounds[i] = timed(what, passes) / (double)passes;
	qsort(rounds, ROUNDS, sizeof(*rounds), compare);
	return rounds[ROUNDS / 2];
}

static void print(void)
{
	pv_buf out = { 0 };

	render(&out);
	fwrite(out.ptr, 1, out.len, stdout);
	pv_buf_dispose(&out);
}

static void act(const char *verb, long passes)
{
	if (!strcmp(verb, "print"))
		print();
	else if (!strcmp(verb, "time"))
		printf("%.3f\n", measure(render_once));
	else if (!strcmp(verb, "compile"))
		printf("%.3f\n", measure(compile_once));
	else if (!strcmp(verb, "make"))
		timed(compile_once, passes);
	else
		timed(render_once, passes);
}

int main(int argc, char **argv)
{
	pv_arena arena = { 0 };
	pv_jinja_run run = { 0 };
	pv_buf json = { 0 };

	if (argc < 4 || pv_file_read(&source, argv[2], NULL) < 0 ||
	    pv_file_read(&json, argv[3], NULL) < 0)
		die("usage:", "VERB TEMPLATE CONTEXT [PASSES]");
	pv_jinja_run_init(&run, &arena, &env.settings, NULL);
	if (pv_jinja_read_json(&context, &run, json.ptr, json.len) < 0 ||
	    context.type != PV_JINJA_DICT)
		die("bad context:", run.raised.message);
	template = compile();
	act(argv[1], argc > 4 ? strtol(argv[4], NULL, 10) : 1);
	pv_jinja_template_free(template);
	pv_jinja_run_dispose(&run);
	pv_arena_dispose(&arena);
	pv_buf_dispose(&source);
	pv_buf_dispose(&json);
	return EXIT_SUCCESS;
}
