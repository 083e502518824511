/* SPDX-License-Identifier: MIT
 *
 * Keys of services, by what they start with. Forms are those that the
 * services publish, or that their keys visibly have. A prefix alone is
 * nothing: what follows must have the length and the letters of a key, and be
 * as irregular as one.
 */
#include "check/secret.h"

#include "base/mem.h"

enum {
	ALNUM = PV_SECRET_ALNUM,
	HEX = PV_SECRET_HEX,
	URL = PV_SECRET_URL,
	CAPITALS = PV_SECRET_UPPER | PV_SECRET_DIGITS,
	SMALL = PV_SECRET_LOWER | PV_SECRET_DIGITS,
	WORD = PV_SECRET_ALNUM | PV_SECRET_UNDERSCORE,
	DOTTED = PV_SECRET_URL | PV_SECRET_DOT,
	PART_MAX = 4096 /* bytes of one part of what has no fixed length */
};

struct form {
	const char *prefix;
	const char *what;
	unsigned letters;
	unsigned min; /* characters behind the prefix */
	unsigned max;
	int tenths; /* of bits, the least entropy */
};

/* By first character; a prefix of others comes behind them. */
static const struct form forms[] = {
	{ "ABIA", "an AWS access key", CAPITALS, 16, 16, 28 },
	{ "ACCA", "an AWS access key", CAPITALS, 16, 16, 28 },
	{ "AGE-SECRET-KEY-1", "an age secret key", CAPITALS, 58, 58, 35 },
	{ "AKIA", "an AWS access key", CAPITALS, 16, 16, 28 },
	{ "ASIA", "an AWS access key", CAPITALS, 16, 16, 28 },
	{ "ATATT3", "an Atlassian token", URL, 60, 250, 35 },
	{ "AIza", "a Google API key", URL, 35, 35, 35 },
	{ "GOCSPX-", "a Google client secret", URL, 28, 28, 35 },
	{ "NRAK-", "a New Relic key", CAPITALS, 27, 27, 30 },
	{ "PMAK-", "a Postman key", HEX | PV_SECRET_DASHES, 59, 59, 30 },
	{ "SK", "a Twilio key", HEX, 32, 32, 30 },
	{ "SG.", "a SendGrid key", DOTTED, 66, 66, 35 },
	{ "api_org_", "a Hugging Face token", ALNUM, 30, 40, 35 },
	{ "dapi", "a Databricks token", HEX, 32, 32, 30 },
	{ "dckr_pat_", "a Docker token", URL, 27, 40, 30 },
	{ "dop_v1_", "a DigitalOcean token", HEX, 64, 64, 30 },
	{ "figd_", "a Figma token", URL, 40, 60, 35 },
	{ "github_pat_", "a GitHub token", WORD, 50, 100, 35 },
	{ "glpat-", "a GitLab token", DOTTED, 20, 80, 30 },
	{ "gldt-", "a GitLab token", URL, 20, 80, 30 },
	{ "glft-", "a GitLab token", URL, 20, 80, 30 },
	{ "glrt-", "a GitLab token", DOTTED, 20, 80, 30 },
	{ "glptt-", "a GitLab token", URL, 20, 80, 30 },
	{ "glcbt-", "a GitLab token", URL, 20, 80, 30 },
	{ "glsoat-", "a GitLab token", URL, 20, 80, 30 },
	{ "glsa_", "a Grafana token", WORD, 40, 60, 30 },
	{ "ghp_", "a GitHub token", ALNUM, 36, 251, 30 },
	{ "gho_", "a GitHub token", ALNUM, 36, 251, 30 },
	{ "ghu_", "a GitHub token", ALNUM, 36, 251, 30 },
	{ "ghs_", "a GitHub token", ALNUM, 36, 251, 30 },
	{ "ghr_", "a GitHub token", ALNUM, 36, 251, 30 },
	{ "gsk_", "a Groq key", ALNUM, 48, 60, 35 },
	{ "hf_", "a Hugging Face token", ALNUM, 30, 40, 35 },
	{ "hvs.", "a Vault token", URL, 24, 200, 35 },
	{ "lin_api_", "a Linear key", ALNUM, 40, 40, 35 },
	{ "lsv2_", "a LangSmith key", WORD, 40, 60, 30 },
	{ "npm_", "an npm token", ALNUM, 36, 36, 35 },
	{ "ntn_", "a Notion token", ALNUM, 40, 60, 35 },
	{ "nvapi-", "an NVIDIA key", URL, 40, 80, 35 },
	{ "pcsk_", "a Pinecone key", WORD, 50, 90, 35 },
	{ "pplx-", "a Perplexity key", ALNUM, 40, 60, 35 },
	{ "pypi-", "a PyPI token", URL, 85, 300, 35 },
	{ "r8_", "a Replicate token", ALNUM, 37, 37, 35 },
	{ "rk_live_", "a Stripe key", ALNUM, 16, 250, 30 },
	{ "rk_test_", "a Stripe key", ALNUM, 16, 250, 30 },
	{ "rubygems_", "a RubyGems key", HEX, 48, 48, 30 },
	{ "sbp_", "a Supabase token", HEX, 40, 40, 30 },
	{ "shpat_", "a Shopify token", HEX, 32, 32, 30 },
	{ "shpca_", "a Shopify token", HEX, 32, 32, 30 },
	{ "shppa_", "a Shopify token", HEX, 32, 32, 30 },
	{ "shpss_", "a Shopify secret", HEX, 32, 32, 30 },
	{ "sk-ant-", "an Anthropic API key", URL, 32, 200, 35 },
	{ "sk-or-v1-", "an OpenRouter key", HEX, 64, 64, 30 },
	{ "sk-admin-", "an OpenAI API key", URL, 32, 200, 35 },
	{ "sk-proj-", "an OpenAI API key", URL, 32, 200, 35 },
	{ "sk-svcacct-", "an OpenAI API key", URL, 32, 200, 35 },
	{ "sk-lf-", "a Langfuse key", HEX | PV_SECRET_DASHES, 36, 36, 30 },
	{ "sk-", "an OpenAI API key", ALNUM, 32, 64, 35 },
	{ "sk_live_", "a Stripe key", ALNUM, 16, 250, 30 },
	{ "sk_test_", "a Stripe key", ALNUM, 16, 250, 30 },
	{ "tvly-", "a Tavily key", URL, 32, 60, 30 },
	{ "whsec_", "a webhook secret", ALNUM | PV_SECRET_BASE64, 32, 64, 35 },
	{ "xai-", "an xAI key", ALNUM, 60, 100, 35 },
	{ "xapp-", "a Slack token", URL, 24, 200, 25 },
	{ "xoxa-", "a Slack token", URL, 20, 200, 25 },
	{ "xoxb-", "a Slack token", URL, 20, 200, 25 },
	{ "xoxe-", "a Slack token", URL, 20, 200, 25 },
	{ "xoxp-", "a Slack token", URL, 20, 200, 25 },
	{ "xoxr-", "a Slack token", URL, 20, 200, 25 },
	{ "xoxs-", "a Slack token", URL, 20, 200, 25 },
	{ "ya29.", "a Google access token", URL, 40, 400, 35 },
};

static const char first_letters[] = "AGNPSadeghlnprstwxy";

static int starts_with(pv_str text, size_t at, const char *prefix, size_t len)
{
	return text.len - at >= len && !memcmp(text.ptr + at, prefix, len);
}

/* A word that goes on is another word. */
static size_t match(const struct form *form, pv_str text, size_t at)
{
	size_t prefix = strlen(form->prefix);
	pv_str body;

	if (!starts_with(text, at, form->prefix, prefix))
		return 0;
	body.ptr = text.ptr + at + prefix;
	body.len =
		pv_secret_span(text, at + prefix, form->max + 1, form->letters);
	/* The end of a sentence is none of the key. */
	while (body.len && body.ptr[body.len - 1] == '.')
		body.len--;
	if (body.len < form->min || body.len > form->max ||
	    pv_secret_has(WORD, pv_str_at(text, at + prefix + body.len)) ||
	    !pv_secret_is_random(body, form->tenths))
		return 0;
	return prefix + body.len;
}

/* header.payload.signature; the first two are JSON objects in base64. */
static size_t match_jwt(pv_str text, size_t at)
{
	size_t end = at;

	if (!starts_with(text, at, "eyJ", 3))
		return 0;
	for (int part = 0; part < 3; part++) {
		size_t len = pv_secret_span(text, end, PART_MAX, URL);

		if (len < 16 || (part == 1 && !starts_with(text, end, "eyJ", 3)))
			return 0;
		end += len;
		if (part < 2 && pv_str_at(text, end++) != '.')
			return 0;
	}
	return end - at;
}

/* Three letters, a digit and Q~ are how secrets of Entra ID begin. */
static size_t match_azure(pv_str text, size_t at)
{
	const unsigned letters = WORD | PV_SECRET_DASHES | PV_SECRET_DOT;
	size_t len;

	if (text.len - at < 37 || text.ptr[at + 4] != 'Q' ||
	    text.ptr[at + 5] != '~' || text.ptr[at + 3] < '0' ||
	    text.ptr[at + 3] > '9' || pv_secret_span(text, at, 6, ALNUM) != 5)
		return 0;
	len = pv_secret_span(text, at + 6, 40, letters);
	return len >= 31 && len <= 34 ? 6 + len : 0;
}

/* AccountKey=... of connection strings. */
static size_t match_account(pv_str text, size_t at)
{
	static const char *const names[] = { "AccountKey=", "SharedAccessKey=" };

	for (size_t i = 0; i < pv_array_len(names); i++) {
		size_t name = strlen(names[i]);
		pv_str key;

		if (!starts_with(text, at, names[i], name))
			continue;
		key.ptr = text.ptr + at + name;
		key.len = pv_secret_span(text, at + name, PART_MAX,
					 ALNUM | PV_SECRET_BASE64);
		if (key.len >= 40 && pv_secret_is_random(key, 40))
			return name + key.len;
	}
	return 0;
}

/* The path of a webhook is what lets one in. */
static size_t match_webhook(pv_str text, size_t at)
{
	static const char address[] = "https://hooks.slack.com/services/T";
	size_t prefix = sizeof(address) - 1;
	pv_str path;

	if (!starts_with(text, at, address, prefix))
		return 0;
	path.ptr = text.ptr + at + prefix;
	path.len = pv_secret_span(text, at + prefix, PART_MAX,
				  ALNUM | PV_SECRET_BASE64);
	return path.len >= 36 && pv_secret_is_random(path, 35) ? prefix + path.len
							       : 0;
}

/* 123456789:AA... of a Telegram bot. */
static size_t match_telegram(pv_str text, size_t at)
{
	size_t number = pv_secret_span(text, at, 11, PV_SECRET_DIGITS);
	pv_str key = { text.ptr + at + number + 1, 0 };

	if (number < 8 || number > 10 || pv_str_at(text, at + number) != ':')
		return 0;
	key.len = pv_secret_span(text, at + number + 1, 36, URL);
	return key.len == 35 && pv_secret_is_random(key, 35) ? number + 36 : 0;
}

/* The id of a Discord bot in base64, a time, and a signature. */
static size_t match_discord(pv_str text, size_t at)
{
	pv_str key = { text.ptr + at, 0 };
	size_t id;

	if (!strchr("MNO", text.ptr[at]))
		return 0;
	id = pv_secret_span(text, at, 29, URL);
	if (id < 24 || id > 28 || pv_str_at(text, at + id) != '.' ||
	    pv_secret_span(text, at + id + 1, 7, URL) != 6 ||
	    pv_str_at(text, at + id + 7) != '.')
		return 0;
	key.len = pv_secret_span(text, at + id + 8, 39, URL);
	if (key.len < 27 || key.len > 38)
		return 0;
	key.len += id + 8;
	return pv_secret_is_random(key, 35) ? key.len : 0;
}

static size_t match_other(const char **what_out, pv_str text, size_t at)
{
	static const struct {
		const char *what;
		size_t (*match)(pv_str text, size_t at);
	} others[] = {
		{ "a JSON web token", match_jwt },
		{ "an Azure client secret", match_azure },
		{ "an Azure account key", match_account },
		{ "a Slack webhook", match_webhook },
		{ "a Telegram token", match_telegram },
		{ "a Discord token", match_discord },
	};

	for (size_t i = 0; i < pv_array_len(others); i++) {
		size_t len = others[i].match(text, at);

		*what_out = others[i].what;
		if (len)
			return len;
	}
	return 0;
}

size_t pv_secret_known(const char **what_out, pv_str text, size_t at)
{
	char c = text.ptr[at];
	char next = pv_str_at(text, at + 1);

	if (memchr(first_letters, c, sizeof(first_letters) - 1)) {
		for (size_t i = 0; i < pv_array_len(forms); i++) {
			size_t len;

			if (forms[i].prefix[0] != c || forms[i].prefix[1] != next)
				continue;
			len = match(&forms[i], text, at);
			*what_out = forms[i].what;
			if (len)
				return len;
		}
	}
	return match_other(what_out, text, at);
}
