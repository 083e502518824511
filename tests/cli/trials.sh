# SPDX-License-Identifier: MIT
#
# An experiment and its executions, for tests of what it says.

# trial_file: the experiment "tone" of the prompt a.
trial_file() {
	cat <<-'FILE'
		prompt: a
		variants: {control: main, concise: side}
		metrics: {primary: [quality], guardrails: [latency_p95, success_rate]}
	FILE
}

# trial_rows N DIFFERENCE [SEED]: as many executions of users of their own, by
# turns of each variant, 300 a day; concise is better by so many points.
trial_rows() {
	awk -v n="$1" -v difference="$2" -v seed="${3:-1}" '
	# Park and Miller (1988).
	function uniform() {
		state = (state * 16807) % 2147483647
		return state / 2147483647
	}
	# About normal: Irwin and Hall.
	function normal(sum, i) {
		sum = 0
		for (i = 0; i < 12; i++)
			sum += uniform()
		return sum - 6
	}
	BEGIN {
		state = seed * 7919 + 1
		for (i = 0; i < n; i++) {
			is_new = uniform() < 0.5
			quality = 6 + difference * is_new + normal()
			quality = quality < 1 ? 1 : quality > 10 ? 10 : quality
			day = int(i / 300) + 1
			minute = i % 300
			printf "{\"ts\":\"2026-10-%02dT%02d:%02d:00Z\",", day,
				int(minute / 60), minute % 60
			printf "\"prompt_id\":\"a\",\"experiment\":\"tone\","
			printf "\"variant\":\"%s\",\"unit\":\"u%d\",",
				is_new ? "concise" : "control", i
			printf "\"quality\":%.3f,\"latency_ms\":%.1f,", quality,
				400 * exp(0.2 * normal())
			printf "\"status\":\"%s\",\"model\":\"m\",",
				uniform() < 0.97 ? "ok" : "error"
			printf "\"metadata\":{\"segment\":{\"country\":\"%s\"}}}\n",
				i % 3 ? "de" : "fr"
		}
	}'
}

# trial_simpson N: two epochs, as many executions. The second is worse, and
# concise, which is better by 0.3, gets a fifth of the first and most of that.
trial_simpson() {
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			epoch = 1 + (i >= n / 2)
			is_new = (i % 5 == 0) == (epoch == 1)
			printf "{\"ts\":\"2026-10-0%dT00:00:00Z\",", epoch
			printf "\"epoch\":%d,\"variant\":\"%s\",", epoch,
				is_new ? "concise" : "control"
			quality = (epoch == 1 ? 8 : 5) + 0.3 * is_new
			printf "\"unit\":\"u%d\",\"quality\":%.3f}\n", i,
				quality + (i * 7 % 11) / 11
		}
	}'
}
