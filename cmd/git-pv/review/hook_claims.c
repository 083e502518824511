/* SPDX-License-Identifier: MIT
 *
 * See hook_claims.h. A trailer "Pv-Prompt" begins what is said of a prompt.
 * Where a key comes twice, the last one counts, as in git.
 */
#include "review/hook_claims.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

struct reader {
	claims *to;
	pv_error *err;
};

static int add_item(struct reader *it, const char *id)
{
	claims *to = it->to;

	if (pv_array_reserve(&to->items, &to->cap, to->count + 1,
			     sizeof(*to->items)) < 0)
		return pv_fail_nomem(it->err);
	memset(&to->items[to->count], 0, sizeof(*to->items));
	to->items[to->count++].id = id;
	return PV_OK;
}

/* Where the value of a trailer goes; NULL for one of no interest. */
static const char **place_of(claims *to, const char *key)
{
	claim *item = to->count ? &to->items[to->count - 1] : NULL;
	const struct {
		const char *key;
		const char **place;
	} rows[] = {
		{ "Pv-Action", &to->action },
		{ "Pv-Environment", &to->environment },
		{ "Pv-Actor", &to->actor },
		{ "Pv-Override", &to->override },
		{ "Pv-Reason", &to->reason },
		{ "Pv-Canary", &to->canary },
		{ "Pv-Checks", &to->checks },
		{ "Pv-Version", item ? &item->version : NULL },
		{ "Pv-Commit", item ? &item->commit : NULL },
		{ "Pv-Blob", item ? &item->blob : NULL },
		{ "Pv-Rolled-Back-From", item ? &item->rolled_back_from : NULL },
	};

	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (!pv_str_casecmp(rows[i].key, key))
			return rows[i].place;
	return NULL;
}

static int read_one(const char *key, size_t key_len, const char *value,
		    size_t len, void *payload)
{
	struct reader *it = payload;
	claims *to = it->to;
	char name[24] = "";
	const char **place;
	char *text;

	if (key_len >= sizeof(name))
		return PV_OK;
	memcpy(name, key, key_len);
	text = pv_arena_dup(&to->arena, value, len);
	if (!text)
		return pv_fail_nomem(it->err);
	if (!pv_str_casecmp(name, "Pv-Prompt"))
		return add_item(it, text);
	if (!pv_str_casecmp(name, "Pv-Removed") && to->count)
		to->items[to->count - 1].is_removed = 1;
	place = place_of(to, name);
	if (place)
		*place = text;
	return PV_OK;
}

int claims_read(claims *out, const char *message, pv_error *err)
{
	struct reader it = { out, err };

	memset(out, 0, sizeof(*out));
	return pv_trailer_each(message, read_one, &it);
}

const claim *claims_find(const claims *said, const char *id)
{
	for (size_t i = 0; i < said->count; i++)
		if (!strcmp(said->items[i].id, id))
			return &said->items[i];
	return NULL;
}

int claims_is(const claims *said, const char *action)
{
	return said->action && !strcmp(said->action, action);
}

void claims_dispose(claims *said)
{
	pv_free(said->items);
	pv_arena_dispose(&said->arena);
	memset(said, 0, sizeof(*said));
}
