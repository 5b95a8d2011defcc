"""Official mteb tasks with all-MiniLM-L6-v2, all of it downloaded from a local Hub: `make official DATA=…`.

The Hub serves the model, and the data sets at the revisions that mteb pins, to an unmodified mteb. The main
scores must be the claims of official.yaml, mteb's public results, to four decimals. Minutes on 2 cores.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from examples.packaged_models import minilm_folder
from schemas.mteb_index import mteb_index
from schemas.submission import ModelConfig, load_model_config
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

CONFIG = Path(__file__).with_suffix(".yaml").relative_to(Path.cwd())
BUILD = Path("build/official")
DECIMALS = 4
STS = {"test": "test.tsv"}
DATA: Mapping[str, tuple[str, Mapping[str, str]]] = {  # task → folder, split → file
    "STSBenchmark": (
        "stsbenchmark",
        {"train": "train.tsv", "validation": "dev.tsv", "test": "test.tsv"},
    ),
    "STS12": ("sts12", STS),
    "STS14": ("sts14", STS),
    "Banking77Classification": ("banking77", {"train": "train.csv", "test": "test.csv"}),
}


def main(data: Path) -> int:
    """Serve, evaluate, compare; 1 when a score is not the expected one, 2 when there is no data."""
    config, _, problems = load_model_config(CONFIG)
    if config is None:
        raise SystemExit(f"{CONFIG}: {problems[0].message}")
    missing = [
        data / folder / file
        for folder, files in DATA.values()
        for file in files.values()
        if not (data / folder / file).is_file()
    ]
    if missing:
        sys.stderr.write(f"missing: {', '.join(map(str, missing))} (set DATA=…)\n")
        return 2
    shutil.rmtree(BUILD, ignore_errors=True)
    _say("1/2 a local Hub with the model and the data sets")
    hub = LocalHub((BUILD / "hub").resolve())
    _serve_model(hub, config)
    for task in DATA:
        _serve_data(hub, task, data)
    with Server(hub) as server:
        _say(f"2/2 evaluating, with everything downloaded from {server.url}")
        code = _evaluate(server.url)
        downloads = sum("/resolve/" in each.path and each.method == "GET" for each in server.log)
    if code:
        return code
    sys.stdout.write(f"{downloads} files downloaded from the local Hub\n\n")
    return _compare(config)


def _serve_model(hub: LocalHub, config: ModelConfig) -> None:
    folder = minilm_folder()
    paths = [path for path in folder.rglob("*") if path.is_file()]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    hub.create_model(config.model, files=files, revision=config.revision)
    _say(f"  {config.model} at {config.revision}")


def _serve_data(hub: LocalHub, task: str, data: Path) -> None:
    """A data set with the columns of the real one, at the revision that mteb pins."""
    known = mteb_index().task(task)
    if known is None or known.dataset_id is None:
        raise SystemExit(f"mteb has no task {task} with a data set of its own")
    folder, files = DATA[task]
    tables = {split: _rows(data / folder / file) for split, file in files.items()}
    if "category" in tables["test"][0]:
        tables = _labelled(tables)
    content = {f"{split}.jsonl": _jsonl(rows) for split, rows in tables.items()}
    hub.create_dataset(known.dataset_id, files=content, revision=known.dataset_revision)
    _say(f"  {known.dataset_id} at {known.dataset_revision}")


def _rows(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8", newline="") as lines:
        if path.suffix == ".csv":
            return list(csv.DictReader(lines))
        reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        pairs = ("sentence1", "sentence2")
        return [
            {name: row[name] for name in pairs} | {"score": float(row["score"])} for row in reader
        ]


def _labelled(tables: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    """Labels are numbers in the order of the sorted categories, as mteb has them."""
    names = sorted({str(row["category"]) for row in tables["train"]})
    numbers = {name: number for number, name in enumerate(names)}
    return {
        split: [
            {
                "text": row["text"],
                "label": numbers[str(row["category"])],
                "label_text": row["category"],
            }
            for row in rows
        ]
        for split, rows in tables.items()
    }


def _jsonl(rows: list[dict[str, object]]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def _evaluate(endpoint: str) -> int:
    """Run the runner as anybody would, knowing no Hub but ours and nothing that was downloaded before."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "MTEB_"))
    }
    environment = inherited | {
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str((BUILD / "cache").resolve()),
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    runner = str(Path(sys.executable).with_name("mteb-runner"))
    command = [runner, "evaluate", str(CONFIG), "--output", str(BUILD / "evaluation")]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own program


def _compare(config: ModelConfig) -> int:
    report = json.loads((BUILD / "evaluation" / "report.json").read_text(encoding="utf-8"))
    measured = {
        task["name"]: task["result"]["scores"]["test"][0]["main_score"] for task in report["tasks"]
    }
    sys.stdout.write(f"{'task':24} expected  measured  same to {DECIMALS} decimals\n")
    same = True
    for claim in config.claims:
        score = measured[claim.task]
        agrees = round(score, DECIMALS) == round(claim.main_score, DECIMALS)
        same &= agrees
        said = "yes" if agrees else "NO"
        sys.stdout.write(f"{claim.task:24} {claim.main_score:.5f}   {score:.5f}   {said}\n")
    return 0 if same else 1


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
