/* SPDX-License-Identifier: MIT
 *
 * One message in the language its prompt is written in.
 */
#include "render/renderer.h"

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "render/fstring.h"

/* Serves includes: what was loaded before, or, by a computed name, now. */
struct lender {
	const pv_renderer *renderer;
	pv_buf text; /* lent until the next call */
};

/* The template in a prompt's file that was just loaded. */
static int unpack(struct lender *lender, const char *name, pv_error *err)
{
	pv_prompt_options opts = { .file = name };
	pv_prompt *prompt = NULL;
	pv_str text;
	int rc;

	if (!lender->renderer->is_prompt)
		return PV_OK;
	rc = pv_prompt_parse(&prompt, pv_buf_text(&lender->text),
			     lender->text.len, &opts, NULL, err);
	if (rc == PV_OK)
		rc = pv_render_included_text(&text, lender->renderer->syntax,
					     prompt, name, err);
	if (rc == PV_OK) {
		pv_buf_clear(&lender->text);
		pv_buf_put(&lender->text, text.ptr, text.len);
		rc = pv_buf_status(&lender->text, err);
	}
	pv_prompt_free(prompt);
	return rc;
}

static int load_now(pv_str *out, struct lender *lender, pv_str name, pv_error *err)
{
	const pv_render_loader *loader = lender->renderer->opts.loader;
	char *copy;
	int rc;

	if (!loader || memchr(name.ptr, '\0', name.len))
		return PV_ENOTFOUND;
	copy = pv_strndup(name.ptr, name.len);
	if (!copy)
		return pv_fail_nomem(err);
	pv_buf_clear(&lender->text);
	lender->text.max = PV_PROMPT_MAX_SIZE;
	rc = loader->load(&lender->text, copy, loader->payload, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&lender->text, err);
	if (rc == PV_OK)
		rc = unpack(lender, copy, err);
	out->ptr = pv_buf_text(&lender->text);
	out->len = lender->text.len;
	pv_free(copy);
	return rc;
}

static int lend(pv_str *out, void *payload, pv_str name, pv_error *err)
{
	struct lender *lender = payload;
	const pv_render_source *source =
		pv_map_find(&lender->renderer->source_of, name);

	if (!source)
		return load_now(out, lender, name, err);
	*out = source->text;
	return source->text.ptr ? PV_OK : PV_ENOTFOUND;
}

/* Told while looking for all that is missing. */
struct misses {
	pv_render_job *job;
	const pv_render_part *part;
	pv_jinja_misses hooks;
};

static int failed(const pv_jinja_failure *failure, void *payload)
{
	struct misses *it = payload;
	int rc = pv_render_miss_failed(it->job, it->part, failure, PV_ERENDER);

	/* Something is undefined that is no variable: no reason to stop. */
	return rc == PV_ERENDER ? PV_OK : rc;
}

static int absent(pv_str name, void *payload)
{
	const struct misses *it = payload;

	return pv_render_miss_absent(name, it->job);
}

/* Who is told: nobody, as long as a strict render goes well. */
static const pv_jinja_misses *misses_of(struct misses *it, pv_render_job *job,
					const pv_render_part *part)
{
	it->job = job;
	it->part = part;
	it->hooks.payload = it;
	if (job->renderer->is_strict && !job->is_searching)
		return NULL;
	if (job->renderer->is_strict)
		it->hooks.failed = failed;
	else
		it->hooks.absent = absent;
	return &it->hooks;
}

static int explain(pv_render_job *job, const pv_render_part *part,
		   pv_jinja_failure *failure, int rc)
{
	if (rc == PV_ERENDER && job->renderer->is_strict)
		rc = pv_render_miss_failed(job, part, failure, rc);
	if (job->is_searching)
		return rc;
	if (rc == PV_OK)
		rc = pv_render_fail_missing(job);
	else
		pv_render_put_failure(&job->out->failure, failure, rc);
	job->out->excerpt = failure->excerpt;
	failure->excerpt = NULL;
	return rc;
}

/* Half a pair of surrogates is a text in Python, but no UTF-8. */
static int check_text(const pv_buf *out, size_t mark, pv_render_job *job,
		      const pv_render_part *part)
{
	const char *text = pv_buf_text(out) + mark;
	size_t len = out->len - mark;
	size_t bad;
	int line;
	int column;

	if (!memchr(text, 0xED, len))
		return PV_OK;
	bad = pv_utf8_valid(text, len);
	if (bad == len)
		return PV_OK;
	pv_utf8_place(text, len, bad, &line, &column);
	(void)pv_fail(job->err, PV_ERENDER,
		      "UnicodeEncodeError: what comes out has half a "
		      "surrogate pair in line %d, column %d",
		      line, column);
	return pv_error_at(job->err, PV_ERENDER, part->name ? part->name : "",
			   0, 0);
}

static int render_jinja(pv_buf *out, pv_render_job *job,
			const pv_render_part *part)
{
	const pv_renderer *renderer = job->renderer;
	struct lender lender = { .renderer = renderer };
	const pv_jinja_loader loader = { lend, &lender };
	struct misses misses = { 0 };
	const pv_jinja_render_options options = {
		.context = job->values,
		.loader = &loader,
		.limits = &renderer->limits,
		.max_output = renderer->opts.max_output,
		.max_micros = renderer->opts.max_micros,
		.clock = &renderer->clock,
		.misses = misses_of(&misses, job, part),
	};
	pv_jinja_failure failure = { 0 };
	int rc;

	rc = pv_jinja_render(out, part->template, &options, &failure, job->err);
	if (rc < 0)
		rc = explain(job, part, &failure, rc);
	pv_jinja_failure_dispose(&failure);
	pv_buf_dispose(&lender.text);
	return rc;
}

static int render_literal(pv_buf *out, pv_render_job *job,
			  const pv_render_part *part)
{
	pv_buf_put(out, part->text.ptr, part->text.len);
	return pv_buf_status(out, job->err);
}

static pv_plain_options plain_options(const pv_render_job *job)
{
	const pv_renderer *renderer = job->renderer;
	pv_plain_options options = {
		.values = job->values,
		.limits = &renderer->limits,
		.max_output = renderer->opts.max_output,
		.max_micros = renderer->opts.max_micros,
		.clock = &renderer->clock,
		.is_strict = renderer->is_strict,
	};

	return options;
}

static int render_fstring(pv_buf *out, pv_render_job *job,
			  const pv_render_part *part)
{
	const pv_plain_options options = plain_options(job);
	pv_jinja_failure failure = { 0 };
	int rc;

	rc = pv_fstring_render(out, part->name, part->text, &options, &failure,
			       job->err);
	if (rc < 0)
		rc = explain(job, part, &failure, rc);
	pv_jinja_failure_dispose(&failure);
	return rc;
}

static int render_mustache(pv_buf *out, pv_render_job *job,
			   const pv_render_part *part)
{
	struct lender lender = { .renderer = job->renderer };
	const pv_jinja_loader loader = { lend, &lender };
	pv_plain_options options = plain_options(job);
	struct misses misses = { 0 };
	pv_jinja_failure failure = { 0 };
	int rc;

	options.loader = &loader;
	options.misses = misses_of(&misses, job, part);
	rc = pv_mustache_render(out, part->mustache, &options, &failure,
				job->err);
	if (rc < 0)
		rc = explain(job, part, &failure, rc);
	pv_jinja_failure_dispose(&failure);
	pv_buf_dispose(&lender.text);
	return rc;
}

static int render_text(pv_buf *out, pv_render_job *job, const pv_render_part *part)
{
	switch (job->renderer->syntax) {
	case PV_SYNTAX_JINJA2:
		return render_jinja(out, job, part);
	case PV_SYNTAX_LITERAL:
		return render_literal(out, job, part);
	case PV_SYNTAX_FSTRING:
		return render_fstring(out, job, part);
	case PV_SYNTAX_MUSTACHE:
		return render_mustache(out, job, part);
	}
	return PV_OK;
}

int pv_render_part_text(pv_buf *out, pv_render_job *job,
			const pv_render_part *part)
{
	size_t mark = out->len;
	int rc = render_text(out, job, part);

	return rc < 0 ? rc : check_text(out, mark, job, part);
}

int pv_render_find_missing(pv_render_job *job)
{
	const pv_renderer *renderer = job->renderer;
	pv_error *err = job->err;
	pv_buf text = { 0 };
	int rc = PV_OK;

	job->is_searching = 1;
	job->err = NULL;
	for (size_t i = 0; rc != PV_ENOMEM && i < renderer->part_count; i++) {
		pv_buf_clear(&text);
		rc = render_text(&text, job, &renderer->parts[i]);
	}
	job->is_searching = 0;
	job->err = err;
	pv_buf_dispose(&text);
	return rc == PV_ENOMEM ? pv_fail_nomem(err) : PV_OK;
}
