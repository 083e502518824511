/* SPDX-License-Identifier: MIT
 *
 * Times two commands as whole processes, in turn, so that both see the same
 * machine, and prints one JSON line for the wall clock and one for the
 * processor time: medians, and ours over the peer's.
 *
 *     bench_pair [OPTION VALUE]... OURS PEER
 *
 * A command is its words between single spaces; no shell is involved. Options:
 *     -b NAME   the benchmark        -m NAME   what is measured
 *     -p NAME   who the peer is      -n COUNT  runs of each (default 31)
 *     -s CMD    run before each of ours, through the shell, not timed
 *     -S CMD    the same before each of the peer's
 *     -e CMD    a third command, whose time is taken off ours
 *     -E CMD    a fourth one, whose time is taken off the peer's
 *     -c        the peer may find conflicts: any status below 128 will do
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	RUNS_MAX = 1001,
	WORDS_MAX = 256
};

extern char **environ;

struct sample {
	double wall; /* milliseconds */
	double cpu;  /* of the process and those it waited for */
};

struct side {
	char *words[WORDS_MAX];
	const char *setup;
	struct sample samples[RUNS_MAX];
};

static const char *bench = "pair";
static const char *metric = "time";
static const char *peer_name = "peer";
static int runs = 31;
static int may_conflict;
static struct side ours, peer, base, peer_base;

static void die(const char *what, const char *detail)
{
	fprintf(stderr, "bench_pair: %s %s\n", what, detail);
	exit(128);
}

static void split(struct side *side, char *command)
{
	size_t count = 0;

	for (char *word = strtok(command, " "); word; word = strtok(NULL, " ")) {
		if (count + 1 == WORDS_MAX)
			die("too many words in", command);
		side->words[count++] = word;
	}
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static double ms_of(struct timeval tv)
{
	return (double)tv.tv_sec * 1e3 + (double)tv.tv_usec / 1e3;
}

/* Of all processes waited for so far, and of those that these waited for. */
static double children_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return ms_of(usage.ru_utime) + ms_of(usage.ru_stime);
}

static int is_success(const struct side *side, int status)
{
	if (side == &peer && may_conflict)
		return WIFEXITED(status) && WEXITSTATUS(status) < 128;
	return status == 0;
}

static struct sample run(const struct side *side)
{
	posix_spawn_file_actions_t files;
	struct sample sample;
	double start, cpu;
	pid_t pid;
	int status;

	if (side->setup && system(side->setup) != 0)
		die("this failed:", side->setup);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	cpu = children_ms();
	start = now_ms();
	if (posix_spawnp(&pid, side->words[0], &files, NULL, side->words, environ))
		die("cannot run", side->words[0]);
	if (waitpid(pid, &status, 0) < 0)
		die("cannot wait:", strerror(errno));
	sample.wall = now_ms() - start;
	sample.cpu = children_ms() - cpu;
	posix_spawn_file_actions_destroy(&files);
	if (!is_success(side, status))
		die("this failed:", side->words[0]);
	return sample;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(const struct side *side, int is_cpu)
{
	double values[RUNS_MAX];

	for (int i = 0; i < runs; i++)
		values[i] = is_cpu ? side->samples[i].cpu : side->samples[i].wall;
	qsort(values, (size_t)runs, sizeof(values[0]), compare);
	return values[runs / 2];
}

static void print(int is_cpu)
{
	double mine = median(&ours, is_cpu);
	double theirs = median(&peer, is_cpu);

	if (base.words[0])
		mine -= median(&base, is_cpu);
	if (peer_base.words[0])
		theirs -= median(&peer_base, is_cpu);
	printf("{\"bench\":\"%s\",\"metric\":\"%s\",\"unit\":\"%s\","
	       "\"ours\":%.2f,\"peer\":\"%s\",\"peer_value\":%.2f,"
	       "\"ratio\":%.3f,\"n\":%d}\n",
	       bench, metric, is_cpu ? "ms of CPU" : "ms", mine, peer_name,
	       theirs, mine / theirs, runs);
}

static void parse_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "+b:m:p:n:s:S:e:E:c")) != -1) {
		switch (option) {
		case 'b':
			bench = optarg;
			break;
		case 'm':
			metric = optarg;
			break;
		case 'p':
			peer_name = optarg;
			break;
		case 'n':
			runs = atoi(optarg);
			break;
		case 's':
			ours.setup = optarg;
			break;
		case 'S':
			peer.setup = optarg;
			break;
		case 'e':
			split(&base, optarg);
			break;
		case 'E':
			split(&peer_base, optarg);
			break;
		case 'c':
			may_conflict = 1;
			break;
		default:
			exit(129);
		}
	}
	if (runs < 1 || runs > RUNS_MAX || argc - optind != 2)
		die("usage: [OPTION VALUE]...", "OURS PEER");
	split(&ours, argv[optind]);
	split(&peer, argv[optind + 1]);
}

int main(int argc, char **argv)
{
	parse_options(argc, argv);
	/* Not counted: it warms the caches. */
	run(&ours);
	run(&peer);
	for (int i = 0; i < runs; i++) {
		ours.samples[i] = run(&ours);
		peer.samples[i] = run(&peer);
		if (base.words[0])
			base.samples[i] = run(&base);
		if (peer_base.words[0])
			peer_base.samples[i] = run(&peer_base);
	}
	print(0);
	print(1);
	return 0;
}
