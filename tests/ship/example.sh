#!/bin/sh
# The program in libpv(3), and those in examples/, are programs: they compile
# against the installed library, without a warning, and print what they say.
set -eu
cd "$(dirname "$0")/../.."
top=$PWD
build=${PV_BUILD:-build/dev}
case $build in /*) ;; *) build=$top/$build ;; esac
if grep -q '^PV_SANITIZE:STRING=.' "$build/CMakeCache.txt"; then
	echo 'skipped: a sanitized library is not one to install'
	exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/usr" >/dev/null
libdir=$(dirname "$(find "$work/usr" -name libpv.so)")

# The block between the fences; a page doubles its backslashes.
awk '/^# / { here = $0 == "# EXAMPLE" }
	here && /^```/ { inside = !inside; next }
	here && inside' libpv/man/libpv.3.scd |
	sed 's/\\\\/\\/g' >"$work/example.c"
grep -q '^int main' "$work/example.c"
export PKG_CONFIG_PATH="$libdir/pkgconfig"
cc -std=c11 -Wall -Wextra -Werror "$work/example.c" -o "$work/example" \
	$(pkg-config --cflags --libs libpv)

export HOME="$work" GIT_CONFIG_NOSYSTEM=1 LD_LIBRARY_PATH="$libdir"
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com \
	GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.com
export PATH="$work/usr/bin:$PATH"
git init -q -b main "$work/repo"
cd "$work/repo"
git config pv.defaultBranch main
expect_error() {
	! "$work/example" >"$work/out" 2>"$work/err" || exit 1
	[ ! -s "$work/out" ]
	grep -q "$1" "$work/err"
}
expect_error '^error: .*support/triage'
mkdir -p prompts/support
for text in One Two Three Four; do
	printf 'prompt: %s\n' "$text" >prompts/support/triage.yaml
	git pv commit -q -m "$text" >/dev/null 2>&1
done
"$work/example" >"$work/out"
printf 'prompt: Three\n' | cmp - "$work/out"
cd "$work"
expect_error '^error: '

cc -std=c11 -Wall -Wextra -Werror "$top/examples/render.c" -o "$work/render" \
	$(pkg-config --cflags --libs libpv)
cat >prompt.yaml <<EOF
messages:
  - {role: system, content: "You sort for {{ product }}."}
  - {role: user, content: "{{ ticket }}"}
variables: {product: {default: Acme}}
EOF
"$work/render" prompt.yaml '{"ticket": "Lost"}' '{"ticket": "Found"}' >out
printf '%s\n' 'system: You sort for Acme.' 'user: Lost' \
	'system: You sort for Acme.' 'user: Found' | cmp - out
! "$work/render" prompt.yaml >out 2>err
grep -q '^error: missing variable "ticket"' err
grep -q '^  ticket: message 1, line 1' err
! "$work/render" none.yaml 2>err
grep -q 'none.yaml' err

# What the example has recorded, git-pv shows and proves.
cc -std=c11 -Wall -Wextra -Werror "$top/examples/track.c" -o "$work/track" \
	$(pkg-config --cflags --libs libpv)
cd "$work/repo"
printf 'prompt: "Sort: {{ ticket }}"\n' >prompts/support/triage.yaml
git pv commit -q -m Five >/dev/null 2>&1
"$work/track" support/triage '{"ticket": "Lost"}' 'tr a-z A-Z' >out 2>err
printf 'SORT: LOST\n' | cmp - out
id=$(sed -n 's/^recorded: //p' err)
git pv history show "$id" >out
grep -q 'SORT: LOST' out
grep -q "^commit: $(git rev-parse HEAD)" out
grep -q '^status: ok' out
grep -q '^latency_ms: [0-9]' out
git pv history show "$id" --rerender | grep -q '^proven'
! "$work/track" support/triage '{"ticket": "Lost"}' false >out 2>err
git pv history list -n 1 | grep -q ' error '
! "$work/track" support/triage '{}' cat >out 2>err
grep -q '^error: ' err
