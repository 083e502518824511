/* SPDX-License-Identifier: MIT
 *
 * Values that no text was read for, and values as text.
 */
#include <math.h>
#include <stdio.h>

#include "base/json.h"
#include "schema/number.h"
#include "schema/proof.h"

/* --- making ---------------------------------------------------------------------- */

const pv_value *pv_make_integer(pv_proof *proof, int64_t integer)
{
	pv_value *value = pv_proof_alloc(proof, sizeof(*value));

	if (!value)
		return NULL;
	value->kind = PV_VALUE_INTEGER;
	value->as.integer = integer;
	return value;
}

const pv_value *pv_make_real(pv_proof *proof, double real)
{
	char text[40];
	int len = snprintf(text, sizeof(text), "%.12g", real);
	char *kept = pv_proof_alloc(proof, sizeof(text));
	pv_value *value = pv_proof_alloc(proof, sizeof(*value));

	if (!value || !kept || !isfinite(real))
		return NULL;
	memcpy(kept, text, (size_t)len);
	if (pv_number_read(value, proof->arena, (pv_str){ kept, (size_t)len },
			   proof->err) < 0) {
		proof->rc = PV_ENOMEM; /* the number itself is small */
		return NULL;
	}
	return value;
}

static int is_ascii(pv_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] & 0x80)
			return 0;
	return 1;
}

const pv_value *pv_make_string(pv_proof *proof, pv_str text)
{
	pv_value *value = pv_proof_alloc(proof, sizeof(*value));
	char *kept = pv_proof_alloc(proof, text.len + 1);

	if (!value || !kept)
		return NULL;
	if (text.len)
		memcpy(kept, text.ptr, text.len);
	value->kind = PV_VALUE_STRING;
	value->is_ascii = (uint8_t)is_ascii(text);
	value->hash = (uint32_t)pv_value_hash_bytes(text);
	value->count = text.len;
	value->as.text = kept;
	return value;
}

const pv_value *pv_make_array(pv_proof *proof, const pv_value *const *items,
			      size_t count)
{
	pv_value *value = pv_proof_alloc(proof, sizeof(*value));
	pv_value *kept = pv_proof_alloc(proof, (count + 1) * sizeof(*kept));

	if (!value || !kept)
		return NULL;
	for (size_t i = 0; i < count; i++)
		kept[i] = *items[i];
	value->kind = PV_VALUE_ARRAY;
	value->count = count;
	value->as.items = kept;
	return value;
}

const pv_value *pv_make_object(pv_proof *proof, const pv_str *keys,
			       const pv_value *const *values, size_t count)
{
	pv_value *value = pv_proof_alloc(proof, sizeof(*value));
	pv_member *kept = pv_proof_alloc(proof, (count + 1) * sizeof(*kept));

	if (!value || !kept)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		kept[i].key = keys[i];
		kept[i].hash = pv_value_hash_bytes(keys[i]);
		kept[i].value = *values[i];
	}
	value->kind = PV_VALUE_OBJECT;
	value->count = count;
	value->as.members = kept;
	return value;
}

/* --- text ------------------------------------------------------------------------ */

static void put_string(pv_buf *out, pv_str text)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_stringn(&w, text.ptr, text.len);
}

static void put_parts(pv_buf *out, const pv_value *value)
{
	int is_array = value->kind == PV_VALUE_ARRAY;

	pv_buf_putc(out, is_array ? '[' : '{');
	for (size_t i = 0; i < value->count; i++) {
		if (i)
			pv_buf_puts(out, ", ");
		if (is_array) {
			pv_value_put(out, &value->as.items[i]);
			continue;
		}
		put_string(out, value->as.members[i].key);
		pv_buf_puts(out, ": ");
		pv_value_put(out, &value->as.members[i].value);
	}
	pv_buf_putc(out, is_array ? ']' : '}');
}

void pv_value_put(pv_buf *out, const pv_value *value)
{
	if (pv_value_put_plain(out, value, SIZE_MAX))
		return;
	if (value->kind == PV_VALUE_STRING)
		put_string(out, pv_value_str(value));
	else
		put_parts(out, value);
}
