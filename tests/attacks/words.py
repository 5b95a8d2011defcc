"""Attacks by text: what others wrote reaches a comment, a log, a model card, and is to act there."""

from collections.abc import Callable, Mapping
from typing import Any

from collect_made import files, measured, zipped
from collect_world import Evaluated, evaluated
from conversation_made import config
from publish_world import README, new_world

from bot.conversation.marker import Marker, marker_of
from bot.conversation.states import State
from tests.attacks.artifacts import report
from tests.attacks.attack import Attack, Lab, explained, require
from tests.attacks.inert import deeds_of

_ACTING = (
    "@lab/maintainers ![x](https://evil.example/x.png) [click](javascript:alert(1)) <img src=x onerror=alert(1)> "
    "<!-- --> </details> #1 lab/board#1 https://evil.example ```\n```\n@everyone | a | b |\n| :-- | :-- |\n# Approved"
)
_COMMANDS = "::error file=x::y\n::set-output name=publish::true\n::add-mask::a\n##[command]rm\r::stop-commands::x"


def _failed_shard(world: Evaluated, message: str) -> bytes:
    """A shard that failed, and says why in the attacker's words."""
    data = measured(world.plan, 2, 0.2)
    error = {"kind": "submission", "message": message, "advice": message}
    data["tasks"][0] |= {"status": "failed", "result": None, "error": error}
    return zipped(files(data | {"status": "failed"}))


def _text_in_report(attack: Callable[[Lab, Evaluated], str]) -> Callable[[Lab], str]:
    def try_it(lab: Lab) -> str:
        with evaluated(lab.folder, lab.patch) as world:
            return attack(lab, world)

    return try_it


@_text_in_report
def _markdown(_lab: Lab, world: Evaluated) -> str:
    world.leave("results-2", _failed_shard(world, _ACTING))
    comment = report(world)
    check = world.board.check()
    allowed = (world.board.sha, world.board.server.url)
    for where in (
        comment,
        str(check["summary"]),
        str(check["text"] or ""),
        world.board.page.read_text(),
    ):
        require(not (found := deeds_of(where, allowed)), f"on the pull request: {found}")
    require("everyone" in comment, "that its words are hidden from maintainers")
    return explained(comment, "**`STS12`: the submission is at fault.**")


@_text_in_report
def _marker(_lab: Lab, world: Evaluated) -> str:
    forged = Marker("models/org/name.yaml", "6" * 40, State.EVALUATED).line()
    world.leave("results-2", _failed_shard(world, f"\n{forged}\n\n{forged}"))
    comment = report(world)
    found = marker_of(comment)
    require(
        found and (found.state, found.sha) == (State.FAILED, world.board.sha), f"the state {found}"
    )
    require("\n<!-- mteb-bot" not in comment.replace("```text\n", "").replace("\n```", "") or comment.count("```") >= 2, "a hidden line of its own")  # fmt: skip
    report(world)
    require(len(world.board.comments) == 1, "that the bot loses its own comment")
    return explained(comment, "the submission is at fault")


@_text_in_report
def _log(lab: Lab, world: Evaluated) -> str:
    good = files(measured(world.plan, 2, 0.2))
    world.leave("results-2", zipped({**good, f"x\n{_COMMANDS}\n.json": b"{}"}))
    lab.readouterr()
    report(world)
    heard = lab.readouterr()
    lines = f"{heard.out}\n{heard.err}".splitlines()
    require(not any(line.lstrip().startswith("::") for line in lines), "a command to the runner")
    require("##[" not in heard.out + heard.err, "an old command to the runner")
    require(len(world.said) == len(world.outputs.read_text().splitlines()), "an output of its own")
    require(world.said["publish-on-evaluated"] == "false", "a publication")
    return explained(heard.out, "its name is too long, or holds characters no name here has")


def _config_text(lab: Lab) -> str:
    """A config whose every text is Markdown, checked and spoken of."""
    from conversation_made import open_board

    with open_board(lab.folder, lab.patch) as board:
        evil = config("org/name", license=_ACTING, training_data=[_ACTING], languages=[_ACTING])
        board.write(content=evil)
        require(board.say("validated") == 0, "that nothing is said")
        comment, check = board.comment["body"], board.check()
        allowed = (board.sha, board.server.url, "1" * 40)
        texts = [comment, str(check["summary"]), str(check["text"] or "")]
        texts += [str(note["message"]) for note in check["annotations"]]
        for where in texts[:3]:
            require(not (found := deeds_of(where, allowed)), f"on the pull request: {found}")
        require(board.labels == ["mteb: invalid"], f"the label {board.labels}")
        board.write()
        board.say("validated")
        require(board.labels == ["mteb: validated"], "that the honest config is refused")
        return explained(comment, "`license`")


_READMES: Mapping[str, tuple[bytes, str]] = {
    "no UTF-8": (b"---\nlicense: mit\nx: \xe9\n---\n# M\n", "is not UTF-8"),
    "too large": (README + b"x" * 9_000_000, "has more than 8,388,608 bytes"),
    "aliases of aliases": (
        b"---\nlicense: mit\nmodel-index: &a\n" + b"".join(b"- &a%d [*a, *a, *a, *a]\n" % n for n in range(60)) + b"---\n# M\n",
        "",
    ),
    "a hundred levels": (b"---\nmodel-index: " + b"[" * 100 + b"]" * 100 + b"\n---\n# M\n", ""),
    "a code tag": (b"---\nmodel-index: !!python/object/apply:os.system [touch x]\n---\n# M\n", ""),
    "a list that is none": (b"---\nlicense: mit\nmodel-index: 7\n---\n# M\n", ""),
}  # fmt: skip


def _readme(lab: Lab) -> str:
    """Publishing to a repository whose README the owner made unreadable."""
    said = ""
    for name, (readme, words) in _READMES.items():
        folder = lab.folder / name.replace(" ", "-")
        folder.mkdir()
        with lab.patch.context() as patch, new_world(folder, patch, lab) as world:
            world.owner_commits({"README.md": readme})
            said += _published_or_refused(world, words or "fix: ")
            world.owner_commits({"README.md": README})
            world.publish()
            require(len(world.pulls) == 1, f"that nothing is published any more ({name})")
    return explained(said, "is not UTF-8")


def _published_or_refused(world: Any, words: str) -> str:
    from bot.cli import main

    code = main(["publish", str(world.config), "--results", str(world.results)])
    heard = world.capsys.readouterr()
    require(code in {1, 3}, f"a pull request on a card that cannot be parsed: {heard}")
    require("Traceback" not in heard.err, "a crash")
    require(world.pulls == [], "a pull request on the Hub")
    return explained(heard.err, words) and heard.err


ATTACKS = (
    Attack("markdown", "C", "Markdown and mentions in an error", "An error message of the runner mentions people, links, and breaks out of its block.", "words", _markdown),
    Attack("marker-in-error", "C", "the bot's hidden line in an error", "An error message holds the hidden line that the bot finds its comment by.", "words", _marker),
    Attack("log-commands", "C", "workflow commands in an artifact", "Names in an artifact are commands to the runner of the job that reads it.", "words", _log),
    Attack("markdown-in-config", "A", "Markdown and mentions in a config", "Every text of a config is Markdown.", "words", _config_text),
    Attack("readme", "C", "a README that breaks the parser", "A model's owner writes a README that no parser survives.", "card", _readme, slow=True),
)  # fmt: skip
