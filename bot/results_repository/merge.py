"""Two TaskResults of one task: what one has that the other lacks, and both in one, as mteb merges them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from packaging.version import InvalidVersion, Version

from schemas.problem import shown

Result = Mapping[str, Any]
Place = tuple[str, str]  # split, subset

# mteb stores six decimals; older files hold the unrounded score of the same measurement.
_SAME_SCORE = 1e-6


@dataclass(frozen=True)
class Difference:
    """What our result has that theirs lacks (`missing`), and where both have a score and it is not the same."""

    missing: tuple[Place, ...]
    differing: tuple[str, ...]


def difference(theirs: Result, ours: Result) -> Difference:
    """Compare two results of one task and one data set revision by their main scores."""
    there, here = scores_of(theirs), scores_of(ours)
    missing = tuple(place for place in here if place not in there)
    differing = tuple(
        f"{_named(place)}: {there[place]:.6g} there, {here[place]:.6g} here"
        for place in here
        if place in there and abs(there[place] - here[place]) > _SAME_SCORE
    )
    return Difference(missing, differing)


def merged(theirs: Result, ours: Result) -> dict[str, Any]:
    """Their result with the subsets that only ours has; time and emissions add up, the later date stays.

    Every entry names its mteb version, the result the range of them.
    """
    there = scores_of(theirs)
    scores = {split: list(entries) for split, entries in _stamped(theirs)}
    for split, entries in _stamped(ours):
        new = [entry for entry in entries if (split, entry["hf_subset"]) not in there]
        if new:
            scores.setdefault(split, []).extend(new)
    merging = {
        "mteb_version": _version_range(scores),
        "scores": scores,
        "evaluation_time": _sum(theirs, ours, "evaluation_time"),
        "kg_co2_emissions": _sum(theirs, ours, "kg_co2_emissions"),
        "date": max(filter(None, (theirs.get("date"), ours.get("date"))), default=None),
        "evaluation_phases": _phases(theirs, ours),
    }
    known = {**theirs, **{key: ours[key] for key in ours if key not in theirs}}
    return {key: merging.get(key, value) for key, value in known.items()}


def removed(before: Result, after: Result) -> list[str]:
    """What a change of a file takes away: `test/en`, `test/en: deu-Latn`, or a score that is no longer the same."""
    old, new = _languages(before), _languages(after)
    gone = [_named(place) for place in old if place not in new]
    gone += [
        f"{_named(place)}: {', '.join(sorted(lost))}"
        for place, spoken in old.items()
        if place in new and (lost := spoken - new[place])
    ]
    there, here = scores_of(before), scores_of(after)
    changed = [place for place in there if place in here and there[place] != here[place]]
    return gone + [f"{_named(place)}: another score" for place in changed]


def scores_of(result: Result) -> dict[Place, float]:
    """Main score by split and subset."""
    return {place: entry["main_score"] for place, entry in _entries(result)}


def repeated_places(result: Result) -> list[str]:
    """Subsets that stand twice in one split."""
    counted = Counter(place for place, _ in _entries(result))
    return [_named(place) for place, times in counted.items() if times > 1]


def versions_of(result: Result) -> dict[Place, str | None]:
    """The mteb version of each entry; where it names none, the result's own."""
    return {
        place: entry.get("mteb_version", result.get("mteb_version"))
        for place, entry in _entries(result)
    }


def oldest_version(text: str | None) -> Version | None:
    """The version, or the first of a range `2.12.0-2.12.19`; None where it is neither."""
    for candidate in (text or "", (text or "").partition("-")[0]):
        try:
            return Version(candidate)
        except InvalidVersion:
            continue
    return None


def _entries(result: Result) -> Iterator[tuple[Place, Result]]:
    for split, entries in result["scores"].items():
        for entry in entries:
            yield (split, entry["hf_subset"]), entry


def _languages(result: Result) -> dict[Place, frozenset[str]]:
    return {place: frozenset(entry["languages"]) for place, entry in _entries(result)}


def _stamped(result: Result) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The entries by split, each with the mteb version that it was computed with, where that is known."""
    version = result.get("mteb_version")
    known = {} if version is None else {"mteb_version": version}
    for split, entries in result["scores"].items():
        yield split, [{**entry, **known, **entry} for entry in entries]


def _version_range(scores: Mapping[str, list[dict[str, Any]]]) -> str | None:
    stamped = {entry.get("mteb_version") for entries in scores.values() for entry in entries}
    parsed = [(version, text) for text in stamped if text and (version := oldest_version(text))]
    if not parsed:
        return None
    first, last = min(parsed)[1], max(parsed)[1]
    first, last = first.partition("-")[0], last.rpartition("-")[2]
    return first if first == last else f"{first}-{last}"


def _sum(theirs: Result, ours: Result, key: str) -> float | None:
    numbers = [value for value in (theirs.get(key), ours.get(key)) if value is not None]
    return sum(numbers) if numbers else None


def _phases(theirs: Result, ours: Result) -> list[dict[str, Any]] | None:
    """Their phases, then ours as if measured right after."""
    there, here = theirs.get("evaluation_phases"), ours.get("evaluation_phases")
    if there is None and here is None:
        return None
    ended = max((phase["end"] for phase in there or ()), default=0.0)
    offset = theirs.get("evaluation_time") or ended
    shifted = [
        {**phase, "start": phase["start"] + offset, "end": phase["end"] + offset}
        for phase in here or ()
    ]
    return [*(there or ()), *shifted]


def _named(place: Place) -> str:
    return "/".join(shown(part) for part in place)
