"""Each check of the table: what the evidence comes to under one rule."""

from collections.abc import Sequence
from datetime import timedelta

from bot.card.eval_results import FOLDER
from bot.card.yaml_source import CannotEditYaml
from bot.preflight.facts import Access
from bot.sentences import counted
from bot.verification.agreement import (
    Agreement,
    with_eval_results,
    with_expected,
    with_model_index,
)
from bot.verification.card import files_at, keys_of
from bot.verification.evidence import Evidence
from bot.verification.finding import Finding, not_ok, ok, too_early
from schemas.problem import shown

REFRESH = timedelta(hours=48)  # rebuilt daily, at no told hour: a day until then, a day to be built
PUBLISH = "run `mteb-bot publish` again and have the model's owner merge its pull request"
_WAIT = "ask there what is missing; nothing else is to be done"
_MOST_NAMED = 5


def public_repository(evidence: Evidence) -> Finding:
    """Anyone can read the model."""
    published = evidence.published
    problems = {
        Access.MISSING: "the Hub has no public repository of this name",
        Access.PRIVATE: "the repository is private",
        Access.GATED: "the repository is gated: readers must ask first",
        Access.DISABLED: "the Hub has disabled the repository",
    }
    if problem := problems.get(published.access):
        return not_ok(problem)
    return ok(f"anyone can read {published.url}")


def hub_pull_request(evidence: Evidence) -> Finding:
    """Nothing of ours waits for the model's owner."""
    pull = evidence.published.pull
    if pull is None:
        return ok("no pull request of the bot")
    if pull.waits:
        return too_early(f"pull request #{pull.number} waits for the model's owner: {pull.url}")
    if pull.status == "closed" and not evidence.published.results:
        return not_ok(f"pull request #{pull.number} was closed without being merged: {pull.url}")
    return ok(f"pull request #{pull.number} is {pull.status}")


def front_matter(evidence: Evidence) -> Finding:
    """The Hub sees the README's metadata."""
    card = evidence.card
    if card.problem:
        return not_ok(card.problem, mendable=card.mendable)
    return ok("README.md begins with front matter that can be read")


def results_path(evidence: Evidence) -> Finding:
    """The card leads to the results."""
    paths = evidence.card.results_paths
    if not paths:
        return not_ok("the front matter has no `mteb_results`", mendable=True)
    for path in paths:
        if not any(files_at(evidence.published.paths, path)):
            return not_ok(f"`mteb_results` names {shown(path)}, which is not there", mendable=True)
    results = len(evidence.published.results) + len(evidence.published.unread)
    if not results:
        return not_ok(f"no JSON file at {shown(paths[0])}", mendable=True)
    return ok(f"`mteb_results` leads to {counted(results, 'file')}")


def results_valid(evidence: Evidence) -> Finding:
    """Every result can be read by anyone."""
    invalid = {**evidence.published.unread, **evidence.results.invalid}
    if invalid:
        listed = [f"{shown(path, 200)} {reason}" for path, reason in invalid.items()]
        return not_ok(_several(listed), mendable=True)
    return ok(f"{counted(len(evidence.scores), 'task result')}, every one valid")


def results_expected(evidence: Evidence) -> Finding:
    """The results are those a user has at hand."""
    expected = evidence.expected.tasks if evidence.expected else {}
    found = with_expected(expected, evidence.scores)
    if problem := _problem(found, "missing: "):
        return not_ok(problem, mendable=True)
    return ok(f"{counted(found.same, 'task')} as expected")


def model_index(evidence: Evidence) -> Finding:
    """The card's metadata says what the results say."""
    index = keys_of(evidence.card).get("model-index")
    if index is None:
        marked = "model-index" in evidence.card.structure.marked
        problem = "uses YAML anchors, aliases or tags" if marked else "is not there"
        return not_ok(f"`model-index` {problem}", mendable=not marked)
    try:
        found, others = with_model_index(index, evidence.published.model, evidence.scores)
    except CannotEditYaml as reason:
        return not_ok(f"`model-index` cannot be read: {reason}")
    if problem := _problem(found, "not in `model-index`: "):
        return not_ok(problem, mendable=True)
    more = f"; {counted(others, 'other entry', 'other entries')} not of these results"
    return ok(f"{counted(found.same, 'value')} as in the results{more if others else ''}")


def eval_results(evidence: Evidence) -> Finding:
    """The Hub shows the results on the model's page and on leaderboards of data sets."""
    hub = evidence.published.eval_results
    if hub.refused:
        listed = [f"{shown(path, 200)}: {shown(why, 300)}" for path, why in hub.refused.items()]
        return not_ok(f"the Hub refuses {_several(listed)}")
    if not any(files_at(evidence.published.paths, FOLDER)):
        return ok(f"there is no `{FOLDER}`: nothing to accept")
    found, hidden = with_eval_results(hub.shown, evidence.scores, evidence.published.paths)
    if problem := _problem(found, f"not in `{FOLDER}`: "):
        return not_ok(problem, fix=PUBLISH, mendable=True)
    if hidden:
        return too_early(f"the Hub does not show yet: {_several(hidden)}")
    return ok(f"the Hub shows {counted(found.same, 'result')}")


def block(evidence: Evidence) -> Finding:
    """People see the results, once."""
    blocks = len(evidence.card.blocks)
    if blocks != 1:
        said = "no block of results" if not blocks else f"{blocks} blocks of results"
        return not_ok(f"README.md holds {said}", mendable=True)
    return ok("README.md shows the results once")


def radar_chart(evidence: Evidence) -> Finding:
    """The chart that the README shows can be seen."""
    images = evidence.card.images
    if gone := [image for image in images if image not in evidence.published.paths]:
        listed = [shown(image, 200) for image in gone]
        return not_ok(f"README.md shows {_several(listed)}, which is not there", mendable=True)
    return ok(f"{shown(images[0], 200)} is there" if images else "README.md shows no chart")


def tuned_weights(evidence: Evidence) -> Finding:
    """What anyone can load is what was measured."""
    public, wrong, missing = evidence.published, [], []
    for path, digest in evidence.weights.items():
        if path not in public.paths:
            missing.append(shown(path, 200))
        elif path not in public.weights:
            wrong.append(f"{shown(path, 200)} is not in large-file storage")
        elif public.weights[path] != digest:
            wrong.append(f"{shown(path, 200)} is {public.weights[path]}, measured was {digest}")
    if problem := _problem(Agreement(0, tuple(missing), tuple(wrong)), "missing: "):
        return not_ok(problem, mendable=True)
    return ok(f"{counted(len(evidence.weights), 'file')} with the SHA-256 that was measured")


def results_repository(evidence: Evidence) -> Finding:
    """The public leaderboard finds the results."""
    listing = evidence.listing
    if listing is None:
        return ok("no results repository is configured")
    tasks = {name for name in evidence.scores if evidence.facts_of(name)}
    lacks = {
        revision: sorted(task for task in tasks if f"{task}.json" not in files)
        for revision, files in listing.revisions.items()
    }
    best = min(lacks, key=lambda revision: (len(lacks[revision]), revision), default=None)
    if best is not None and not lacks[best]:
        where = f"{listing.repository} at revision {shown(best)}"
        return ok(f"{counted(len(tasks), 'task')} in {where}")
    problem = f"{listing.repository} has no folder of {_measured(evidence)}"
    if best is not None:
        problem = f"{listing.repository} at revision {shown(best)} lacks {_several(lacks[best])}"
    if listing.waiting:
        return too_early(f"{problem}; a pull request waits: {listing.waiting}", fix=_WAIT)
    return not_ok(problem)


def _measured(evidence: Evidence) -> str:
    revision = evidence.model_revision
    return f"revision {shown(revision)}" if revision else "this model"


def refresh(evidence: Evidence) -> Finding:
    """Leaderboards have had the time to read it."""
    told = (evidence.published, evidence.listing)
    dates = [each.changed_at for each in told if each and each.changed_at]
    since = evidence.published_at or max(dates, default=None)
    if since is None:
        return too_early(
            "the Hub does not tell when the results were published",
            fix="pass the day with `--published-at`",
        )
    until = since + REFRESH
    when = f"published {since:%Y-%m-%d %H:%M} UTC"
    if evidence.now < until:
        return too_early(f"{when}; look again from {until:%Y-%m-%d %H:%M} UTC on")
    return ok(f"{when}, more than {REFRESH // timedelta(hours=1)} hours ago")


def _problem(found: Agreement, missing: str) -> str:
    parts = [_several(found.different)] if found.different else []
    if found.missing:
        parts.append(missing + _several(found.missing))
    return "; ".join(parts)


def _several(sentences: Sequence[str]) -> str:
    more = len(sentences) - _MOST_NAMED
    listed = "; ".join(sentences[:_MOST_NAMED])
    return f"{listed}; and {more:,} more" if more > 0 else listed
