"""What one shard needs is brought beforehand: exactly its revisions, nothing that runs, and again without harm."""

from pathlib import Path

import pytest

from runners.failures import Failure
from runners.prefetch import outcome_code
from runners.prefetched import (
    CannotReadPrefetched,
    answered_by,
    key,
    open_prefetched,
    question,
    write_outcome,
)
from schemas.errors import ExitCode
from tests.planned_made import NEWS, REVISION, Planned, populate
from tests.sandbox_made import needs_sandbox
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

pytest.importorskip("torch")


def test_data_are_found_again_by_what_was_asked_for_revision_included():
    asked = question("load_dataset", ("org/data", "en"), {"revision": "1" * 40, "split": "test"})
    same = question("load_dataset", (), {"path": "org/data", "name": "en", "split": "test", "revision": "1" * 40, "num_proc": 4, "trust_remote_code": False})  # fmt: skip
    later = question("load_dataset", ("org/data", "en"), {"revision": "2" * 40, "split": "test"})
    assert key(asked) == key(same)
    assert key(asked) != key(later)


def test_whoever_imported_the_library_s_functions_gets_the_answers():
    import datasets
    from mteb.abstasks import retrieval_dataset_loaders as loaders

    original = datasets.load_dataset
    asked = []

    def answer(function, _original, args, kwargs):
        asked.append((function, args, kwargs))
        return "answer"

    with answered_by(answer):
        assert loaders.get_dataset_config_names("org/data", "1" * 40) == "answer"
        assert loaders.load_dataset("org/data", split="test") == "answer"
        assert datasets.load_dataset("org/data") == "answer"
    assert asked[0] == ("get_dataset_config_names", ("org/data", "1" * 40), {})
    assert len(asked) == 3
    assert datasets.load_dataset is loaders.load_dataset is original


def test_a_folder_tells_what_could_not_be_brought(tmp_path):
    with pytest.raises(CannotReadPrefetched, match="holds no finished prefetch"):
        open_prefetched(tmp_path)
    write_outcome(tmp_path, {"AcmeNews": Failure("submission", "no such data set", "correct it")})
    prefetched = open_prefetched(tmp_path)
    reason = prefetched.failure("AcmeNews")
    assert (reason.kind, reason.message, reason.advice) == ("submission", "no such data set", "correct it")  # fmt: skip
    assert prefetched.failure("STSBenchmark") is None
    assert prefetched.model() == tmp_path / "model"
    (tmp_path / "prefetch.json").write_text('{"": {"kind": "nobody", "message": "", "advice": ""}}')
    with pytest.raises(CannotReadPrefetched):
        open_prefetched(tmp_path)


@pytest.mark.parametrize(
    ("failures", "code"),
    [
        ({}, ExitCode.OK),
        ({"A": "submission"}, ExitCode.OK),
        ({"A": "submission", "B": "submission"}, ExitCode.SUBMISSION),
        ({"A": "submission", "B": "infrastructure"}, ExitCode.SERVICE),
        ({"": "submission"}, ExitCode.SUBMISSION),
        ({"": "infrastructure"}, ExitCode.SERVICE),
    ],
)
def test_the_exit_code_says_whose_turn_it_is_when_nothing_can_be_measured(failures, code):
    told = {name: Failure(kind, "x") for name, kind in failures.items()}
    assert outcome_code(told, tasks=2) == code


@pytest.fixture(scope="module")
def served(tmp_path_factory, wordllama):
    """A Hub with the model and the data, served."""
    needs_sandbox()
    hub = LocalHub(tmp_path_factory.mktemp("hub"))
    populate(hub, wordllama)
    with Server(hub) as server:
        yield hub, server


@pytest.mark.slow
def test_exactly_the_revision_comes_without_pickles_and_code_and_a_repetition_changes_nothing(
    served, tmp_path
):
    hub, server = served
    planned = Planned(tmp_path).write()
    secret = hub.add_token("reader", write=[], read=["acme"])
    before = len(server.log)
    done = planned.run("prefetch", "pre", HF_ENDPOINT=server.url, HF_TOKEN=secret)
    assert done.returncode == 0, done.stderr
    assert secret not in done.stderr
    asked = [each.path for each in server.log[before:] if "/resolve/" in each.path]
    assert all(REVISION in path or NEWS in path or "stsbenchmark" in path for path in asked), asked
    names = {path.name for path in (tmp_path / "pre" / "model").iterdir()}
    assert {"model.safetensors", "modules.json"} <= names
    assert not names & {"pytorch_model.bin", "evil.py", ".cache"}
    everything = [path for path in (tmp_path / "pre").rglob("*") if path.is_file()]
    assert not any(path.is_symlink() for path in (tmp_path / "pre").rglob("*"))
    assert not any(secret.encode() in path.read_bytes() for path in everything)
    assert done.stderr.splitlines() == [
        f"│ model acme/tiny at {REVISION[:10]}: {model_megabytes(tmp_path)} MB",
        "│ [1/2] STSBenchmark: data",
        "│ [2/2] AcmeNews: data",
    ]
    again = planned.run("prefetch", "pre", HF_ENDPOINT=server.url, HF_TOKEN=secret)
    assert again.returncode == 0, again.stderr
    assert {path for path in (tmp_path / "pre").rglob("*") if path.is_file()} == set(everything)


def model_megabytes(folder: Path) -> str:
    files = [path for path in (folder / "pre" / "model").iterdir() if path.is_file()]
    return f"{sum(path.stat().st_size for path in files) / 10**6:,.1f}"


@pytest.mark.slow
def test_of_a_model_that_is_trained_first_the_base_comes(served, tmp_path):
    _, server = served
    data = {"path": "rows.csv", "columns": {"text": "text", "label": "label"}}
    finetune = {"base_model": "acme/tiny", "data": [data]}
    planned = Planned(tmp_path, model="acme/tuned", more={"finetune": finetune}).write()
    (planned.config.parent / "rows.csv").write_text("text,label\na,0\n")
    done = planned.run("prefetch", "pre", HF_ENDPOINT=server.url)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(f"│ model acme/tiny at {REVISION[:10]}: ")
    assert (tmp_path / "pre" / "model" / "model.safetensors").is_file()


@pytest.mark.slow
def test_what_cannot_be_had_is_told_with_whose_fault_it_is(served, tmp_path):
    _, server = served
    planned = Planned(tmp_path).write()
    lost = planned.run("prefetch", "lost", HF_ENDPOINT="http://127.0.0.1:9")
    assert lost.returncode == 4, lost.stderr
    assert "FAILED (infrastructure): " in lost.stderr
    missing = Planned(tmp_path / "missing", model="acme/nobody").write()
    done = missing.run("prefetch", "pre", HF_ENDPOINT=server.url)
    assert done.returncode == 1, done.stderr
    assert "the Hub has no public model acme/nobody" in done.stderr
    large = Planned(tmp_path / "large", {"limits": {"seconds": 300, "memory_gb": 8, "disk_gb": 0.01, "processes": 2048}}).write()  # fmt: skip
    done = large.run("prefetch", "pre", HF_ENDPOINT=server.url)
    assert done.returncode == 1, done.stderr
    assert "more than the 0.01 GB of disk it may use" in done.stderr
