/* SPDX-License-Identifier: MIT
 *
 * Renders a prompt file once for each row of variables, through the library:
 *
 *     cc render.c -o render $(pkg-config --cflags --libs libpv)
 *     ./render prompts/support/triage.yaml '{"ticket": "It is lost"}' ...
 *
 * The prompt is compiled once; each rendering reuses the memory of the last.
 */
#include <stdio.h>
#include <string.h>

#include <pv.h>

static int read_file(pv_buf *out, const char *path)
{
	char piece[4096];
	FILE *file = fopen(path, "rb");
	size_t n;

	if (!file) {
		perror(path);
		return -1;
	}
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
		pv_buf_put(out, piece, n);
	fclose(file);
	return pv_buf_status(out, NULL);
}

/* The file may be closed once it is compiled. */
static int compile(pv_renderer **out, const char *path, pv_error *err)
{
	pv_render_options opts = { .name = path };
	pv_prompt *prompt = NULL;
	pv_buf text = { 0 };
	int rc = read_file(&text, path);

	if (rc == 0)
		rc = pv_prompt_parse(&prompt, pv_buf_text(&text), text.len,
				     NULL, NULL, err);
	if (rc == 0)
		rc = pv_renderer_new(out, prompt, &opts, err);
	pv_prompt_free(prompt);
	pv_buf_dispose(&text);
	return rc;
}

static void print(const pv_rendering *rendering)
{
	for (size_t i = 0; i < pv_rendering_count(rendering); i++) {
		const pv_rendered_message *message =
			pv_rendering_message(rendering, i);

		printf("%s%s%s\n", message->role, *message->role ? ": " : "",
		       message->content);
	}
}

/* All variables that are missing, and the lines that need them. */
static void explain(const pv_rendering *rendering, const pv_error *err)
{
	fprintf(stderr, "error: %s\n", err->message);
	for (size_t i = 0; i < pv_rendering_missing_count(rendering); i++) {
		const pv_missing *missing = pv_rendering_missing(rendering, i);

		for (size_t k = 0; k < missing->use_count; k++)
			fprintf(stderr, "  %s: message %d, line %d\n",
				missing->name, missing->uses[k].message,
				missing->uses[k].line);
	}
}

static int render(pv_rendering *rendering, const pv_renderer *renderer,
		  const char *json)
{
	pv_context *context = NULL;
	pv_error err = { 0 };
	int rc = pv_context_new(&context, json, strlen(json), &err);

	if (rc == 0)
		rc = pv_render(rendering, renderer, context, &err);
	if (rc == 0)
		print(rendering);
	else
		explain(rendering, &err);
	pv_context_free(context);
	return rc;
}

int main(int argc, char **argv)
{
	pv_renderer *renderer = NULL;
	pv_rendering *rendering = NULL;
	pv_error err = { 0 };
	int status = 1;

	if (argc < 2) {
		fprintf(stderr, "usage: %s PROMPT.yaml [JSON]...\n", argv[0]);
		return 1;
	}
	if (pv_init(&err) == 0 && compile(&renderer, argv[1], &err) == 0 &&
	    pv_rendering_new(&rendering, &err) == 0) {
		status = argc == 2 && render(rendering, renderer, "{}") < 0;
		for (int i = 2; i < argc; i++)
			status |= render(rendering, renderer, argv[i]) < 0;
	} else {
		fprintf(stderr, "error: %s\n", err.message);
	}
	pv_rendering_free(rendering);
	pv_renderer_free(renderer);
	pv_shutdown();
	return status;
}
