#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The everyday commands beside git's, as whole processes, in a generated
# repository: 2,000 prompts, 20,000 commits with 200 merges, 2,000 versions,
# packed, with a commit-graph that has no changed-path filters. "empty" opens
# the repository with libgit2 and no more (and without the certificates that
# Debian's libgit2 reads, as git-pv does).
set -eu

runs=${PV_BENCH_RUNS:-31}
few=$((runs / 3 + 1))
here=$(cd "$(dirname "$0")" && pwd)
pair=$PV_BUILD/tests/bench_pair
empty=$PV_BUILD/tests/empty_open
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PATH=$PV_BUILD/cmd/git-pv:$PATH
HOME=$work GIT_CONFIG_NOSYSTEM=1
GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com
GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.com
export PATH HOME GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL \
	GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
git config --global init.defaultBranch main
git config --global gc.auto 0

# make_repo: $work/ours with everything.
make_repo() {
	git init -q "$work/ours"
	cd "$work/ours"
	awk -v prompts=2000 -v commits=20000 -v merges=200 \
		-f "$here/make_repo.awk" |
		git fast-import --quiet --done
	git reset -q --hard
	git pv init --yes >/dev/null 2>&1
	git add -A
	git commit -q -m 'Set up git-pv'
	git pv release -q >/dev/null
	make_side left 0
	make_side right 1000
	git switch -q -c work main
	git gc -q
}

# make_side BRANCH FIRST: fifty prompts from number FIRST edited.
make_side() {
	git switch -q -c "$1" main
	for i in $(seq "$2" 20 $(($2 + 980))); do
		file=$(printf 'prompts/group-%02d/prompt-%04d.yaml' \
			$((i % 40)) "$i")
		sed 's/ticket into/case into/' "$file" >"$work/edited"
		cat "$work/edited" >"$file"
	done
	git commit -q -a -m "$1"
}

# measure METRIC PEER OPTION...: one comparison, n as in $n.
measure() {
	metric=$1 name=$2
	shift 2
	"$pair" -b git -m "$metric" -p "$name" -n "$n" "$@"
}

make_repo
cp -a "$work/ours" "$work/peer"
cd "$work"
git -C peer config --remove-section merge.pv
rm -f peer/.gitattributes
git -C peer commit -q -a -m 'Without drivers'

id=group-07/prompt-0047
file=prompts/$id.yaml
n=$((runs * 3))
measure 'git pv --version (at most 5)' 'git --version' \
	'git pv --version' 'git --version'
measure 'start-up and HEAD' 'empty' "git-pv -C ours branch" "$empty ours"
measure 'show id@version (at most 1.15)' 'empty reading the blob' \
	"git-pv -C ours show $id@1.0.0" "$empty ours $id/v1.0.0 $file"

# edit REPO: a change to one prompt.
edit="date +'# %s%N' >>"
n=$runs
measure 'commit of one prompt, less empty (at most 1)' 'git commit -am' \
	-s "$edit ours/$file" -S "$edit peer/$file" -e "$empty ours" \
	'git-pv -C ours commit -q -m edit' 'git -C peer commit -q -am edit'
git -C ours reset -q --hard main
git -C ours switch -q main
changed="$edit ours/$file; git -C ours commit -qam edit"
measure 'version tag, less empty (at most 1)' 'git tag -a' \
	-s "$changed" -e "$empty ours" "git-pv -C ours release -q $id" \
	'git -C peer tag -f -a -m v bench'
measure 'version tag where all prompts are looked at, less empty' 'git tag -a' \
	-s "$changed" -e "$empty ours" "git-pv -C ours release -q" \
	'git -C peer tag -f -a -m v bench'
cat >"$work/commit-and-tag" <<'END'
#!/bin/sh
git -C peer commit -q -am edit
exec git -C peer tag -f -a -m v bench
END
chmod +x "$work/commit-and-tag"
measure 'commit that releases, less empty (at most 1)' \
	'git commit -am and git tag -a' \
	-s "$edit ours/$file" -S "$edit peer/$file" -e "$empty ours" \
	"git-pv -C ours commit -q -m edit" "$work/commit-and-tag"

git -C ours config pv.versioning.autoTag false
git -C ours switch -q work
reset='reset -q --hard left'
measure 'merge of 50 and 50 prompts (at most 1.5)' 'git merge' \
	-s "git -C ours $reset" -S "git -C peer $reset" \
	'git-pv -C ours merge -q -m m right' 'git -C peer merge -q -m m right'
git -C ours reset -q --hard main

n=$few
measure 'log of one prompt (at most 1.2)' 'git log -- path' \
	"git-pv -C ours log $id" "git -C ours log -- $file"
measure 'list of 2,000 prompts (at most 133)' 'git --version' \
	'git-pv -C ours list' 'git --version'
git -C ours commit-graph write --reachable --changed-paths 2>/dev/null
git-pv -C ours reindex -q
measure 'log of one prompt, filters and reindex (at most 0.5)' \
	'git log -- path' "git-pv -C ours log $id" "git -C ours log -- $file"
