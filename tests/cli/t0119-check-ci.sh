#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"

for tool in curl jq python3; do
	command -v "$tool" >/dev/null || skip_all "$tool is not installed"
done
begin 'checks in continuous integration'

top=$(cd "$(dirname "$0")/../.." && pwd)

# One request each: what came goes to the folder, the port to a file.
cat >recorder.py <<'EOF2'
import http.server, json, sys
class Recorder(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(sys.argv[1], "w") as out:
            json.dump({"path": self.path, "body": json.loads(body)["body"],
                       "github": self.headers.get("Authorization"),
                       "gitlab": self.headers.get("PRIVATE-TOKEN")}, out)
        self.send_response(int(sys.argv[3]))
        self.end_headers()
    def log_message(self, *args):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Recorder)
server.timeout = 60
with open(sys.argv[2], "w") as out:
    out.write("%d\n" % server.server_port)
server.handle_request()
EOF2

# record STATUS: starts a recorder; its address is in $url, its id in $recorder.
record() {
	rm -f ../port ../seen
	python3 ../recorder.py ../seen ../port "$1" &
	recorder=$!
	tries=0
	until [ -s ../port ] || [ "$tries" -ge 600 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	url=http://127.0.0.1:$(cat ../port)
}

new_repo repo
cd repo || exit 1
text_prompt prompts/a.yaml
text_prompt prompts/other.yaml
git add .
git commit -q -m one
text_prompt prompts/a.yaml 'Say goodbye to {{ name }}.'
git add .
git commit -q -m two

it 'comments on a pull request of GitHub' '
	record 201
	GITHUB_TOKEN=secret GITHUB_REPOSITORY=o/r PR_NUMBER=7 \
		GITHUB_API_URL=$url sh "$top/examples/ci/comment.sh" HEAD~1 HEAD
	wait "$recorder"
	json ../seen .path /repos/o/r/issues/7/comments
	json ../seen .github "Bearer secret"
	json ../seen ".body | contains(\"goodbye\")" true
	json ../seen ".body | contains(\"no errors\")" true
	json ../seen ".body | contains(\"other\")" false
'

it 'comments on a merge request of GitLab, and fails for errors' '
	printf "prompt: [\n" >prompts/a.yaml
	git commit -q -a -m bad
	record 201
	status=0
	GITLAB_TOKEN=secret CI_API_V4_URL=$url/api/v4 CI_PROJECT_ID=3 \
		CI_MERGE_REQUEST_IID=9 \
		sh "$top/examples/ci/comment.sh" HEAD~1 HEAD || status=$?
	[ "$status" -eq 1 ]
	wait "$recorder"
	json ../seen .path /api/v4/projects/3/merge_requests/9/notes
	json ../seen .gitlab secret
	json ../seen ".body | contains(\"prompts/a.yaml\")" true
	json ../seen ".body | contains(\"yaml-syntax\")" true
	git reset -q --hard HEAD~1
'

it 'says when the comment is refused, or has no place' '
	record 403
	status=0
	GITHUB_TOKEN=x GITHUB_REPOSITORY=o/r PR_NUMBER=7 GITHUB_API_URL=$url \
		sh "$top/examples/ci/comment.sh" HEAD~1 HEAD 2>../err || status=$?
	[ "$status" -ne 0 ]
	has ../err 403
	wait "$recorder"
	sh "$top/examples/ci/comment.sh" HEAD~1 HEAD >../out
	has ../out "<!-- git-pv -->"
	status=0
	sh "$top/examples/ci/comment.sh" lost HEAD >../out 2>../err || status=$?
	[ "$status" -eq 128 ]
'

it 'has hooks whose commands run' '
	sed -n "s/^  entry: git pv //p" "$top/.pre-commit-hooks.yaml" >../entries
	[ "$(wc -l <../entries)" -eq 2 ]
	while read -r entry; do
		git pv $entry 2>../err
	done <../entries
	python3 -c "import yaml" 2>/dev/null || exit 0
	python3 -c "
import sys, yaml
for name in sys.argv[1:]:
    yaml.safe_load(open(name))
" "$top/.pre-commit-hooks.yaml" "$top"/examples/ci/*.yml
'

finish
