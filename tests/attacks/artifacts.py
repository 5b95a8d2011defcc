"""Attacks on what reads the artifacts: the machine with the GPU has been taken over, and leaves what it likes."""

import re
import resource
import time
from collections.abc import Callable
from typing import Any

from collect_made import files, measured
from collect_world import MAY, Evaluated, evaluated
from conversation_made import BOARD, PERMISSIONS, config
from hostile_artifacts import ATTACKS as ARCHIVES

from bot.cli import main
from tests.attacks.attack import Attack, Lab, explained, require

_SURE = re.compile(r"[^'0-9]+[0-9, ]*[^'0-9]*")  # of a rule: what does not change from run to run
_MOST_SECONDS, _MOST_MEGABYTES = 20, 700  # to look at any of them


def _after_a_run(attack: Callable[[Lab, Evaluated], str]) -> Callable[[Lab], str]:
    """Where an evaluation has ended and report.yml looks at it. Afterwards an honest one is reported as ever."""

    def try_it(lab: Lab) -> str:
        with evaluated(lab.folder, lab.patch) as world:
            main_branch = world.github.state(BOARD)["branches"]["main"]
            words = attack(lab, world)
            require(
                world.github.state(BOARD)["branches"]["main"] == main_branch, "a file on the board"
            )
            _honest_run(world)
            return words

    return try_it


def _honest_run(world: Evaluated) -> None:
    world.forget()
    world.leave_all()
    report(world)
    said = {key: world.said[key] for key in ("state", "pull")}
    scores = [
        each["result"]["scores"]["test"][0]["main_score"]
        for each in world.read("report.json")["tasks"]
    ]
    require((said, scores) == ({"state": "evaluated", "pull": "1"}, [0.1, 0.2]), f"the next run's result: {said}, {scores}")  # fmt: skip
    if world.board.sha == world.plan.head_sha:
        require(
            world.board.labels == ["mteb: evaluated"], f"the next run's label: {world.board.labels}"
        )


def report(world: Evaluated) -> str:
    """The two steps of report.yml; the comment's text."""
    world.board.use_token(MAY)
    require(world.collect() == 0, "that nothing is reported")
    world.board.use_token({**MAY, **PERMISSIONS})
    words = ["report", "collected", "--collected", str(world.output), "--board", str(world.folder)]
    require(main(words) == 0, "that nothing is reported")
    return world.board.comment["body"]


def _archive(name: str) -> Callable[[Lab, Evaluated], str]:
    """One of the archives that the tests know, in place of the second shard's."""

    def attack(lab: Lab, world: Evaluated) -> str:
        known = ARCHIVES[name]
        world.leave("results-2", known.make(files(measured(world.plan, 2, 0.2))))
        before = _others(world)
        began, memory = time.monotonic(), _peak()
        comment = report(world)
        require(time.monotonic() - began < _MOST_SECONDS, "the job's time")
        require(_peak() - memory < _MOST_MEGABYTES, f"the job's memory: {_peak() - memory} MB")
        require(_others(world) == before, "files outside of the folder for them")
        require(world.said["state"] == "failed", f"that it counts: {world.said}")
        require("results-2" not in str(world.written), "files that were unpacked")
        require(not lab.readouterr().out.startswith("::"), "a command to the job's log")
        return explained(comment, _SURE.match(known.rule)[0])

    return attack


def _peak() -> int:
    """Memory of this process at most so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _others(world: Evaluated) -> list[str]:
    made = {world.output, world.outputs, world.folder / "summary.md"}
    listed = (
        path for path in world.folder.rglob("*") if world.folder / "github" not in path.parents
    )
    return sorted(str(path) for path in listed if not made & {path, *path.parents})


def _another_pull(lab: Lab, world: Evaluated) -> str:
    """The artifacts of an honest run, offered as those of another pull request."""
    world.github.push("ann/board", "second", {"models/org/name.yaml": config(license="apache-2.0")})
    second = world.github.open_pull(BOARD, head="ann:second", title="Again", author="ann")
    title, theirs = world.run.title, world.board
    world.run.title = title.replace("#1", f"#{second.number}").replace(theirs.sha, second.head_sha)
    theirs.use_token(MAY)
    require(world.collect() == 0, "that nothing is reported")
    require(world.said["state"] == "failed", "another pull request's results")
    world.run.title = title
    return explained(lab.readouterr().out, f"its pull request is 1, not {second.number}")


def _foreign_run(lab: Lab, world: Evaluated) -> str:
    """A pull request's own workflow, called and titled like ours, leaves artifacts of ours."""
    kept = {
        name: getattr(world.run, name)
        for name in ("path", "event", "head_branch", "head_repository", "head_sha")
    }
    tried = ({"head_repository": "ann/board"}, {"event": "pull_request"}, {"head_branch": "add-model"}, {"head_sha": world.board.sha}, {"path": ".github/workflows/evil.yml"})  # fmt: skip
    for changes in tried:
        for name, value in {**kept, **changes}.items():
            setattr(world.run, name, value)
        lab.readouterr()
        require(world.collect() != 0, f"that a run with {changes} is believed")
        require(world.said == {} and not world.output.exists(), "something for the next steps")
        explained(lab.readouterr().err, f"run {world.run.id} is no evaluation of this board")
    for name, value in kept.items():
        setattr(world.run, name, value)
    return "is no evaluation of this board"


def _push_before_report(_lab: Lab, world: Evaluated) -> str:
    """On a board that publishes what is evaluated, without waiting for the merge."""
    settings = world.folder / ".github" / "mteb-bot.yml"
    settings.parent.mkdir()
    settings.write_text("schema_version: 1\npublish: {on: evaluated}\n")
    world.board.use_token(PERMISSIONS)
    world.board.say("running", "--run", world.run.id)
    new = world.board.push()
    comment = report(world)
    require(
        world.said["publish-on-evaluated"] == "false",
        "a publication of what is not proposed any more",
    )
    require(world.board.labels == ["mteb: superseded"], f"the label {world.board.labels}")
    checks = world.github.state(BOARD)["checks"].get(new, [])
    require(not checks, "a check of a commit that nobody measured")
    return explained(comment.splitlines()[1], "Superseded by a push.")


_QUICK = {"another-pull", "another-sha", "push-before-report", "zip-link", "nan"}


def _attack(id_: str, title: str, threat: str, try_it: Any, invariant: str = "artifacts") -> Attack:
    return Attack(id_, "C", title, threat, invariant, _after_a_run(try_it), slow=id_ not in _QUICK)


ATTACKS = (
    _attack("another-pull", "an artifact of another pull request", "Good results of one pull request are offered for another.", _another_pull, "identity"),
    _attack("foreign-run", "a run of the attacker's own", "A workflow of a pull request, named like ours, leaves artifacts.", _foreign_run, "identity"),
    _attack("another-sha", "an artifact of another commit", "The report names another commit than was approved.", _archive("another commit"), "identity"),
    _attack("push-before-report", "a push between evaluation and report", "The head moves while the old commit is measured.", _push_before_report, "commit"),
    _attack("zip-bomb", "a zip bomb", "An archive that unpacks to far more than the disk.", _archive("zip bomb")),
    _attack("overlapping-zip", "a zip whose entries overlap", "Entries share their data, so that little unpacks to much.", _archive("an entry inside another")),
    _attack("zip-link", "a link in a zip", "An entry is a symbolic link to a file of the machine that reads.", _archive("symbolic link")),
    _attack("zip-path", "a path out of a zip", "An entry's name leads out of the folder.", _archive("path out of results")),
    _attack("zip-100000-files", "100,000 files", "An archive fills the disk with entries.", _archive("100,000 files")),
    _attack("deep-json", "deep JSON", "JSON nested 100,000 deep crashes the parser.", _archive("deep JSON")),
    _attack("nan", "NaN as a score", "A score that compares with nothing, and that JSON does not have.", _archive("NaN")),
    _attack("huge-string", "huge strings", "A text of a million characters floods comment and memory.", _archive("huge text")),
    _attack("huge-number", "a number of a million digits", "Reading it takes quadratic time.", _archive("number of a million digits")),
    _attack("results-differ", "results that differ from the report", "What is shown is not what is accepted and published.", _archive("results that say otherwise")),
)  # fmt: skip
