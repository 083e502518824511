/* SPDX-License-Identifier: MIT
 *
 * `git pv hook`: what a server's hooks call to have a push judged. It reads,
 * and writes nothing but its verdict, which git shows to who pushed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/mem.h"
#include "review/hook.h"

enum {
	MAX_TOLD = 50,
	MAX_REFS = 100000
};

struct hook_options {
	const char *pusher;
};

static const cli_option options[] = {
	{ 0, "pusher", CLI_STRING, offsetof(struct hook_options, pusher),
	  "MAIL", "who pushes, as the server knows; else PV_PUSHER" },
	{ 0 },
};

const cli_usage cmd_hook_usage = {
	.synopsis = { "git pv hook pre-receive [--pusher MAIL]",
		      "git pv hook update [--pusher MAIL] REF OLD NEW" },
	.examples = { "git pv hook pre-receive",
		      "git pv hook pre-receive --pusher ann@example.com" },
	.options = options,
	.args = "pre-receive, or update REF OLD NEW",
	.min_args = 1,
	.max_args = 4,
};

/* --- verdicts ------------------------------------------------------------------ */

void push_refuse(push *job, const char *rule, const char *hint,
		 const char *format, ...)
{
	pv_cli *cli = job->cli;
	char text[512];
	va_list args;

	if (job->refused++ >= MAX_TOLD)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	cli_line(cli, job->at->ref);
	cli_puts(cli, ": ");
	cli_line(cli, text);
	cli_printf(cli, " [%s]\n", rule);
	if (hint && *hint) {
		cli_puts(cli, "  ");
		cli_line(cli, hint);
		cli_puts(cli, "\n");
	}
}

void push_tell_override(push *job, const char *actor, const char *reason)
{
	pv_cli *cli = job->cli;

	cli_line(cli, job->at->ref);
	cli_puts(cli, ": OVERRIDE by ");
	cli_line(cli, actor);
	cli_puts(cli, ": ");
	cli_line(cli, reason);
	cli_puts(cli, "\n");
}

int push_judge(push *job, const pv_policy *policy, const pv_policy_facts *facts)
{
	pv_policy_verdict verdict = { 0 };
	int rc = pv_policy_judge(&verdict, policy, facts, &job->cli->err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < verdict.count; i++) {
		const pv_policy_reason *reason = &verdict.reasons[i];

		if (!reason->is_ok && !verdict.is_overridden)
			push_refuse(job, reason->rule, reason->hint, "%s",
				    reason->message);
	}
	if (verdict.is_overridden)
		push_tell_override(job, facts->actor, facts->override);
	pv_policy_verdict_dispose(&verdict);
	return PV_OK;
}

/* --- refs ------------------------------------------------------------------------ */

int push_ref(pv_oid *out, push *job, const char *ref)
{
	static const pv_oid none = { "" };
	int rc;

	for (size_t i = 0; i < job->count; i++) {
		if (strcmp(job->updates[i].ref, ref) != 0)
			continue;
		*out = job->updates[i].new;
		return PV_OK;
	}
	*out = none;
	rc = pv_store_ref(out, job->cli->store, ref, NULL);
	if (rc == PV_ENOTFOUND)
		return PV_OK;
	return rc < 0 ? pv_store_ref(out, job->cli->store, ref, &job->cli->err)
		      : rc;
}

int push_is_forced(push *job)
{
	const push_update *at = job->at;
	int rc;

	if (!at->old.hex[0] || !at->new.hex[0])
		return 0;
	rc = pv_store_is_ancestor(job->cli->store, &at->old, &at->new,
				  &job->cli->err);
	return rc < 0 ? rc : !rc;
}

/* --- the updates ------------------------------------------------------------------ */

static int read_oid(pv_oid *out, pv_cli *cli, pv_str text)
{
	if (text.len != 40 || strspn(text.ptr, "0123456789abcdef") < 40)
		return cli_usage_error(cli, "\"%.*s\" is no object id",
				       (int)(text.len < 60 ? text.len : 60),
				       text.ptr);
	memcpy(out->hex, text.ptr, 40);
	out->hex[strspn(text.ptr, "0") >= 40 ? 0 : 40] = '\0';
	return PV_OK;
}

static int add_update(push *job, pv_str old, pv_str new, pv_str ref)
{
	pv_cli *cli = job->cli;
	push_update *update;
	int rc;

	if (job->count >= MAX_REFS)
		return pv_fail(&cli->err, PV_ELIMIT,
			       "more than %d refs are pushed at once", MAX_REFS);
	if (pv_array_reserve(&job->updates, &job->cap, job->count + 1,
			     sizeof(*update)) < 0)
		return pv_fail_nomem(&cli->err);
	update = &job->updates[job->count];
	memset(update, 0, sizeof(*update));
	rc = read_oid(&update->old, cli, old);
	if (rc == PV_OK)
		rc = read_oid(&update->new, cli, new);
	if (rc != PV_OK)
		return rc;
	update->ref = pv_strndup(ref.ptr, ref.len);
	if (!update->ref)
		return pv_fail_nomem(&cli->err);
	job->count++;
	return PV_OK;
}

static pv_str next_word(pv_str *line)
{
	const char *blank = memchr(line->ptr, ' ', line->len);
	pv_str word = { line->ptr,
			blank ? (size_t)(blank - line->ptr) : line->len };
	size_t used = word.len + (blank != NULL);

	line->ptr += used;
	line->len -= used;
	return word;
}

static int read_updates(push *job)
{
	pv_buf text = { 0 };
	int rc = cli_read_stdin(&text, job->cli);
	pv_str rest = { pv_buf_text(&text), text.len };

	while (rc == PV_OK && rest.len) {
		const char *end = memchr(rest.ptr, '\n', rest.len);
		pv_str line = { rest.ptr,
				end ? (size_t)(end - rest.ptr) : rest.len };
		size_t used = line.len + (end != NULL);
		pv_str old = next_word(&line);
		pv_str new = next_word(&line);

		if (!line.len)
			rc = cli_usage_error(job->cli, "standard input has no "
						       "\"OLD NEW REF\" lines");
		else
			rc = add_update(job, old, new, line);
		rest.ptr += used;
		rest.len -= used;
	}
	pv_buf_dispose(&text);
	return rc;
}

/* --- the run ---------------------------------------------------------------------- */

static int start(push *job)
{
	pv_cli *cli = job->cli;
	int rc;

	job->settings = cli->settings;
	if (pv_settings_tip(&job->tip, cli->store, &cli->settings, NULL) < 0)
		job->tip.hex[0] = '\0';
	rc = policy_load(&job->policy, cli, &job->tip);
	if (rc == PV_EINVALID || rc == PV_ESYNTAX)
		pv_error_hint(&cli->err, rc,
			      "nothing is taken until the pv.yaml of \"%.60s\" "
			      "is mended in the repository itself",
			      job->settings.default_branch);
	return rc;
}

/* What makes git see other objects, or git-pv another remote than there is. */
static void judge_other(push *job)
{
	static const struct {
		const char *prefix;
		const char *why;
	} rows[] = {
		{ "refs/replace/", "it would change what git reads" },
		{ "refs/remotes/", "each clone has its own" },
		{ "refs/remotes-pv/", "each clone has its own" },
	};

	if (!job->at->new.hex[0])
		return;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (!strncasecmp(job->at->ref, rows[i].prefix,
				 strlen(rows[i].prefix)))
			push_refuse(job, "other-ref", NULL,
				    "this ref is not shared: %s", rows[i].why);
}

static int judge(push *job, const push_update *update)
{
	const char *ref = update->ref;
	int rc = PV_OK;

	job->at = update;
	if (!strcmp(ref, PV_ENVIRONMENT_REF))
		rc = push_judge_deployments(job);
	else if (pv_str_has_prefix(ref, "refs/heads/"))
		rc = push_judge_branch(job);
	else if (pv_str_has_prefix(ref, "refs/tags/"))
		rc = push_judge_tag(job);
	else if (pv_str_has_prefix(ref, "refs/pv/"))
		rc = push_judge_own(job);
	else
		judge_other(job);
	job->cli->settings = job->settings;
	return rc;
}

static int finish(const push *job)
{
	pv_cli *cli = job->cli;
	int rc;

	if (!job->refused)
		return PV_OK;
	if (job->refused > MAX_TOLD)
		cli_printf(cli, "and %zu more\n", job->refused - MAX_TOLD);
	rc = pv_fail(&cli->err, PV_EPOLICY, "the push is refused");
	return pv_error_hint(&cli->err, rc,
			     "mend what is named above, and push again");
}

static void dispose(push *job)
{
	for (size_t i = 0; i < job->count; i++)
		pv_free(job->updates[i].ref);
	pv_free(job->updates);
	pv_policy_free(job->policy);
}

int cmd_hook(pv_cli *cli, int argc, char **argv)
{
	struct hook_options opts = { 0 };
	push job = { .cli = cli };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	job.pusher = opts.pusher ? opts.pusher : cli_env("PV_PUSHER", NULL);
	if (job.pusher && !*job.pusher)
		job.pusher = NULL;
	if (!strcmp(argv[0], "pre-receive") && argc == 1)
		rc = read_updates(&job);
	else if (!strcmp(argv[0], "update") && argc == 4)
		rc = add_update(&job, pv_str_of(argv[2]), pv_str_of(argv[3]),
				pv_str_of(argv[1]));
	else
		rc = cli_usage_error(cli, "the hooks are \"pre-receive\" and "
					  "\"update REF OLD NEW\"");
	if (rc == PV_OK)
		rc = start(&job);
	for (size_t i = 0; i < job.count && rc == PV_OK; i++)
		rc = judge(&job, &job.updates[i]);
	if (rc == PV_OK)
		rc = finish(&job);
	dispose(&job);
	return rc;
}
