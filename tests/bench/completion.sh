#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a press of TAB waits for, in bash with 2,000 prompts, each of which has
# a version: the whole of the shell's function, process included, beside
# `git for-each-ref` of the same tags as the peer. Nothing is asserted.
set -eu

runs=${PV_BENCH_RUNS:-11}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PATH=$PV_BUILD/cmd/git-pv:$PATH
HOME=$work GIT_CONFIG_NOSYSTEM=1
export PATH HOME GIT_CONFIG_NOSYSTEM
git config --global init.defaultBranch main
git config --global user.name a
git config --global user.email a@example.com
command -v bash >/dev/null || {
	echo 'skipped: bash is not installed' >&2
	exit 0
}

git init -q "$work/repo"
cd "$work/repo"
mkdir -p prompts/team
for i in $(seq 2000); do
	echo "prompt: Hello {{ name$i }}" >"prompts/team/p$i.yaml"
done
git pv commit -q -m one >/dev/null 2>&1
git pv completion bash >"$work/complete.bash"

# TAB behind each line, then the peer, in turn.
cat >"$work/measure.bash" <<'BASH'
. "$1"
press() {
	COMP_LINE=$1 COMP_POINT=${#1}
	read -r -a COMP_WORDS <<<"$1"
	[[ $1 != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	__git_pv_complete
}
now() {
	date +%s%N
}
median() {
	sort -n | sed -n "$(($1 / 2 + 1))p"
}
measure() {
	local ours=() peer=() begin i
	for ((i = 0; i < $3; i++)); do
		begin=$(now)
		press "$2"
		ours+=($((($(now) - begin) / 1000)))
		begin=$(now)
		git for-each-ref refs/tags >/dev/null
		peer+=($((($(now) - begin) / 1000)))
	done
	[ "${#COMPREPLY[@]}" -gt 0 ] || echo "nothing was offered: $2" >&2
	ours=$(printf '%s\n' "${ours[@]}" | median "$3")
	peer=$(printf '%s\n' "${peer[@]}" | median "$3")
	awk -v m="$1" -v a="$ours" -v b="$peer" -v n="$3" 'BEGIN {
		printf "{\"bench\":\"completion\",\"metric\":\"%s\",\"unit\":\"ms\",\"ours\":%.1f,\"peer\":\"git for-each-ref\",\"peer_value\":%.1f,\"ratio\":%.2f,\"n\":%d}\n", m, a / 1000, b / 1000, a / b, n
	}'
}
measure commands 'git-pv sho' "$2"
measure ids 'git-pv show team/p19' "$2"
measure versions 'git-pv show team/p1999@' "$2"
measure fields 'git-pv edit team/p1999 --set ' "$2"
measure branches 'git-pv switch ma' "$2"
BASH
bash "$work/measure.bash" "$work/complete.bash" "$runs"
