"""Real models and real text from packages, shared by the tests that measure."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from examples.bbc_news import write_tables
from examples.packaged_models import minilm_folder, save_wordllama

ROOT = Path(__file__).parent.parent
WORDLLAMA = {
    "schema_version": 1,
    "model": "dleemiller/word-llama-l2-supercat",
    "revision": "0" * 40,
    "license": "mit",
    "languages": ["eng"],
}

os.environ["HF_HUB_OFFLINE"] = "1"


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start: a shell's background jobs, and all their children, would ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def wordllama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small, fast real model: wordllama's static table."""
    return save_wordllama(tmp_path_factory.mktemp("models") / "wordllama")


@pytest.fixture(scope="session")
def minilm() -> Path:
    """A real transformer: all-MiniLM-L6-v2."""
    return minilm_folder()


@pytest.fixture(scope="session")
def bbc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small tables of BBC News: topics, similarity, retrieval."""
    folder = tmp_path_factory.mktemp("bbc")
    write_tables(folder, training=120, evaluated=100)
    return folder


@pytest.fixture
def write_config(tmp_path: Path) -> Callable[..., Path]:
    """Write a model config whose tasks are the example task files (or what the test says)."""

    def write(
        tasks: list[object] | None = None, name: str = "model.yaml", **changes: object
    ) -> Path:
        if tasks is None:
            tasks = [
                "bbc-topics-knn",
                "bbc-topics-logistic",
                "bbc-clustering",
                "bbc-similarity",
                "bbc-retrieval",
            ]
        entries = [
            os.path.relpath(ROOT / "examples" / "tasks" / f"{task}.yaml", tmp_path)
            if isinstance(task, str) and task.startswith("bbc-")
            else task
            for task in tasks
        ]
        path = tmp_path / name
        path.write_text(json.dumps({**WORDLLAMA, "evaluate": {"tasks": entries}, **changes}))
        return path

    return write


@pytest.fixture
def data_arguments(bbc: Path) -> list[str]:
    """`--data-path` for every example task."""
    return [
        argument
        for table in ("topics", "similarity", "retrieval")
        for argument in ("--data-path", f"bbc-news/{table}={bbc / table}")
    ]


@pytest.fixture
def evaluate(tmp_path, wordllama, data_arguments):
    """Run `mteb-runner evaluate` into `out/` and return the process and the report."""

    def run(config: Path, *more: object, output: str = "out"):
        done = run_runner(
            "evaluate", config, "--output", tmp_path / output, "--model-path", wordllama,
            *data_arguments, *more,
        )  # fmt: skip
        path = tmp_path / output / "report.json"
        return done, read_json(path) if path.exists() else None

    return run


def runner_command(*arguments: object) -> list[str]:
    """The command line of `mteb-runner`, run from the source tree."""
    return [sys.executable, "-m", "runners.cli", *map(str, arguments)]


def run_runner(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `mteb-runner` to its end, in this process: importing torch and mteb takes seconds."""
    from runners.cli import main

    stderr = io.StringIO()
    with redirect_stderr(stderr):
        code = main([str(argument) for argument in arguments])
    return subprocess.CompletedProcess(arguments, code, "", stderr.getvalue())


def read_json(path: Path) -> dict:
    """Strict JSON: NaN is an error."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{path} holds {name}")

    return json.loads(path.read_text(), parse_constant=refuse)


def main_scores(report: dict) -> dict[str, float]:
    """Task → main score of its only subset."""
    return {
        task["name"]: task["result"]["scores"]["test"][0]["main_score"] for task in report["tasks"]
    }
