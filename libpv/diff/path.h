/* SPDX-License-Identifier: MIT
 *
 * Field paths, put together step by step while trees are walked, in the form
 * pv_yaml_find reads: `messages[0].content`, `metadata."a.b"`.
 */
#ifndef PV_DIFF_PATH_H
#define PV_DIFF_PATH_H

#include <pv/yaml.h>

/* Appends the step to a member: ".key", quoted where it has to be. */
void pv_path_put_key(pv_buf *path, const pv_yaml_node *key);

/* Appends the step to an element: "[n]". */
void pv_path_put_index(pv_buf *path, size_t idx);

#endif
