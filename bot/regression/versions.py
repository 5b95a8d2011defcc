"""Which packages differ between the accepted results and a run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.results_repository.run_settings import Scope
from bot.scores import TaskScores


@dataclass(frozen=True)
class Versions:
    """Package -> the versions that results were made with: mostly one, more where they came at several times."""

    of: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Differing:
    """A package whose version is another one now. `now` is None where it is not installed any more."""

    package: str
    accepted: tuple[str, ...]
    now: str | None


def accepted_versions(
    tasks: Iterable[TaskScores], settings: Mapping[Scope, Mapping[str, Any]]
) -> Versions:
    """As the results of `tasks` and the run settings beside them say."""
    found: dict[str, set[str]] = {}
    for task in tasks:
        for subset in task.subsets:
            named = settings.get((task.task, subset.split, subset.subset), {}).get("version")
            versions = dict(named) if isinstance(named, dict) else {}
            versions["mteb"] = task.result.get("mteb_version") or versions.get("mteb")
            for package, version in versions.items():
                if isinstance(version, str):
                    found.setdefault(package, set()).add(version)
    return Versions({package: tuple(sorted(found[package])) for package in sorted(found)})


def differing(accepted: Versions, now: Mapping[str, str]) -> tuple[Differing, ...]:
    """Packages of `accepted` whose version is another one `now`."""
    return tuple(
        Differing(package, versions, now.get(package))
        for package, versions in accepted.of.items()
        if versions != (now.get(package),)
    )
