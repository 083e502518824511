/* SPDX-License-Identifier: MIT
 *
 * What a deployment's commit says. The trailers are the last paragraph, and
 * nobody's words begin a line of it.
 */
#include "deploy/message.h"

#include <string.h>

static void put_item(pv_buf *out, const pv_deploy_item *item)
{
	pv_buf_printf(out, "Pv-Prompt: %s\n", item->id);
	if (item->version)
		pv_buf_printf(out, "Pv-Version: %s\n", item->version);
	pv_buf_printf(out, "Pv-Commit: %s\nPv-Blob: %s\n", item->commit.hex,
		      item->blob.hex);
}

/* On one line, so that no line of it looks like a trailer. */
static void put_line(pv_buf *out, const char *text)
{
	for (; *text; text++)
		pv_buf_putc(out, (char)((unsigned char)*text < ' ' || *text == 0x7f
						? ' '
						: *text));
}

static void put_subject(pv_buf *out, const pv_deploy_request *request,
			const pv_deploy_result *result)
{
	const pv_deploy_item *only = NULL;
	size_t count = 0;

	for (size_t i = 0; i < request->count; i++) {
		if (!result->is_changed[i])
			continue;
		only = &request->items[i];
		count++;
	}
	if (count == 1)
		pv_buf_printf(out, "Deploy %s %.*s to %s\n", only->id,
			      only->version ? 160 : 7,
			      only->version ? only->version : only->commit.hex,
			      request->environment);
	else
		pv_buf_printf(out, "Deploy %zu prompts to %s\n", count,
			      request->environment);
}

int pv_deploy_message(pv_buf *out, const pv_deploy_request *request,
		      const pv_deploy_result *result, pv_error *err)
{
	const char *reason = request->reason ? request->reason : "";

	put_subject(out, request, result);
	if (reason[strspn(reason, " \t\r\n")])
		pv_buf_printf(out, "\n%s\n", reason);
	pv_buf_printf(out, "\nPv-Action: deploy\nPv-Environment: %s\n",
		      request->environment);
	for (size_t i = 0; i < request->count; i++)
		if (result->is_changed[i])
			put_item(out, &request->items[i]);
	if (request->canary >= 0)
		pv_buf_printf(out, "Pv-Canary: %d\n", request->canary);
	pv_buf_puts(out, "Pv-Actor: ");
	put_line(out, result->actor);
	pv_buf_putc(out, '\n');
	if (reason[strspn(reason, " \t\r\n")]) {
		pv_buf_puts(out, "Pv-Reason: ");
		put_line(out, reason);
		pv_buf_putc(out, '\n');
	}
	if (request->checks && *request->checks)
		pv_buf_printf(out, "Pv-Checks: %s\n", request->checks);
	return pv_buf_status(out, err);
}
