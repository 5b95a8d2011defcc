"""What the board lacks of accepted results, as one commit: pure.

A new accepted evaluation of a revision replaces the files of its own tasks, whatever they held: a maintainer merged
it, and git keeps what was there. Files of other tasks stay. run_settings.jsonl is added to, as mteb does: the last
line about a score counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.results_repository.layout import META, SETTINGS, blob_sha
from bot.results_repository.run_settings import appended, parse_settings


@dataclass(frozen=True)
class Accepted:
    """One config's results, path → content, and where they come from."""

    config: str
    model: str
    revision: str
    run: int
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class BoardFacts:
    """The default branch at one commit: what it holds (path → blob SHA) in the folders of accepted revisions.

    `settings` has the content of each run_settings.jsonl there.
    """

    commit: str
    tree: str
    blobs: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class CommitResults:
    """Commit `files` on top of `commit`, whose tree is `tree`."""

    commit: str
    tree: str
    files: Mapping[str, bytes]
    message: str


def decide(board: BoardFacts, pull: int, accepted: Sequence[Accepted]) -> list[CommitResults]:
    """One commit with what the board lacks; nothing where it lacks nothing."""
    changed = {one.config: _lacking(board, one) for one in accepted}
    files = {path: content for lacking in changed.values() for path, content in lacking.items()}
    if not files:
        return []
    coming = [one for one in accepted if changed[one.config]]
    return [CommitResults(board.commit, board.tree, files, _message(board, pull, coming, files))]


def _lacking(board: BoardFacts, one: Accepted) -> dict[str, bytes]:
    wanted = {path: _wanted(board, path, content) for path, content in one.files.items()}
    return {
        path: content
        for path, content in wanted.items()
        if board.blobs.get(path) != blob_sha(content)
    }


def _wanted(board: BoardFacts, path: str, content: bytes) -> bytes:
    """The file as it should be, given what is there."""
    held = board.settings.get(path)
    if held is None:
        return content
    known, ours = parse_settings(held), parse_settings(content)
    news = {scope: settings for scope, settings in ours.items() if known.get(scope) != settings}
    if not news:
        return held
    start = held if held.endswith(b"\n") or not held else held + b"\n"
    return start + appended(b"", news, news)


def _message(
    board: BoardFacts, pull: int, coming: Sequence[Accepted], files: Mapping[str, bytes]
) -> str:
    models = ", ".join(one.model for one in coming)
    lines = [f"Results of {models} (#{pull})"]
    for one in coming:
        tasks = _tasks(one.files)
        replaced = _tasks(path for path in one.files if path in files and path in board.blobs)
        lines += [
            "",
            f"{one.config} at revision {one.revision}: {_counted(len(tasks))}, evaluated by run {one.run}.",
        ]
        if replaced:
            lines.append(f"Replaces earlier results of this revision: {', '.join(replaced)}.")
    return "\n".join(lines) + "\n"


def _tasks(paths: Iterable[str]) -> list[str]:
    names = [path.rpartition("/")[2] for path in paths]
    return [name.removesuffix(".json") for name in names if name not in {META, SETTINGS}]


def _counted(tasks: int) -> str:
    return "1 task" if tasks == 1 else f"{tasks:,} tasks"
