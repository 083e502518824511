/* SPDX-License-Identifier: MIT
 *
 * See window.h. The table is what the makers of the models said by the middle
 * of 2025; checks.token-budget.windows of pv.yaml knows better.
 */
#include "check/window.h"

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "diff/tokens.h"

struct window {
	const char *name; /* in small letters, without - and _ */
	long tokens;
};

/* A name that begins so; the longest counts. */
static const struct window windows[] = {
	{ "claude", 200000 },
	{ "claude2", 100000 },
	{ "claude2.1", 200000 },
	{ "claudeinstant", 100000 },
	{ "codellama", 16384 },
	{ "codestral", 32768 },
	{ "commandr", 128000 },
	{ "deepseek", 65536 },
	{ "deepseekr1", 131072 },
	{ "deepseekv3", 131072 },
	{ "gemini", 1048576 },
	{ "gemini1.0", 32768 },
	{ "gemini1.5pro", 2097152 },
	{ "geminipro", 32768 },
	{ "gemma", 8192 },
	{ "gemma3", 131072 },
	{ "gpt3.5turbo", 16385 },
	{ "gpt3.5turboinstruct", 4096 },
	{ "gpt35turbo", 16385 },
	{ "gpt4", 8192 },
	{ "gpt4.1", 1047576 },
	{ "gpt4.5", 128000 },
	{ "gpt40125", 128000 },
	{ "gpt41106", 128000 },
	{ "gpt432k", 32768 },
	{ "gpt4o", 128000 },
	{ "gpt4turbo", 128000 },
	{ "gpt4vision", 128000 },
	{ "gpt5", 400000 },
	{ "grok2", 131072 },
	{ "grok3", 131072 },
	{ "grok4", 256000 },
	{ "llama2", 4096 },
	{ "llama3", 8192 },
	{ "llama3.1", 131072 },
	{ "llama3.2", 131072 },
	{ "llama3.3", 131072 },
	{ "ministral", 131072 },
	{ "mistral", 32768 },
	{ "mistrallarge", 131072 },
	{ "mistralmedium", 131072 },
	{ "mistralnemo", 131072 },
	{ "mixtral", 32768 },
	{ "mixtral8x22b", 65536 },
	{ "o1", 200000 },
	{ "o1mini", 128000 },
	{ "o1preview", 128000 },
	{ "o3", 200000 },
	{ "o4mini", 200000 },
	{ "phi3", 4096 },
	{ "phi4", 16384 },
	{ "qwen2", 32768 },
	{ "qwen2.5", 131072 },
	{ "qwen3", 32768 },
};

enum {
	NAME_MAX = 80,
	MAX_INCLUDED = 200 /* prompts */
};

static size_t plain_name(char out[NAME_MAX], pv_str name)
{
	size_t len = 0;

	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] == '/')
			len = 0;
		else if (len < NAME_MAX && !strchr("-_", name.ptr[i]))
			out[len++] =
				(char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z'
					       ? name.ptr[i] | 0x20
					       : name.ptr[i]);
	return len;
}

long pv_model_window(pv_str name)
{
	char plain[NAME_MAX];
	size_t len = plain_name(plain, name);
	size_t longest = 0;
	long tokens = 0;

	for (size_t i = 0; i < pv_array_len(windows); i++) {
		size_t own = strlen(windows[i].name);

		if (own <= longest || own > len ||
		    memcmp(plain, windows[i].name, own) != 0)
			continue;
		longest = own;
		tokens = windows[i].tokens;
	}
	return tokens;
}

size_t pv_prompt_weigh(const pv_prompt *prompt)
{
	size_t sum = 0;

	for (size_t i = 0; i < prompt->message_count; i++)
		sum += pv_words_weigh((pv_str){ prompt->messages[i].content,
						prompt->messages[i].len });
	return sum;
}

static int add_includes(pv_strlist *ids, const pv_prompt *prompt, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < prompt->include_count && rc == PV_OK; i++)
		if (pv_strlist_find(ids, prompt->includes[i]) < 0)
			rc = pv_strlist_add(ids, prompt->includes[i], err);
	return rc;
}

int pv_check_weigh(size_t *out, pv_check_run *run)
{
	pv_strlist ids = { 0 };
	int rc = add_includes(&ids, run->prompt, run->err);

	*out = pv_prompt_weigh(run->prompt);
	for (size_t i = 0; i < ids.count && i < MAX_INCLUDED && rc == PV_OK; i++) {
		const pv_prompt *included = NULL;

		rc = pv_check_load(&included, run, ids.items[i]);
		if (rc == PV_ENOTFOUND) {
			pv_error_clear(run->err);
			rc = PV_OK;
		}
		if (rc < 0 || !included)
			continue;
		*out += pv_prompt_weigh(included);
		rc = add_includes(&ids, included, run->err);
	}
	pv_strlist_dispose(&ids);
	return rc;
}

long pv_check_number(const pv_check_run *run, const char *key, long otherwise)
{
	const pv_yaml_node *node = pv_check_option(run, key);
	unsigned number;

	if (!node || node->kind != PV_YAML_SCALAR || node->type != PV_YAML_INT ||
	    pv_str_to_uint(&number, (pv_str){ node->text, node->len },
			   100000000) < 0)
		return otherwise;
	return (long)number;
}
