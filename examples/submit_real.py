"""`mteb-bot submit` against public results of eight models: `python -m examples.submit_real DATA/mteb-results`.

Seeds a results repository on the local GitHub with the folders in DATA, less what the cases then submit, and shows
six cases, each run twice. What is submitted are the same public scores, stamped as if today's mteb had computed
them. In the end mteb's own loader reads what the bot proposed.
"""

import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.cli import main
from bot.results_repository.layout import branch_of, revision_folder
from schemas.mteb_index import mteb_index
from tests.standins.github.app import LocalGithub, serve_github
from tests.standins.server import Server

REPOSITORY, FORK = "lab/results", "bot/results"
Files = dict[str, bytes]


@dataclass(frozen=True)
class Case:
    """A model at a revision; `missing` is what the repository lacks of it, `ours` how our results differ."""

    title: str
    model: str
    revision: str
    tasks: tuple[str, ...]
    missing: Callable[[Files], Files] = lambda held: held
    ours: Callable[[dict[str, Any]], dict[str, Any]] = lambda result: result
    as_revision: str | None = None


def without(*names: str) -> Callable[[Files], Files]:
    """The files of a revision but those of some names; all gone if none is named."""
    return lambda held: {
        path: content
        for path, content in held.items()
        if names and path.rpartition("/")[2] not in names
    }


def without_subset(name: str, subset: str) -> Callable[[Files], Files]:
    """The files, one of them without one subset."""

    def less(held: Files) -> Files:
        path = next(path for path in held if path.endswith(f"/{name}"))
        result = json.loads(held[path])
        for split, entries in result["scores"].items():
            result["scores"][split] = [e for e in entries if e["hf_subset"] != subset]
        return {**held, path: json.dumps(result, indent=2).encode()}

    return less


def better(result: dict[str, Any]) -> dict[str, Any]:
    """Every main score one point higher."""
    for entries in result["scores"].values():
        for entry in entries:
            entry["main_score"] += 0.01
    return result


CASES = (
    Case("a new model", "thenlper/gte-small", "17e1f347d17fe144873b1201da91788898c639cd",
         ("STS22.v2", "HotpotQAHardNegatives"), missing=without()),
    Case("a new revision", "BAAI/bge-small-en-v1.5", "5c38ec7c405ec4b44b94cc5a9bb96e735b38267a",
         ("STS12", "ArguAna"), as_revision="a" * 40),
    Case("a new task", "sentence-transformers/all-MiniLM-L6-v2",
         "8b3219a92973c328a8e22fadcfa821b5dc75636a", ("STS12", "STS13", "STS14"),
         missing=without("STS14.json")),
    Case("a new subset", "intfloat/multilingual-e5-large",
         "ab10c1a7f42e74530fe7ae5be82e6d4f11a719eb", ("MassiveScenarioClassification",),
         missing=without_subset("MassiveScenarioClassification.json", "en")),
    Case("a conflict", "intfloat/e5-base-v2", "1c644c92ad3ba1efdad3f1451a637716616a20e8",
         ("STS12",), ours=better),
    Case("nothing new", "intfloat/e5-small-v2", "dca8b1a9dae0d4575df2bf423a5edb485a431236",
         ("STS12", "STS13")),
)  # fmt: skip


def seed(data: Path) -> Files:
    """All public files, less what the cases submit."""
    held = {
        f"results/{path.relative_to(data).as_posix()}": path.read_bytes()
        for path in sorted(data.glob("*/*/*"))
    }
    for case in CASES:
        folder = revision_folder(case.model, case.revision)
        own = {path: held.pop(path) for path in list(held) if path.startswith(f"{folder}/")}
        held.update(case.missing(own))
    return held


def write_ours(case: Case, data: Path, folder: Path) -> Path:
    """Our results of a case, as a run of today's mteb would leave them; returns their folder."""
    revision = case.as_revision or case.revision
    source = data / revision_folder(case.model, case.revision).removeprefix("results/")
    target = folder / revision_folder(case.model, revision)
    target.mkdir(parents=True)
    version = mteb_index().mteb_version
    lines = []
    for task in case.tasks:
        result = case.ours(json.loads((source / f"{task}.json").read_bytes()))
        result["mteb_version"] = version
        for split, entries in result["scores"].items():
            for entry in entries:
                entry["mteb_version"] = version
            subsets = [entry["hf_subset"] for entry in entries]
            lines.append(
                {"task": task, "splits": [split], "version": {"mteb": version},
                 "encode_kwargs": {"batch_size": 32}, "subsets": subsets}
            )  # fmt: skip
        (target / f"{task}.json").write_text(json.dumps(result, indent=2))
    (target / "run_settings.jsonl").write_text("".join(f"{json.dumps(x)}\n" for x in lines))
    meta = json.loads((source / "model_meta.json").read_bytes())
    (target / "model_meta.json").write_text(json.dumps({**meta, "revision": revision}))
    return target


def show(case: Case, data: Path, folder: Path, server: Server, github: LocalGithub) -> bool:
    """Run a case twice and say what happened; False where the second run wrote anything."""
    ours = write_ours(case, data, folder)
    config = folder / "config.yaml"
    config.write_text(
        f"schema_version: 1\nmodel: {case.model}\nrevision: {ours.name}\nlicense: mit\n"
        f"languages: [eng]\nevaluate:\n  tasks: [{', '.join(case.tasks)}]\n"
    )
    sys.stdout.write(
        f"\n== {case.title}: {case.model} at {ours.name[:7]}, {', '.join(case.tasks)}\n"
    )
    writes = 0
    for turn in ("first", "second"):
        server.clear()
        said = io.StringIO()
        with redirect_stdout(said):
            code = main(["submit", str(config), "--results", str(ours), "--repository", REPOSITORY])
        writes = sum(each.writes for each in server.log)
        sys.stdout.write(
            f"{turn} run: exit {code}, {len(server.log)} requests, {writes} writes\n{said.getvalue()}"
        )
    for path, size in proposed(case, github).items():
        sys.stdout.write(f"  proposed: {path} ({size})\n")
    return writes == 0


def proposed(case: Case, github: LocalGithub) -> Mapping[str, str]:
    """What the bot's branch has that main has not, or has otherwise."""
    if FORK not in github.world.repositories:
        return {}
    there, ours = (github.world.repository(name).git for name in (REPOSITORY, FORK))
    branch = f"refs/heads/{branch_of(case.model)}"
    if branch not in ours.refs():
        return {}
    main_ = {entry.path: entry.sha for entry in there.tree("refs/heads/main")}
    return {
        entry.path: f"{entry.size:,} bytes{', changed' if entry.path in main_ else ''}"
        for entry in ours.tree(branch)
        if entry.kind == "blob" and main_.get(entry.path) != entry.sha
    }


def read_by_mteb(case: Case, github: LocalGithub, folder: Path) -> str:
    """How many tasks of the model mteb's own loader finds on the bot's branch."""
    import mteb

    ours = github.world.repository(FORK).git
    branch, revision = f"refs/heads/{branch_of(case.model)}", case.as_revision or case.revision
    for entry in ours.tree(branch):
        if entry.path.startswith(revision_folder(case.model, revision)) and entry.kind == "blob":
            (folder / entry.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / entry.path).write_bytes(ours.read(branch, entry.path))
    cache = mteb.ResultCache(folder)
    [found] = cache.load_results(models=[case.model], validate_and_filter=False).model_results
    subsets = sum(len(x) for one in found.task_results for x in one.scores.values())
    return f"{len(found.task_results)} tasks, {subsets} scores"


def run(data: Path) -> int:
    """Show all cases; 1 if a second run wrote anything."""
    os.environ["MTEB_BOT_FIRST_WAIT"] = "0.01"
    calm = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serve_github(folder / "github") as (server, github):
            held = seed(data)
            github.create_repository(REPOSITORY, held)
            sys.stdout.write(f"a results repository of {len(held)} files\n")
            os.environ["GITHUB_API_URL"] = server.url
            os.environ["GITHUB_TOKEN"] = github.add_token("bot")
            for number, case in enumerate(CASES):
                place = folder / str(number)
                place.mkdir()
                calm &= show(case, data, place, server, github)
            sys.stdout.write("\nread by mteb's own loader from the bot's branches:\n")
            for case in CASES[:4]:
                found = read_by_mteb(case, github, folder / "cache" / case.title)
                sys.stdout.write(f"  {case.title}: {found}\n")
    return 0 if calm else 1


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():  # noqa: PLR2004 -- one argument
        raise SystemExit("usage: python -m examples.submit_real FOLDER-WITH-mteb-results")
    sys.exit(run(Path(sys.argv[1]).resolve()))
