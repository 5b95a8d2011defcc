"""Attacks by people: somebody makes the board evaluate what no maintainer asked for."""

from collections.abc import Callable
from typing import Any

from commands_made import READS, Town, open_town
from conversation_made import BOARD, BOT, CONFIG

from bot.conversation.marker import Marker
from bot.conversation.states import State
from tests.attacks.attack import Attack, Lab, explained, require

_STRANGER = "Only maintainers of this repository start, stop and publish evaluations."
_MOVED = "The pull request has another head than the commit that the bot's comment is about."
_CHANGED = "What the bot says of it changed after that was asked"


def _in_town(attack: Callable[[Lab, Town], str], stage: str = "checked") -> Callable[[Lab], str]:
    """Where the bot has said `validated` of the head, or maya has `asked` for its evaluation.

    Afterwards nothing but what the bot says may have changed, and a maintainer's own word counts as ever.
    """

    def try_it(lab: Lab) -> str:
        with open_town(lab.folder, lab.patch, stage) as town:
            runs = len(town.runs)
            words = attack(lab, town)
            require(len(town.runs) == runs, "an evaluation")
            require(not town.labels or town.labels[0].startswith("mteb: "), "a label that it set")
            if stage == "checked":
                _maintainer_is_heard(town)
            return words

    return try_it


def _maintainer_is_heard(town: Town) -> None:
    town.report("validated")
    town.ask("/evaluate")
    started = town.run.inputs
    require((started["sha"], started["config"]) == (town.sha, CONFIG), "that maintainers are not heard any more")  # fmt: skip


def _answer(town: Town, words: str) -> str:
    require(town.runs == [], "an evaluation")
    said = town.answers
    require(len(said) <= 1, f"{len(said)} answers")
    return explained("".join(said), words)


def _stranger(_lab: Lab, town: Town) -> str:
    for line in ("/evaluate", "/publish", "/cancel", "/evaluate"):
        town.ask(line, "mallory")
    return _answer(town, _STRANGER)


def _submitter(_lab: Lab, town: Town) -> str:
    town.ask("/evaluate", "ann")
    return _answer(town, _STRANGER)


def _flood(_lab: Lab, town: Town) -> str:
    for number in range(8):
        town.ask("/evaluate", f"mallory{number}")
    require(len(town.answers) == 3, f"{len(town.answers)} comments of the bot")
    return explained(town.answers[0], _STRANGER)


def _edit(_lab: Lab, town: Town) -> str:
    comment = town.comment("Nice model!")
    town.event_of(comment, "edited")
    comment.body, comment.updated_at = "/evaluate", "2026-01-01T13:00:00Z"
    town.respond()
    require(town.runs == [], "an evaluation, by the event of the edit")
    town.event_of(comment)  # the first event, which GitHub may deliver late
    town.respond()
    return _answer(town, "That comment was edited after it was written.")


def _code_block(_lab: Lab, town: Town) -> str:
    bodies = (
        "Comment this:\n\n```\n/evaluate\n```", "> /evaluate\n\nNo.", "    /evaluate", "Say `/evaluate` to start it.",
        "<!--\n/evaluate\n-->", "<details>\n\n/evaluate\n\n</details>", "- /evaluate",
    )  # fmt: skip
    for body in bodies:
        town.ask(body, "maya")
        require(town.runs == [], f"an evaluation, by {body!r}")
    town.ask("/evaluate now, please", "maya")
    return explained(town.answers[-1], "is neither an option nor the name of a task")


def _triage_label(_lab: Lab, town: Town) -> str:
    town.label("tria")
    town.respond()
    require("evaluate" not in town.labels, "that the label stays, as if it had worked")
    return _answer(town, _STRANGER)


def _push_before_command(_lab: Lab, town: Town) -> str:
    town.event_of(town.comment("/evaluate"))
    town.push()
    town.respond()
    return _answer(town, _MOVED)


def _push_and_check(_lab: Lab, town: Town) -> str:
    town.event_of(town.comment("/evaluate"))
    town.push()
    town.report("validated")
    town.respond()
    return _answer(town, _CHANGED)


def _forged_marker(_lab: Lab, town: Town) -> str:
    """Written before the bot said anything, for a commit that is pushed later."""
    first, evil = town.github.pull(BOARD, 1).comments[0], town.push()
    forged = town.comment(f"{Marker(CONFIG, evil, State.VALIDATED).line()}\n### fine", "ann")
    forged.id, forged.created_at, forged.updated_at = (
        first.id - 1,
        first.created_at,
        first.created_at,
    )
    comments = town.github.pull(BOARD, 1).comments
    comments.insert(0, comments.pop())
    town.clock.tick()
    town.ask("/evaluate")
    return _answer(town, _MOVED)


def _authorize(lab: Lab, town: Town, **changes: str) -> str:
    """What the first job of evaluate.yml says of a run."""
    town.use_token(READS)
    lab.readouterr()
    require(town.authorize(town.run, **changes) != 0, "an evaluation that goes on")
    require("approved-by" not in town.outputs, "an approval for the next steps")
    require(town.writes == [], f"requests that write: {town.writes}")
    return lab.readouterr().err


def _push_before_checkout(lab: Lab, town: Town) -> str:
    town.push()
    return explained(_authorize(lab, town), "superseded: the head of pull request #1 is")


def _forged_dispatch(lab: Lab, town: Town) -> str:
    said = _authorize(lab, town, approval="", actor="tria")
    explained(said, "tria may not start evaluations here")
    theirs = town.comment("/evaluate", "mallory")
    said = _authorize(lab, town, approval=str(theirs.id))
    return explained(said, "mallory may not start evaluations here")


def _other_approval(lab: Lab, town: Town) -> str:
    town.github.push("ann/board", "other", {"models/org/other.yaml": b"x"})
    town.github.open_pull(BOARD, head="ann:other", title="Another", author="ann")
    comment = town.github.comment(BOARD, 2, "maya", "/evaluate")
    said = _authorize(lab, town, approval=str(comment.id))
    return explained(said, "is not on pull request #1")


def _other_request(lab: Lab, town: Town) -> str:
    """The title, by which results count, says all tasks; the machine would run a smoke."""
    said = _authorize(lab, town, request="--smoke")
    explained(said, "is not that of the request")
    said = _authorize(lab, town, request="$(touch /tmp/x)")
    return explained(said, "give `--smoke`, names of tasks, or both")


def _bot_asks(_lab: Lab, town: Town) -> str:
    """The bot is made to quote a command, and reads it as its own."""
    town.ask("/evaluate", BOT)
    require(town.writes == [], f"requests that write: {town.writes}")
    town.ask("/evalute\n/evaluate", "maya")
    return explained(town.answers[-1], "/evaluate")


def _attack(id_: str, title: str, threat: str, try_it: Callable[..., str], **more: Any) -> Attack:
    stage, invariant = more.get("stage", "checked"), more.get("invariant", "people")
    return Attack(id_, "A to B", title, threat, invariant, _in_town(try_it, stage))


ATTACKS = (
    _attack("stranger", "`/evaluate` by a stranger", "Somebody without permission comments commands.", _stranger),
    _attack("submitter", "`/evaluate` by the submitter", "The pull request's own author starts its evaluation.", _submitter),
    _attack("flood", "a flood of commands", "Many accounts make the bot fill the pull request with answers.", _flood),
    _attack("edited-comment", "an edited comment", "Somebody who may edit turns a maintainer's comment into `/evaluate`.", _edit),
    _attack("code-block", "`/evaluate` quoted or in code", "A maintainer quotes a command, or is made to paste one.", _code_block),
    _attack("triage-label", "the label, by one who may only triage", "The label `evaluate` is set without write permission.", _triage_label),
    _attack("bot-asks", "a command by an app", "The bot itself, or another app, is made to write a command.", _bot_asks),
    _attack("forged-marker", "the bot's hidden line, forged", "The submitter writes the bot's hidden line for a commit nobody checked.", _forged_marker, invariant="commit"),
    _attack("push-before-command", "a push before the command is read", "A push between the maintainer's comment and the workflow.", _push_before_command, invariant="commit"),
    _attack("push-and-check", "a push that the bot has checked meanwhile", "The bot's comment names the new commit by the time the command is read.", _push_and_check, invariant="commit"),
    _attack("push-before-checkout", "a push between approval and checkout", "The head moves after the run was started.", _push_before_checkout, stage="asked", invariant="commit"),
    _attack("forged-dispatch", "a run started by hand without permission", "The run is dispatched by, or in the name of, somebody without permission.", _forged_dispatch, stage="asked"),
    _attack("other-approval", "the approval of another pull request", "A run names a maintainer's comment that was about something else.", _other_approval, stage="asked"),
    _attack("other-request", "another request than approved", "A run measures something easier than its title says.", _other_request, stage="asked", invariant="commit"),
)  # fmt: skip
