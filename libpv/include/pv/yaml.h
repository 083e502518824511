/* SPDX-License-Identifier: MIT
 *
 * A lossless YAML document: the text as the user wrote it, plus a tree of
 * nodes that know their byte spans. Reading follows the YAML 1.2 core schema
 * on top of libyaml's syntax. Editing splices into the text, so comments,
 * quoting, key order, blank lines, line ends and block-scalar indicators of
 * everything else survive; each edit is parsed again and refused when it does
 * not read back as intended.
 *
 * A document is not shared between threads while it is edited. Nodes are
 * borrowed from their document and die with the next edit of it.
 */
#ifndef PV_YAML_H
#define PV_YAML_H

#include <pv/buf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Limits. Going beyond one is PV_ELIMIT with the limit in the message. */
enum {
	PV_YAML_MAX_SIZE = 64 << 20, /* bytes of text */
	PV_YAML_MAX_DEPTH = 200,     /* nested collections */
	PV_YAML_MAX_NODES = 2000000,
	PV_YAML_MAX_DIRECTIVES = 100,         /* "%TAG" lines in a row */
	PV_YAML_MAX_ALIASES = 10000,          /* alias nodes in one document */
	PV_YAML_MAX_EXPANDED = 4000000,       /* nodes with aliases followed */
	PV_YAML_MAX_EXPANDED_SIZE = 128 << 20 /* the same, bytes of scalars */
};

enum pv_yaml_kind {
	PV_YAML_STREAM, /* root of a text read with `streams`: its documents */
	PV_YAML_SCALAR,
	PV_YAML_SEQUENCE,
	PV_YAML_MAPPING,
	PV_YAML_ALIAS /* `target` is what it stands for */
};

enum pv_yaml_style {
	PV_YAML_PLAIN, /* scalars ... */
	PV_YAML_SINGLE_QUOTED,
	PV_YAML_DOUBLE_QUOTED,
	PV_YAML_LITERAL,
	PV_YAML_FOLDED,
	PV_YAML_BLOCK, /* collections ... */
	PV_YAML_FLOW
};

/*
 * What a scalar is under the YAML 1.2 core schema, or its explicit tag: "no",
 * "12:30", "1_000" and "2024-01-01" are strings, 0644 is the decimal 644.
 */
enum pv_yaml_type {
	PV_YAML_STRING,
	PV_YAML_NULL,
	PV_YAML_BOOL,
	PV_YAML_INT,
	PV_YAML_FLOAT
};

typedef struct pv_yaml pv_yaml;
typedef struct pv_yaml_node pv_yaml_node;

/*
 * One node; read-only. The children of a mapping are its values in the order
 * of the text, each with its `key`; those of a sequence have no key. A value
 * that is not written ("a:") is a null scalar with an empty span.
 */
struct pv_yaml_node {
	enum pv_yaml_kind kind;
	enum pv_yaml_style style;
	enum pv_yaml_type type; /* of scalars */
	const char *text; /* decoded scalar, NUL-terminated, also of an alias
			     that is a key; NULL for others */
	size_t len;   /* bytes of `text`, which may contain NULs unless a key */
	size_t start; /* byte span in pv_yaml_text: of the content itself, */
	size_t end;   /* without properties, comments and the final newline;
		       a block scalar's span starts at its indicator and
		       ends behind its last line with content, or behind
		       the trailing blank lines when it keeps them ("|+") */
	size_t outer_start; /* like start, tag and anchor included */
	int line;           /* 1-based place of `start` */
	int column;         /* 1-based, in code points */
	const char *tag; /* as resolved by libyaml, NULL when none is written */
	const char *anchor;         /* NULL when there is none */
	const pv_yaml_node *key;    /* in a mapping: the key node */
	const pv_yaml_node *parent; /* NULL for the root */
	const pv_yaml_node *next;   /* following sibling */
	const pv_yaml_node *first;  /* first child */
	const pv_yaml_node *target; /* of an alias */
	size_t count;               /* children */
};

enum pv_yaml_tags {
	PV_YAML_TAGS_CORE, /* other tags than the core schema's are errors */
	PV_YAML_TAGS_KEEP  /* any tag is accepted and kept, never acted upon */
};

typedef struct pv_yaml_options {
	enum pv_yaml_tags tags;
	int streams; /* accept any number of documents; see PV_YAML_STREAM */
	int duplicate_keys; /* keep mappings with equal keys, not an error */
	size_t max_size;    /* 0: PV_YAML_MAX_SIZE */
} pv_yaml_options;

/*
 * Parses `len` bytes of UTF-8 (a byte order mark is allowed at the start)
 * that hold one document; the text is copied. Text without a document (empty,
 * or comments only) reads as null. NULL options are the strict ones of prompt
 * files. PV_ESYNTAX with line and column for anything that is not well-formed
 * (bad UTF-8, keys that are duplicate, null or no scalars, unsafe tags,
 * undefined or cyclic aliases, several documents), PV_ELIMIT, PV_ENOMEM. The
 * caller frees the document. "<<" is an ordinary key, as in YAML 1.2.
 */
PV_API int pv_yaml_parse(pv_yaml **out, const char *text, size_t len,
			 const pv_yaml_options *opts, pv_error *err);

/* Frees a document and its nodes; NULL is accepted. */
PV_API void pv_yaml_free(pv_yaml *doc);

/* The text with all edits so far, NUL-terminated; borrowed until the next. */
PV_API const char *pv_yaml_text(const pv_yaml *doc, size_t *len_out);

/* The root node: what the document is, or the stream. Never NULL. */
PV_API const pv_yaml_node *pv_yaml_root(const pv_yaml *doc);

/* The node itself, or what it stands for when it is an alias. */
PV_API const pv_yaml_node *pv_yaml_resolve(const pv_yaml_node *node);

/* The value of `key` in a mapping (aliases followed); NULL when absent. */
PV_API const pv_yaml_node *pv_yaml_get(const pv_yaml_node *node, const char *key);

/* The element at `idx` of a sequence (aliases followed); NULL when absent. */
PV_API const pv_yaml_node *pv_yaml_at(const pv_yaml_node *node, size_t idx);

/*
 * Looks a node up by path: keys joined by dots, sequence elements as [n]
 * (negative from the end), keys with other characters in double quotes with
 * JSON escapes: `messages[0].content`, `metadata."a.b"`. "" is the root.
 * PV_EINVALID for a malformed path, PV_ENOTFOUND.
 */
PV_API int pv_yaml_find(const pv_yaml_node **out, const pv_yaml *doc,
			const char *path, pv_error *err);

/* Appends the path of `node` in the form pv_yaml_find reads. PV_ENOMEM. */
PV_API int pv_yaml_path(pv_buf *out, const pv_yaml_node *node, pv_error *err);

/*
 * Sets the value at `path` to `json` (one JSON document as text), replacing
 * what is there; the last key of the path may be new, missing mappings on the
 * way are made. A scalar keeps its quoting style where the new value allows
 * it, several lines become a literal block. PV_EINVALID for a bad path or
 * JSON, PV_ENOTFOUND when the path leads through an element that is not
 * there, PV_EUNSUPPORTED for an edit that cannot be made without touching
 * other bytes (the document is unchanged after every failure), PV_ELIMIT,
 * PV_ENOMEM.
 */
PV_API int pv_yaml_set(pv_yaml *doc, const char *path, const char *json,
		       pv_error *err);

/*
 * The same for a string value that need not be wrapped in JSON: `len` bytes
 * of valid UTF-8.
 */
PV_API int pv_yaml_set_text(pv_yaml *doc, const char *path, const char *text,
			    size_t len, pv_error *err);

/*
 * Inserts `json` into the sequence at `path` before element `idx`; an `idx`
 * equal to the count appends. Errors as pv_yaml_set.
 */
PV_API int pv_yaml_insert(pv_yaml *doc, const char *path, size_t idx,
			  const char *json, pv_error *err);

/* Appends `json` to the sequence at `path`. Errors as pv_yaml_set. */
PV_API int pv_yaml_append(pv_yaml *doc, const char *path, const char *json,
			  pv_error *err);

/*
 * Deletes the element or the key with its value at `path`, with the comments
 * on its own lines but not those around it. Errors as pv_yaml_set.
 */
PV_API int pv_yaml_delete(pv_yaml *doc, const char *path, pv_error *err);

/*
 * Appends `node` as compact JSON: aliases expanded within the limits, keys in
 * the order of the text; integers beyond int64 and floats keep their digits,
 * infinities and NaN become the strings ".inf", "-.inf" and ".nan". PV_ELIMIT,
 * PV_ENOMEM.
 */
PV_API int pv_yaml_to_json(pv_buf *out, const pv_yaml_node *node, pv_error *err);

/*
 * Appends `json` as a YAML document in block style, the way this library
 * writes new files: two-space indentation, text of several lines as literal
 * blocks, keys in the given order. PV_EINVALID for malformed JSON and keys
 * with NULs, which pv_yaml_parse would refuse; PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_yaml_from_json(pv_buf *out, const char *json, size_t len,
			     pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
