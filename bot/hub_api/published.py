"""What a model's main branch on the Hub says about its results."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from huggingface_hub import RepoFile

from bot.card.readme import MAX_BYTES, CannotReadReadme
from bot.hub_api.connection import FileTooLarge, HubConnection
from bot.hub_api.information import access, information
from bot.hub_api.proposals import own_proposal
from bot.preflight.facts import Access
from bot.verification.card import files_at, read_card, result_files
from bot.verification.facts import EvalEntry, EvalResults, Published

MOST_FILES = 500  # one request each
MOST_FILE_BYTES = 10 * 1024 * 1024  # what results repositories take
MOST_BYTES = 128 * 1024 * 1024
_EXPAND = ("sha", "private", "gated", "disabled", "siblings", "evalResults")
Json = Mapping[str, Any]


def load_published(hub: HubConnection, model: str, weights: Sequence[str] = ()) -> Published:
    """Read main in three requests and one for each task result; one or two more for the bot's pull request.

    One more tells of the files `weights`, where there are any.

    Raises:
        CannotReadReadme: README.md is too large.
        HubRefused: the token is not accepted.
        ServiceAtFault: the Hub does not answer as it should.
    """
    url = f"{hub.endpoint}/{model}"
    facts = information(hub, "models", model, None, expand=list(_EXPAND))
    found = facts if isinstance(facts, Access) else access(facts)
    if isinstance(facts, Access) or found is not Access.OPEN:
        return Published(model, url, found)
    revision = str(facts.get("sha"))
    paths = [str(file.get("rfilename")) for file in _objects(facts.get("siblings"))]
    readme = _readme(hub, model, revision)
    card = read_card(readme)
    results, unread = _contents(hub, model, revision, result_files(paths, card))
    return Published(
        model=model,
        url=url,
        access=found,
        revision=revision,
        paths=frozenset(paths),
        readme=readme,
        results=results,
        unread=unread,
        eval_results=_eval_results(facts),
        changed_at=_changed_at(
            hub,
            model,
            revision,
            [path for path in card.results_paths if any(files_at(paths, path))],
        ),
        pull=own_proposal(hub, model),
        weights=_digests(hub, model, revision, weights),
    )


def _readme(hub: HubConnection, model: str, revision: str) -> bytes | None:
    try:
        return hub.read_file(model, revision, "README.md", MAX_BYTES)
    except FileTooLarge as error:
        raise CannotReadReadme(error.message, "move large tables out of the README") from error


def _contents(
    hub: HubConnection, model: str, revision: str, paths: Sequence[str]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Contents by path, and by path why others were not read."""
    contents: dict[str, bytes] = {}
    unread = dict.fromkeys(paths[MOST_FILES:], f"is beyond the first {MOST_FILES} files")
    left = MOST_BYTES
    for path in paths[:MOST_FILES]:
        try:
            content = hub.read_file(model, revision, path, min(MOST_FILE_BYTES, left))
        except FileTooLarge:
            unread[path] = f"is too large: {MOST_FILE_BYTES // 2**20} MiB a file are read"
            continue
        if content is not None:
            contents[path] = content
            left -= len(content)
    return contents, unread


def _changed_at(hub: HubConnection, model: str, revision: str, paths: list[str]) -> datetime | None:
    """When the newest of `paths` (folders too) last changed on main: a merge is one commit there."""
    if not paths:
        return None
    listed = [path.rstrip("/") for path in paths]
    found = hub.read(lambda: hub.api.get_paths_info(model, listed, revision=revision, expand=True))
    dates = [entry.last_commit.date for entry in found if entry.last_commit]
    return max(dates, default=None)


def _digests(hub: HubConnection, model: str, revision: str, paths: Sequence[str]) -> dict[str, str]:
    """SHA-256 by path of files in large-file storage."""
    if not paths:
        return {}
    found = hub.read(lambda: hub.api.get_paths_info(model, list(paths), revision=revision))
    return {
        entry.path: entry.lfs.sha256 for entry in found if isinstance(entry, RepoFile) and entry.lfs
    }


def _eval_results(facts: Json) -> EvalResults:
    entries, refused = [], {}
    for item in _objects(facts.get("evalResults")):
        if "error" in item:
            refused[str(item.get("filename", "a file"))] = str(item["error"])
        elif not item.get("pullRequest"):  # a proposal is shown too, with its number
            entries.append(_entry(item))
    return EvalResults(tuple(entries), refused)


def _entry(item: Json) -> EvalEntry:
    data = item.get("data", item)
    data = data if isinstance(data, dict) else {}
    dataset = data.get("dataset")
    dataset = dataset if isinstance(dataset, dict) else {}
    return EvalEntry(str(dataset.get("id")), str(dataset.get("task_id")), data.get("value"))


def _objects(value: object) -> Iterable[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
