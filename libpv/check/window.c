/* SPDX-License-Identifier: MIT
 *
 * See window.h. The table is a digest of model_prices_and_context_window.json
 * of LiteLLM (https://github.com/BerriAI/litellm, MIT), as of August 2026: of
 * entries whose names begin alike the largest max_input_tokens, with the
 * max_output_tokens that count apart for GPT-5. What it no longer lists is not
 * here. A file of that format, and windows of pv.yaml, know better.
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
	{ "claude4sonnet", 1000000 },
	{ "claudefable5", 1000000 },
	{ "claudeopus46", 1000000 },
	{ "claudeopus47", 1000000 },
	{ "claudeopus48", 1000000 },
	{ "claudeopus5", 1000000 },
	{ "claudesonnet4", 1000000 },
	{ "claudesonnet45", 200000 },
	{ "claudesonnet46", 1000000 },
	{ "claudesonnet5", 1000000 },
	{ "codellama", 16384 },
	{ "codestral", 256000 },
	{ "codestral2405", 32000 },
	{ "commanda", 256000 },
	{ "commandr", 128000 },
	{ "deepseekchat", 131072 },
	{ "deepseekcoder", 128000 },
	{ "deepseekr1", 163840 },
	{ "deepseekreasoner", 131072 },
	{ "deepseekv3", 163840 },
	{ "deepseekv4", 1000000 },
	{ "devstral", 256000 },
	{ "gemini", 1048576 },
	{ "gemma2", 8192 },
	{ "gemma3", 131072 },
	{ "gemma4", 262144 },
	{ "gemma7b", 8192 },
	{ "gpt3.5turbo", 16385 },
	{ "gpt3.5turboinstruct", 8192 },
	{ "gpt35turbo", 16385 },
	{ "gpt4", 8192 },
	{ "gpt4.1", 1047576 },
	{ "gpt4.5", 128000 },
	{ "gpt40125", 128000 },
	{ "gpt41106", 128000 },
	{ "gpt432k", 32768 },
	{ "gpt4o", 128000 },
	{ "gpt4turbo", 128000 },
	{ "gpt5", 400000 },
	{ "gpt5.4", 1050000 },
	{ "gpt5.4mini", 400000 },
	{ "gpt5.4nano", 400000 },
	{ "gpt5.5", 1050000 },
	{ "gpt5.6", 1050000 },
	{ "gptoss", 131072 },
	{ "grok2", 131072 },
	{ "grok2vision", 32768 },
	{ "grok3", 131072 },
	{ "grok4", 256000 },
	{ "grok4.20", 2000000 },
	{ "grok4.3", 1000000 },
	{ "grok4.5", 500000 },
	{ "grok41fast", 2000000 },
	{ "grok4fast", 2000000 },
	{ "grokcodefast", 256000 },
	{ "kimik2", 262144 },
	{ "llama2", 4096 },
	{ "llama3", 8192 },
	{ "llama3.1", 131072 },
	{ "llama3.2", 131072 },
	{ "llama3.3", 131072 },
	{ "llama31", 131072 },
	{ "llama32", 131072 },
	{ "llama33", 131072 },
	{ "llama4", 10000000 },
	{ "magistral", 40000 },
	{ "ministral", 262144 },
	{ "mistral7b", 32768 },
	{ "mistrallarge", 262144 },
	{ "mistrallarge2402", 32000 },
	{ "mistrallarge2407", 128000 },
	{ "mistrallarge2411", 128000 },
	{ "mistralmedium", 262144 },
	{ "mistralmedium2312", 32000 },
	{ "mistralmedium2505", 131072 },
	{ "mistralmedium2508", 131072 },
	{ "mistralnemo", 131072 },
	{ "mistralsmall", 131072 },
	{ "mixtral8x22b", 65536 },
	{ "mixtral8x7b", 32768 },
	{ "o1", 200000 },
	{ "o1mini", 128000 },
	{ "o1preview", 128000 },
	{ "o3", 200000 },
	{ "o4mini", 200000 },
	{ "phi2", 2048 },
	{ "phi3.5", 131072 },
	{ "phi4", 16384 },
	{ "phi4mini", 131072 },
	{ "qwen2", 131072 },
	{ "qwen2.5", 131072 },
	{ "qwen3", 262144 },
	{ "qwen3.5", 1000000 },
	{ "qwen3.6", 1000000 },
	{ "qwen3coder", 997952 },
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
