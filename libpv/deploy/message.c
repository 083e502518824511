/* SPDX-License-Identifier: MIT
 *
 * What a deployment's commit says. The trailers are the last paragraph, and
 * nobody's words begin a line of it.
 */
#include "deploy/message.h"

#include <string.h>

/* How each kind is called: in the trailers, and in the subject. */
static const struct {
	const char *action;
	const char *verb;
	const char *preposition;
} kinds[] = {
	[PV_DO_DEPLOY] = { "deploy", "Deploy", "to" },
	[PV_DO_ROLLBACK] = { "rollback", "Roll back", "in" },
	[PV_DO_CREATE] = { "create", "Create", "" },
	[PV_DO_DELETE] = { "delete", "Delete", "" },
};

/* On one line, so that no line of it looks like a trailer. */
static void put_line(pv_buf *out, const char *text)
{
	for (; *text; text++)
		pv_buf_putc(out, (char)((unsigned char)*text < ' ' || *text == 0x7f
						? ' '
						: *text));
}

static void put_trailer(pv_buf *out, const char *key, const char *text)
{
	pv_buf_printf(out, "%s: ", key);
	put_line(out, text);
	pv_buf_putc(out, '\n');
}

static void put_item(pv_buf *out, const pv_deployment *item)
{
	put_trailer(out, "Pv-Prompt", item->id);
	if (!item->commit.hex[0])
		put_trailer(out, "Pv-Removed", "yes");
	if (item->commit.hex[0] && item->version)
		put_trailer(out, "Pv-Version", item->version);
	if (item->commit.hex[0]) {
		put_trailer(out, "Pv-Commit", item->commit.hex);
		put_trailer(out, "Pv-Blob", item->blob.hex);
	}
	if (item->rolled_back_from)
		put_trailer(out, "Pv-Rolled-Back-From", item->rolled_back_from);
}

static void put_only(pv_buf *out, const pv_deployment *only,
		     enum pv_deploy_kind kind)
{
	put_line(out, only->id);
	if (!only->commit.hex[0])
		return;
	pv_buf_puts(out, kind == PV_DO_ROLLBACK ? " to " : " ");
	if (only->version)
		put_line(out, only->version);
	else
		pv_buf_printf(out, "%.7s", only->commit.hex);
}

static void put_subject(pv_buf *out, const pv_deploy_change *change,
			const pv_deploy_result *result)
{
	const pv_deployment *only = NULL;
	size_t count = 0;

	pv_buf_printf(out, "%s ", kinds[change->kind].verb);
	if (change->kind == PV_DO_CREATE || change->kind == PV_DO_DELETE) {
		pv_buf_printf(out, "environment %s\n", change->environment);
		return;
	}
	for (size_t i = 0; i < result->count; i++) {
		if (!result->is_changed[i])
			continue;
		only = &result->now[i];
		count++;
	}
	if (count == 1)
		put_only(out, only, change->kind);
	else
		pv_buf_printf(out, "%zu prompts", count);
	pv_buf_printf(out, " %s %s%s\n", kinds[change->kind].preposition,
		      change->environment, change->override ? " (OVERRIDE)" : "");
}

int pv_deploy_message(pv_buf *out, const pv_deploy_change *change,
		      const pv_deploy_result *result, pv_error *err)
{
	const char *reason = change->reason ? change->reason : "";
	int has_reason = reason[strspn(reason, " \t\r\n")] != '\0';

	put_subject(out, change, result);
	if (has_reason)
		pv_buf_printf(out, "\n%s\n", reason);
	if (change->override) {
		pv_buf_puts(out, "\nOVERRIDE: ");
		put_line(out, change->override);
		pv_buf_putc(out, '\n');
	}
	pv_buf_putc(out, '\n');
	put_trailer(out, "Pv-Action", kinds[change->kind].action);
	put_trailer(out, "Pv-Environment", change->environment);
	for (size_t i = 0; i < result->count; i++)
		if (result->is_changed[i])
			put_item(out, &result->now[i]);
	if (change->canary >= 0)
		pv_buf_printf(out, "Pv-Canary: %d\n", change->canary);
	if (change->promoted)
		put_trailer(out, "Pv-Promoted-From", change->promoted);
	put_trailer(out, "Pv-Actor", result->actor);
	if (has_reason)
		put_trailer(out, "Pv-Reason", reason);
	if (change->checks && *change->checks)
		put_trailer(out, "Pv-Checks", change->checks);
	if (change->override)
		put_trailer(out, "Pv-Override", change->override);
	return pv_buf_status(out, err);
}
