/* SPDX-License-Identifier: MIT
 *
 * libpq, loaded when the first index in PostgreSQL is opened: linked, it and
 * what it needs would cost each start of git-pv some milliseconds.
 */
#ifndef PV_INDEX_POSTGRES_LIBPQ_H
#define PV_INDEX_POSTGRES_LIBPQ_H

#include <libpq-fe.h>

#include <pv/error.h>

/* What is used of it; each row names a function without its "PQ". */
#define PV_LIBPQ_FUNCTIONS(row)                                                 \
 row(clear) row(cmdTuples) row(conninfoFree) row(enterPipelineMode) row(        \
	 exitPipelineMode) row(pipelineSync) row(sendQueryPrepared)             \
	 row(conninfoParse) row(connectdbParams) row(db) row(errorMessage) row( \
		 exec) row(execParams) row(execPrepared) row(finish)            \
		 row(freemem) row(getResult) row(getisnull) row(getlength) row( \
			 getvalue) row(host) row(ntuples) row(parameterStatus)  \
			 row(port) row(prepare) row(putCopyData)                \
				 row(putCopyEnd) row(resultErrorField) row(     \
					 resultStatus) row(serverVersion)       \
					 row(setNoticeReceiver) row(status)     \
						 row(transactionStatus)         \
							 row(user)

typedef struct pv_libpq {
#define PV_LIBPQ_MEMBER(name) __typeof__ (&PQ##name)(name);
	PV_LIBPQ_FUNCTIONS(PV_LIBPQ_MEMBER)
#undef PV_LIBPQ_MEMBER
} pv_libpq;

/* PV_EUNSUPPORTED when it is not installed. It stays loaded. */
int pv_libpq_load(pv_libpq *out, pv_error *err);

#endif
