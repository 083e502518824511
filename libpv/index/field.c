/* SPDX-License-Identifier: MIT
 *
 * The table of fields. Limits are wide: they are there so that no sum of
 * a few billion rows overflows an int64 and no name fills a page.
 */
#include "index/field.h"

#include "base/mem.h"

enum {
	NAME_MAX_BYTES = 1000,
	NOTE_MAX_BYTES = 1 << 20,
	BODY_MAX_BYTES = 64 << 20
};

#define COUNT_MAX INT64_C(1000000000000)
#define MICROS_MAX INT64_C(1000000000000000)
#define COST_MAX INT64_C(1000000000000000000)

static const char *const statuses[] = {
	"ok", "error", "timeout", "cancelled", "refused", "invalid-output", NULL
};
static const char *const sources[] = { "generated", "cache", "replay", "import",
				       NULL };

#define NAME(text, where)                                        \
 {                                                               \
  text, text, PV_KIND_TEXT, where, 0, 0, 1, NAME_MAX_BYTES, NULL \
 }
#define NOTE(text)                                                      \
 {                                                                      \
  text, text, PV_KIND_TEXT, PV_PLACE_ROW, 0, 0, 0, NOTE_MAX_BYTES, NULL \
 }
#define WHOLE(text, where)                                    \
 {                                                            \
  text, text, PV_KIND_NUMBER, where, 0, 1, 0, COUNT_MAX, NULL \
 }
#define BODY(text, kind)                                         \
 {                                                               \
  text, text, kind, PV_PLACE_BODY, 0, 0, 0, BODY_MAX_BYTES, NULL \
 }

const pv_field_row pv_field_rows[PV_FIELD_COUNT] = {
	[PV_FIELD_ID] = { "id", "id", PV_KIND_ID, PV_PLACE_ROW, 0, 0, 0, 0, NULL },
	[PV_FIELD_TS] = { "ts", "ts_us", PV_KIND_TIME, PV_PLACE_ROW, 0, 0, 0, 0,
			  NULL },
	[PV_FIELD_PROMPT_ID] = NAME("prompt_id", PV_PLACE_DIM),
	[PV_FIELD_VERSION] = NAME("version", PV_PLACE_DIM),
	[PV_FIELD_COMMIT] = { "commit", "commit_oid", PV_KIND_OID, PV_PLACE_DIM },
	[PV_FIELD_BLOB] = { "blob", "blob_oid", PV_KIND_OID, PV_PLACE_DIM },
	[PV_FIELD_DIRTY] = { "dirty", "dirty", PV_KIND_BOOL, PV_PLACE_DIM, 0, 0,
			     0, 0, NULL },
	[PV_FIELD_ENVIRONMENT] = NAME("environment", PV_PLACE_DIM),
	[PV_FIELD_EXPERIMENT] = NAME("experiment", PV_PLACE_DIM),
	[PV_FIELD_EPOCH] = WHOLE("epoch", PV_PLACE_DIM),
	[PV_FIELD_VARIANT] = NAME("variant", PV_PLACE_DIM),
	[PV_FIELD_UNIT] = NAME("unit", PV_PLACE_ROW),
	[PV_FIELD_SESSION] = NAME("session", PV_PLACE_ROW),
	[PV_FIELD_PARENT] = NAME("parent", PV_PLACE_ROW),
	[PV_FIELD_BATCH] = NAME("batch", PV_PLACE_DIM),
	[PV_FIELD_DATASET] = NAME("dataset", PV_PLACE_DIM),
	[PV_FIELD_CASE] = { "case", "case_id", PV_KIND_TEXT, PV_PLACE_ROW, 0, 0,
			    1, NAME_MAX_BYTES, NULL },
	[PV_FIELD_FRAMEWORK] = NAME("framework", PV_PLACE_DIM),
	[PV_FIELD_TEMPLATE] = NAME("template", PV_PLACE_DIM),
	[PV_FIELD_PROVIDER] = NAME("provider", PV_PLACE_DIM),
	[PV_FIELD_MODEL] = NAME("model", PV_PLACE_DIM),
	[PV_FIELD_RESPONSE_MODEL] = NAME("response_model", PV_PLACE_DIM),
	[PV_FIELD_PARAMS] = BODY("params", PV_KIND_OBJECT),
	[PV_FIELD_INPUT] = BODY("input", PV_KIND_ANY),
	[PV_FIELD_RENDERED] = BODY("rendered", PV_KIND_ANY),
	[PV_FIELD_OUTPUT] = BODY("output", PV_KIND_ANY),
	[PV_FIELD_REQUEST] = BODY("request", PV_KIND_ANY),
	[PV_FIELD_RESPONSE] = BODY("response", PV_KIND_ANY),
	[PV_FIELD_OUTPUT_CHARS] = WHOLE("output_chars", PV_PLACE_ROW),
	[PV_FIELD_TOKENS_IN] = WHOLE("tokens_in", PV_PLACE_ROW),
	[PV_FIELD_TOKENS_OUT] = WHOLE("tokens_out", PV_PLACE_ROW),
	[PV_FIELD_TOKENS] = WHOLE("tokens", PV_PLACE_ROW),
	[PV_FIELD_TOKENS_CACHED] = WHOLE("tokens_cached", PV_PLACE_ROW),
	[PV_FIELD_TOKENS_REASONING] = WHOLE("tokens_reasoning", PV_PLACE_ROW),
	[PV_FIELD_LATENCY_MS] = { "latency_ms", "latency_us", PV_KIND_NUMBER,
				  PV_PLACE_ROW, 3, 0, 0, MICROS_MAX, NULL },
	[PV_FIELD_TTFT_MS] = { "ttft_ms", "ttft_us", PV_KIND_NUMBER,
			       PV_PLACE_ROW, 3, 0, 0, MICROS_MAX, NULL },
	[PV_FIELD_COST_USD] = { "cost_usd", "cost_pusd", PV_KIND_NUMBER,
				PV_PLACE_ROW, 12, 0, 0, COST_MAX, NULL },
	[PV_FIELD_PRICES] = { "prices", "prices_oid", PV_KIND_OID, PV_PLACE_DIM },
	[PV_FIELD_STATUS] = { "status", "status", PV_KIND_CHOICE, PV_PLACE_ROW,
			      0, 0, 0, 0, statuses },
	[PV_FIELD_SUCCESS] = { "success", NULL, PV_KIND_BOOL, PV_PLACE_NONE, 0,
			       0, 0, 0, NULL },
	[PV_FIELD_ERROR_TYPE] = NAME("error_type", PV_PLACE_ROW),
	[PV_FIELD_ERROR_MESSAGE] = NOTE("error_message"),
	[PV_FIELD_FINISH_REASON] = NAME("finish_reason", PV_PLACE_DIM),
	[PV_FIELD_SOURCE] = { "source", "source", PV_KIND_CHOICE, PV_PLACE_DIM,
			      0, 0, 0, 0, sources },
	[PV_FIELD_QUALITY] = { "quality", "quality_m", PV_KIND_NUMBER,
			       PV_PLACE_ROW, 3, 0, 1000, 10000, NULL },
	[PV_FIELD_SCORES] = { "scores", "scores", PV_KIND_SCORES, PV_PLACE_ROW,
			      0, 0, 0, NOTE_MAX_BYTES, NULL },
	[PV_FIELD_FEEDBACK] = NOTE("feedback"),
	[PV_FIELD_TAGS] = { "tags", "tags", PV_KIND_TAGS, PV_PLACE_ROW, 0, 0, 0,
			    NOTE_MAX_BYTES, NULL },
	[PV_FIELD_METADATA] = BODY("metadata", PV_KIND_OBJECT),
};

int pv_field_find(pv_str name)
{
	if (!name.len)
		return -1;
	/* Asked for each member of each line: most differ at once. */
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (pv_field_rows[i].name[0] == name.ptr[0] &&
		    pv_str_is(name, pv_field_rows[i].name))
			return i;
	return -1;
}
