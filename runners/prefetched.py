"""What was brought to this machine beforehand, in place of the Hub: the model's files, and data as it was loaded.

DIR/model/            the model's files at its revision
DIR/data/<key>/       what one call of the datasets library returned
DIR/prefetch.json     what could not be brought, and why

Data are kept by what was asked for, revision included: the cache of the datasets library gives, offline,
the latest revision of a data set, whichever one is asked for.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from runners.failures import Failure, Kind
from schemas.errors import CommandError
from schemas.problem import shown
from schemas.strict_json import parse_strict_json

MODEL, DATA, OUTCOME = "model", "data", "prefetch.json"
WHOLE = ""  # the name under which the outcome holds why the model is missing
_MOST_BYTES = 2**20
_KINDS: tuple[Kind, ...] = ("submission", "infrastructure", "out_of_memory", "timeout")
_NO_MATTER = {"num_proc", "trust_remote_code", "token", "cache_dir", "keep_in_memory", "verification_mode"}  # fmt: skip
FUNCTIONS = ("load_dataset", "get_dataset_config_names", "get_dataset_split_names")
_POSITIONAL = {
    "load_dataset": ("path", "name", "data_dir", "data_files", "split"),
    "get_dataset_config_names": ("path", "revision"),
    "get_dataset_split_names": ("path", "config_name"),
}


class CannotReadPrefetched(CommandError):
    """The prefetched folder is not one."""


@dataclass(frozen=True)
class Prefetched:
    """A prefetched folder; `failures` maps a task (WHOLE for the model) to why it is not in it."""

    folder: Path
    failures: Mapping[str, Failure]

    def model(self) -> Path:
        """The folder with the model's files.

        Raises:
            Failure: they could not be brought.
        """
        if reason := self.failures.get(WHOLE):
            raise reason
        return self.folder / MODEL

    def failure(self, task: str) -> Failure | None:
        """Why the data of `task` are not here."""
        return self.failures.get(task)


def open_prefetched(folder: Path) -> Prefetched:
    """The folder that `mteb-runner prefetch` left.

    Raises:
        CannotReadPrefetched: it did not finish, or the folder is another one.
    """
    try:
        with (folder / OUTCOME).open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
        data: Any = parse_strict_json(content) if len(content) <= _MOST_BYTES else None
        return Prefetched(folder, {str(name): _failure(about) for name, about in data.items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotReadPrefetched(
            f"{folder} holds no finished prefetch", "run `mteb-runner prefetch` into it"
        ) from error


def write_outcome(folder: Path, failures: Mapping[str, Failure]) -> None:
    """Say that the prefetch is finished, and what is missing."""
    from runners.output_folder import write_atomically

    told = {
        name: {"kind": each.kind, "message": each.message[:2000], "advice": each.advice[:500]}
        for name, each in failures.items()
    }
    write_atomically(folder / OUTCOME, json.dumps(told, indent=1))


def _failure(about: Mapping[str, Any]) -> Failure:
    kind = about["kind"]
    if kind not in _KINDS:
        raise ValueError(kind)
    return Failure(kind, shown(str(about["message"]), 4000), shown(str(about["advice"]), 1000))


def offer_as_cached(model: str, revision: str, view: Path) -> None:
    """Let loaders that ask for a model by name, as mteb's registry does, find the harmless view of it."""
    from huggingface_hub.constants import HF_HUB_CACHE

    repository = Path(HF_HUB_CACHE) / f"models--{model.replace('/', '--')}"
    (repository / "snapshots").mkdir(parents=True, exist_ok=True)
    snapshot = repository / "snapshots" / revision
    if not snapshot.exists():
        snapshot.symlink_to(view.resolve())


@contextmanager
def replayed(prefetched: Prefetched) -> Iterator[None]:
    """While this lasts, the datasets library answers from the folder alone."""

    def answer(function: str, original: Any, args: Any, kwargs: Any) -> Any:  # noqa: ARG001 - the recorder's signature
        return stored_answer(prefetched.folder, question(function, args, kwargs))

    import datasets

    datasets.disable_caching()  # results of `map` would go beside data that cannot be written
    with answered_by(answer):
        yield


def stored_answer(folder: Path, asked: Mapping[str, Any]) -> Any:
    """What was recorded for a question.

    Raises:
        Failure: nothing was.
    """
    import datasets

    place = folder / DATA / key(asked)
    if (place / "answer.json").is_file():
        return json.loads((place / "answer.json").read_text(encoding="utf-8"))
    if not (place / "data").is_dir():
        raise Failure("infrastructure", f"{_words(asked)} was not prefetched")
    return datasets.load_from_disk(str(place / "data"))


def question(function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """What decides the answer of one call: arguments by name, those left out that only say how."""
    named = dict(zip(_POSITIONAL[function], args, strict=False)) | dict(kwargs)
    kept = {name: value for name, value in named.items() if value is not None}
    return {"function": function} | {k: v for k, v in sorted(kept.items()) if k not in _NO_MATTER}


def key(asked: Mapping[str, Any]) -> str:
    """The folder's name for a question."""
    return sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _words(asked: Mapping[str, Any]) -> str:
    return shown(
        f"{asked.get('path')} ({asked.get('name', 'default')}) at {asked.get('revision')}", 300
    )


@contextmanager
def answered_by(answer: Any) -> Iterator[None]:
    """Put `answer(function, original, args, kwargs)` before the library's functions, wherever they were imported."""
    import sys

    import datasets

    replaced: list[tuple[Any, str, Any]] = []
    for function in FUNCTIONS:
        original = getattr(datasets, function)

        def asked(*args: Any, _f: str = function, _o: Any = original, **kwargs: Any) -> Any:
            return answer(_f, _o, args, kwargs)

        for module in list(sys.modules.values()):
            belongs = getattr(module, "__name__", "").partition(".")[0] in {"mteb", "runners"}
            if (module is datasets or belongs) and vars(module).get(function) is original:
                replaced.append((module, function, original))
                setattr(module, function, asked)
    try:
        yield
    finally:
        for module, function, original in replaced:
            setattr(module, function, original)
