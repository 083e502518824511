/* SPDX-License-Identifier: MIT
 *
 * The file of an environment in one commit, read as far as somebody asks.
 */
#ifndef PV_DEPLOY_ENV_FILE_H
#define PV_DEPLOY_ENV_FILE_H

#include <pv/deploy.h>

#include "version/environment.h"
#include "version/environment_text.h"

/* "<name>.yaml" */
typedef struct pv_env_path {
	char text[PV_ENVIRONMENT_MAX + sizeof(".yaml")];
} pv_env_path;

void pv_env_path_make(pv_env_path *out, const char *name);

typedef struct pv_env_file {
	pv_env_path path;
	pv_oid blob; /* hex "" where there is no file */
	pv_buf text;
	pv_env_parts parts; /* empty unless it is plain */
	pv_environment all; /* empty when it is */
} pv_env_file;

/*
 * Reads the file an environment has in a commit; without one it is empty.
 * PV_ESYNTAX, PV_EINVALID. Dispose of it also after a failure.
 */
int pv_env_file_load(pv_env_file *out, pv_store *store, const char *name,
		     const pv_oid *commit, pv_error *err);

/* The same of a blob, hex "" for none. */
int pv_env_file_read(pv_env_file *out, pv_store *store, const char *name,
		     const pv_oid *blob, pv_error *err);

/* What it has of a prompt; `id` is NULL when nothing. Dispose of `*out`. */
int pv_env_file_find(pv_deployment *out, const pv_env_file *file,
		     const char *id, pv_error *err);

void pv_env_file_dispose(pv_env_file *file);

/* Reads all entries of a text. */
int pv_environment_parse(pv_environment *out, const char *file, pv_str text,
			 pv_error *err);

/* Copies it. `*out` is disposed first. PV_ENOMEM. */
int pv_deployment_copy(pv_deployment *out, const pv_deployment *from,
		       pv_error *err);

/* Whether two say that the same is live, as far as people are served. */
int pv_deployment_is_same(const pv_deployment *a, const pv_deployment *b);

#endif
