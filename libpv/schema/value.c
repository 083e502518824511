/* SPDX-License-Identifier: MIT
 *
 * Looking into values and comparing them as a whole.
 */
#include "schema/value.h"

#include "base/utf8.h"

static uint64_t mix(uint64_t hash)
{
	hash ^= hash >> 32;
	hash *= 0x9E3779B97F4A7C15U;
	return hash ^ (hash >> 29);
}

/* Up to 7 bytes in one word; as many that are different make another one. */
static uint64_t tail_word(pv_str text)
{
	const unsigned char *bytes = (const unsigned char *)text.ptr;
	uint32_t low;
	uint32_t high;

	if (!text.len)
		return 0;
	if (text.len < sizeof(low))
		return bytes[0] | (uint64_t)bytes[text.len / 2] << 8 |
		       (uint64_t)bytes[text.len - 1] << 16;
	memcpy(&low, bytes, sizeof(low));
	memcpy(&high, bytes + text.len - sizeof(high), sizeof(high));
	return low | (uint64_t)high << 32;
}

uint64_t pv_value_hash_bytes(pv_str text)
{
	uint64_t hash = text.len;
	uint64_t word = 0;

	while (text.len >= sizeof(word)) {
		memcpy(&word, text.ptr, sizeof(word));
		hash = mix(hash ^ word);
		text.ptr += sizeof(word);
		text.len -= sizeof(word);
	}
	return mix(hash ^ tail_word(text));
}

unsigned pv_value_type(const pv_value *value)
{
	static const uint8_t types[] = {
		[PV_VALUE_NULL] = PV_TYPE_NULL,
		[PV_VALUE_FALSE] = PV_TYPE_BOOLEAN,
		[PV_VALUE_TRUE] = PV_TYPE_BOOLEAN,
		[PV_VALUE_INTEGER] = PV_TYPE_INTEGER,
		[PV_VALUE_NUMBER] = PV_TYPE_FRACTION,
		[PV_VALUE_STRING] = PV_TYPE_STRING,
		[PV_VALUE_ARRAY] = PV_TYPE_ARRAY,
		[PV_VALUE_OBJECT] = PV_TYPE_OBJECT,
	};

	return pv_value_is_integer(value) ? PV_TYPE_INTEGER : types[value->kind];
}

const pv_value *pv_value_get(const pv_value *object, pv_str key)
{
	uint64_t hash = pv_value_hash_bytes(key);

	if (object->kind != PV_VALUE_OBJECT)
		return NULL;
	for (size_t i = 0; i < object->count; i++) {
		const pv_member *member = &object->as.members[i];

		if (pv_key_is_same(member->key, member->hash, key, hash))
			return &member->value;
	}
	return NULL;
}

const pv_value *pv_value_get_z(const pv_value *object, const char *key)
{
	return pv_value_get(object, pv_str_of(key));
}

size_t pv_value_length(const pv_value *string)
{
	if (string->is_ascii)
		return string->count;
	return pv_utf8_count(string->as.text, string->count);
}

static int equal_objects(const pv_value *a, const pv_value *b)
{
	for (size_t i = 0; i < a->count; i++) {
		const pv_member *mine = &a->as.members[i];
		const pv_member *same = &b->as.members[i];
		const pv_value *other = &same->value;

		/* Mostly both were written in one order. */
		if (mine->hash != same->hash || !pv_str_eq(mine->key, same->key))
			other = pv_value_get(b, mine->key);
		if (!other || !pv_value_equal(&mine->value, other))
			return 0;
	}
	return 1;
}

int pv_value_equal(const pv_value *a, const pv_value *b)
{
	if (a->kind != b->kind)
		return 0;
	switch ((enum pv_value_kind)a->kind) {
	case PV_VALUE_INTEGER:
		return a->as.integer == b->as.integer;
	case PV_VALUE_NUMBER:
		return !pv_value_cmp_numbers(a, b);
	case PV_VALUE_STRING:
		return a->hash == b->hash &&
		       pv_str_eq(pv_value_str(a), pv_value_str(b));
	case PV_VALUE_ARRAY:
		if (a->count != b->count)
			return 0;
		for (size_t i = 0; i < a->count; i++)
			if (!pv_value_equal(&a->as.items[i], &b->as.items[i]))
				return 0;
		return 1;
	case PV_VALUE_OBJECT:
		return a->count == b->count && equal_objects(a, b);
	case PV_VALUE_NULL:
	case PV_VALUE_FALSE:
	case PV_VALUE_TRUE:
		break;
	}
	return 1;
}

/* The digits without zeros at either end, which tell numbers apart mostly. */
static uint64_t hash_decimal(const pv_decimal *decimal)
{
	uint64_t hash = decimal->is_negative ? 7 : 3;
	uint64_t zeros = 0;
	int is_begun = 0;

	for (size_t i = 0; i < decimal->whole.len + decimal->fraction.len; i++) {
		const char *digit = decimal->whole.ptr + i;

		if (i >= decimal->whole.len)
			digit = decimal->fraction.ptr + (i - decimal->whole.len);
		if (*digit == '0') {
			zeros += (uint64_t)is_begun;
			continue;
		}
		hash = mix(hash ^ (zeros << 8) ^ (unsigned char)*digit);
		zeros = 0;
		is_begun = 1;
	}
	return hash;
}

uint64_t pv_value_hash(const pv_value *value)
{
	uint64_t hash = mix((uint64_t)value->kind + 1);

	switch ((enum pv_value_kind)value->kind) {
	case PV_VALUE_INTEGER:
		return mix(hash ^ (uint64_t)value->as.integer);
	case PV_VALUE_NUMBER:
		return mix(hash ^ hash_decimal(&value->as.number->decimal));
	case PV_VALUE_STRING:
		return mix(hash ^ value->hash);
	case PV_VALUE_ARRAY:
		for (size_t i = 0; i < value->count; i++)
			hash = mix(hash ^ pv_value_hash(&value->as.items[i]));
		return hash;
	case PV_VALUE_OBJECT:
		/* Added up: the order of members does not count. */
		for (size_t i = 0; i < value->count; i++)
			hash += mix(value->as.members[i].hash ^
				    pv_value_hash(&value->as.members[i].value));
		return hash;
	case PV_VALUE_NULL:
	case PV_VALUE_FALSE:
	case PV_VALUE_TRUE:
		break;
	}
	return hash;
}

/* --- text ------------------------------------------------------------------ */

static void put_digits(pv_buf *out, pv_str digits, size_t most)
{
	pv_buf_put(out, digits.ptr, digits.len < most ? digits.len : most);
}

static void put_decimal(pv_buf *out, const pv_decimal *number, size_t digits)
{
	if (number->is_negative)
		pv_buf_putc(out, '-');
	if (!number->whole.len)
		pv_buf_putc(out, '0');
	put_digits(out, number->whole, digits);
	if (number->fraction.len)
		pv_buf_putc(out, '.');
	put_digits(out, number->fraction, digits);
	if (number->exponent)
		pv_buf_printf(out, "e%ld", number->exponent);
}

int pv_value_put_plain(pv_buf *out, const pv_value *value, size_t digits)
{
	switch ((enum pv_value_kind)value->kind) {
	case PV_VALUE_NULL:
		pv_buf_puts(out, "null");
		return 1;
	case PV_VALUE_FALSE:
		pv_buf_puts(out, "false");
		return 1;
	case PV_VALUE_TRUE:
		pv_buf_puts(out, "true");
		return 1;
	case PV_VALUE_INTEGER:
		pv_buf_printf(out, "%lld", (long long)value->as.integer);
		return 1;
	case PV_VALUE_NUMBER:
		put_decimal(out, &value->as.number->decimal, digits);
		return 1;
	default:
		return 0;
	}
}
