/* SPDX-License-Identifier: MIT
 *
 * What the files of pv_interface share: the texts of a prompt and of what it
 * includes, what each needs from outside, and where it reads names.
 */
#ifndef PV_RENDER_INTERFACE_H
#define PV_RENDER_INTERFACE_H

#include <pv/render.h>

#include "base/arena.h"
#include "base/map.h"
#include "jinja/bind/needs.h"
#include "prompt/scan.h"

/* A place that reads a name. */
typedef struct pv_interface_spot {
	pv_str name;
	int line;
	int column;
} pv_interface_spot;

/* One text, and what is needed for it. */
typedef struct pv_interface_text {
	const char *id;    /* of an included prompt; "" for the prompt itself */
	pv_str text;       /* ptr NULL: there is none of that id */
	pv_prompt *prompt; /* of an included one, or NULL */
	pv_jinja_need *needs; /* those of what it includes, too */
	pv_interface_spot *spots;
	size_t spot_count;
	struct pv_interface_text *next;
} pv_interface_text;

/* A variable, and what is known about it so far. */
typedef struct pv_interface_entry {
	pv_interface_variable it;
	pv_variable_use *uses;
	size_t use_cap;
	int is_own;      /* the prompt itself uses or declares it */
	int is_declared; /* by the prompt, or by one it includes */
	int is_stated;   /* that says whether it is required */
	int is_needed;   /* some text reads it */
	int is_required; /* and cannot do without */
	int is_certain;  /* some use is always reached */
} pv_interface_entry;

struct pv_interface {
	pv_arena arena;
	enum pv_syntax syntax;
	const pv_prompt *prompt;
	const pv_render_loader *loader; /* while it is made */
	pv_interface_text *parts;       /* of the prompt */
	size_t part_count;
	pv_interface_text *included; /* in the order they were met */
	pv_interface_text **included_end;
	pv_map text_of; /* by id */
	size_t included_count;
	int depth;      /* of texts under way */
	int is_dynamic; /* some name is computed; it was said */
	pv_interface_entry *entries;
	size_t count;
	size_t cap;
	pv_map entry_of; /* by name: index + 1, as a pointer */
	pv_report *report;
	pv_error *err; /* while it is made */
};

/* Finds what a text needs, and loads what it includes (interface_texts.c). */
int pv_interface_read(pv_interface *all, pv_interface_text *text);

#endif
