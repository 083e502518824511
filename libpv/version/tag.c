/* SPDX-License-Identifier: MIT
 *
 * Names and messages of version tags, written and read back.
 */
#include "version/tag.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/commit/trailer.h"

static const char tags[] = "refs/tags/";

int pv_version_tag_split(pv_str *id_out, pv_semver *number_out,
			 const char *refname)
{
	char id[PV_ID_MAX + 1];
	const char *name = refname + strlen(tags);
	const char *slash;
	size_t len;

	if (!pv_str_has_prefix(refname, tags))
		return 0;
	slash = strrchr(name, '/');
	len = slash ? (size_t)(slash - name) : 0;
	if (!len || len > PV_ID_MAX || slash[1] != 'v' ||
	    pv_semver_parse(number_out, slash + 1, NULL) < 0)
		return 0;
	memcpy(id, name, len);
	id[len] = '\0';
	id_out->ptr = name;
	id_out->len = len;
	return pv_id_check(id, NULL) == PV_OK;
}

void pv_version_tag_name(pv_buf *out, const char *id, const pv_semver *number)
{
	char text[PV_VERSION_TEXT];

	pv_semver_format(text, number);
	pv_buf_printf(out, "%s/v%s", id, text);
}

void pv_version_tag_message(pv_buf *out, const char *id,
			    const pv_version_info *info)
{
	pv_buf_printf(out, "%s %s\n\n", id, info->text);
	pv_buf_printf(out, "Pv-Prompt: %s\n", id);
	pv_buf_printf(out, "Pv-Version: %s\n", info->text);
	pv_buf_printf(out, "Pv-Blob: %s\n", info->blob.hex);
	pv_buf_printf(out, "Pv-Closure: %s\n", info->closure);
	pv_buf_printf(out, "Pv-Bump: %s\n", pv_bump_name(info->bump));
}

static int is_hex(pv_str text, size_t len)
{
	if (text.len != len)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (!strchr("0123456789abcdef", text.ptr[i]))
			return 0;
	return 1;
}

static int is_closure(pv_str text)
{
	static const char dynamic[] = "dynamic:";
	size_t skip = strlen(dynamic);

	if (text.len > skip && !memcmp(text.ptr, dynamic, skip)) {
		text.ptr += skip;
		text.len -= skip;
	}
	return is_hex(text, 64);
}

/* PV_BUMP_NONE also for what no version of ours wrote. */
static enum pv_bump bump_of(pv_str name)
{
	static const enum pv_bump bumps[] = { PV_BUMP_PATCH, PV_BUMP_MINOR,
					      PV_BUMP_MAJOR };

	for (size_t i = 0; i < pv_array_len(bumps); i++)
		if (pv_str_is(name, pv_bump_name(bumps[i])))
			return bumps[i];
	return PV_BUMP_NONE;
}

int pv_version_tag_parse(pv_version_info *info, const char *id,
			 const char *message, pv_error *err)
{
	pv_str block = pv_trailer_block(message);
	pv_str blob = pv_trailer_in(block, "Pv-Blob");
	pv_str closure = pv_trailer_in(block, "Pv-Closure");

	pv_semver_format(info->text, &info->number);
	if (!pv_str_is(pv_trailer_in(block, "Pv-Prompt"), id) ||
	    !pv_str_is(pv_trailer_in(block, "Pv-Version"), info->text) ||
	    !is_hex(blob, 40) || !is_closure(closure))
		return pv_fail(err, PV_EINVALID,
			       "tag \"%.80s/v%.60s\" is malformed", id,
			       info->text);
	memcpy(info->blob.hex, blob.ptr, blob.len);
	info->blob.hex[blob.len] = '\0';
	info->bump = bump_of(pv_trailer_in(block, "Pv-Bump"));
	info->closure = pv_strndup(closure.ptr, closure.len);
	return info->closure ? PV_OK : pv_fail_nomem(err);
}

void pv_version_info_dispose(pv_version_info *info)
{
	pv_free(info->tag);
	pv_free(info->closure);
	pv_free(info->tagger.name);
	pv_free(info->tagger.email);
	pv_free(info->subject);
	memset(info, 0, sizeof(*info));
}
