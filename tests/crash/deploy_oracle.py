# SPDX-License-Identifier: MIT
"""Replays the log of pv/deployments, knowing nothing of how it was made.

Each commit must do what its trailers say to what was live before it, a
rollback what the oracle would have gone back to, and nothing else; in the end
it must be what `git pv env show` and `env history` say.
"""
import json
import re
import subprocess
import sys


def git(*args):
    return subprocess.run(
        ("git",) + args, check=True, stdout=subprocess.PIPE
    ).stdout.decode()


def files(names):
    """The text of each "commit:path", by one process."""
    run = subprocess.run(
        ("git", "cat-file", "--batch"), check=True, stdout=subprocess.PIPE,
        input="".join(name + "\n" for name in names).encode(),
    )
    found, at = [], 0
    for _ in names:
        end = run.stdout.index(b"\n", at)
        size = int(run.stdout[at:end].split()[2])
        found.append(run.stdout[end + 1:end + 1 + size].decode())
        at = end + size + 2
    return found


def entries(text):
    """What the file of an environment has: id -> version."""
    found = {}
    for line in text.splitlines():
        key = re.match(r"(\S+):$", line)
        version = re.match(r"  version: (\S+)$", line)
        if key:
            name = key.group(1)
        elif version:
            found[name] = version.group(1)
    return found


def before(past, current):
    """What was live before, apart from what it was rolled back from since."""
    taken = set()
    for action, was in reversed(past):
        if was is None:
            continue
        if action == "rollback":
            taken.add(was)
        if was not in taken and was != current:
            return was
    return None


def replay():
    live = {}
    past = {}
    states = {}
    log = git("log", "--reverse", "--first-parent", "--format=%H%n%B%x00",
              "pv/deployments")
    for block in filter(str.strip, log.split("\0")):
        commit, message = block.strip().split("\n", 1)
        said = dict(re.findall(r"^(Pv-[A-Za-z-]+): (.*)$", message, re.M))
        environment, name = said["Pv-Environment"], said["Pv-Prompt"]
        state = live.setdefault(environment, {})
        events = past.setdefault((environment, name), [])
        was = state.get(name)
        if said["Pv-Action"] == "rollback":
            expected = before(events, was)
            assert said["Pv-Version"] == expected, (commit, said, expected)
            assert said["Pv-Rolled-Back-From"] == was, (commit, said, was)
        assert said["Pv-Version"] != was, (commit, "changes nothing")
        events.append((said["Pv-Action"], was))
        state[name] = said["Pv-Version"]
        states[f"{commit}:{environment}.yaml"] = dict(state)
    for (name, state), text in zip(states.items(), files(states)):
        assert entries(text) == state, (name, state)
    return live, past


def main():
    shown = [json.load(open(path)) for path in sys.argv[1:]]
    live, past = replay()
    for now, history in zip(shown[:2], shown[2:]):
        environment = now["environment"]
        assert {row["id"]: row["version"] for row in now["prompts"]} == live[
            environment
        ], environment
        for name, events in past.items():
            if name[0] != environment:
                continue
            rows = [row for row in history if row["id"] == name[1]]
            assert [
                (row["action"], row["previous"]) for row in reversed(rows)
            ] == events, name


main()
