/* SPDX-License-Identifier: MIT
 *
 * Ctrl-C and its like while something is being written. By default they end
 * the program at once, which is right for whatever only reads; but a commit
 * has locks to give up and files to put back. There the signal is noted, the
 * store gives up at the next safe point with PV_ECANCELED, the command undoes
 * what it began as after any failure, and then the program dies of the signal.
 */
#ifndef PV_CMD_INTERRUPT_H
#define PV_CMD_INTERRUPT_H

/*
 * From here to the end of the run, SIGINT, SIGTERM and SIGHUP are noted.
 * Those the parent ignores stay ignored.
 */
void interrupt_hold(void);

/*
 * 1 for the first signal that was noted, once: what undoes the work must not
 * be stopped in its turn. For pv_store_set_cancel; `payload` is ignored.
 */
int interrupt_take(void *payload);

/* Dies of the signal that was noted, if any; the last call of a run. */
void interrupt_finish(void);

#endif
