/* SPDX-License-Identifier: MIT
 *
 * The images that a text would load if it were shown as Markdown.
 */
#ifndef PV_DIFF_MARKDOWN_IMAGES_H
#define PV_DIFF_MARKDOWN_IMAGES_H

#include "base/str.h"

/*
 * Calls `fn` for each image on another machine, those of <img> included, with
 * where its address stands in the text, until it returns non-zero, which is
 * returned. What is code to Markdown is none. PV_ENOMEM.
 */
int pv_markdown_images(pv_str text,
		       int (*fn)(size_t offset, size_t len, void *payload),
		       void *payload, pv_error *err);

#endif
