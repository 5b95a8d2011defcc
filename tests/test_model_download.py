"""A model comes from the Hub at exactly the revision asked for, without anything that could run code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runners.failures import Failure
from runners.weights import harmless_view
from tests.standins.faults import Fault, Kind
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

REVISION, LATER = "8" * 40, "9" * 40
FILES = {
    "config.json": b"{}",
    "1_Pooling/config.json": b"{}",
    "model.safetensors": b"weights" * 100_000,
    "pytorch_model.bin": b"a pickle",
    "modeling.py": b"print('ran')",
    "onnx/model.onnx": b"graph",
}
LOADABLE = ["1_Pooling/config.json", "config.json", "model.safetensors"]
FETCH = """
import sys
from pathlib import Path
from types import SimpleNamespace
from runners import weights
from runners.failures import Failure
from runners.models import fetch_model

weights._WAITS = (0.01, 0.01)
try:
    files = fetch_model(SimpleNamespace(model=sys.argv[1], revision=sys.argv[2]), None, Path(sys.argv[3]))
    paths = (path for path in files.folder.rglob("*") if path.is_file())
    print(*sorted(path.relative_to(files.folder).as_posix() for path in paths))
    print((files.folder / "config.json").read_text())
except Failure as failure:
    print(failure.kind, failure.message, sep=": ")
"""


@pytest.fixture
def hub(tmp_path):
    local = LocalHub(tmp_path / "hub")
    local.create_model("org/name", FILES, revision=REVISION)
    local.add_revision("org/name", {"config.json": b'{"later": 1}'}, LATER)
    with Server(local) as server:
        yield server


@pytest.fixture
def fetch(hub, tmp_path):
    """Fetch in a process of its own, which knows no other Hub; the lines it prints."""

    def run(model: str = "org/name", revision: str = REVISION, **settings: str) -> list[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        cache = str(tmp_path / "cache")
        done = subprocess.run(
            [sys.executable, "-c", FETCH, model, revision, str(tmp_path / "view")],
            env=kept | {"HF_ENDPOINT": hub.url, "HF_HOME": cache, **settings},
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    return run


def test_only_what_a_loader_may_read_is_downloaded_at_the_revision(hub, fetch):
    assert fetch() == [" ".join(LOADABLE), "{}"]
    fetched = {each.path.rpartition("/")[2] for each in hub.log if "/resolve/" in each.path}
    assert not fetched & {"pytorch_model.bin", "modeling.py", "model.onnx"}
    assert all(REVISION in each.path for each in hub.log if "/resolve/" in each.path)
    assert fetch(revision=LATER) == [" ".join(LOADABLE), '{"later": 1}']


def test_what_was_downloaded_serves_without_the_hub(fetch):
    fetch()
    assert fetch(HF_HUB_OFFLINE="1") == [" ".join(LOADABLE), "{}"]


@pytest.mark.parametrize("at", [3, 6, 8])
def test_a_connection_that_breaks_is_tried_again(at, hub, fetch):
    hub.inject(Fault(Kind.RESET, at=at))
    assert fetch() == [" ".join(LOADABLE), "{}"]


def test_a_connection_that_keeps_breaking_is_the_machine_s_fault(hub, fetch):
    hub.inject(Fault(Kind.RESET, at=3, times=1000))
    (said,) = fetch()
    assert said.startswith("infrastructure: downloading org/name failed: ")


def test_a_commit_that_the_model_has_not_is_the_submission_s_fault(fetch):
    assert fetch(revision="7" * 40) == [f"submission: org/name has no commit {'7' * 40}"]


@pytest.mark.parametrize("leads_to", ["secret.json", "nowhere.json", "/dev/null"])
def test_a_link_out_of_the_model_is_refused(tmp_path, leads_to):
    (tmp_path / "secret.json").write_text("secret")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "tokenizer.json").symlink_to(tmp_path / leads_to)
    with pytest.raises(Failure, match=r"tokenizer\.json is no file") as caught:
        harmless_view(folder, tmp_path / "view")
    assert caught.value.kind == "submission"
    assert not (tmp_path / "view" / "tokenizer.json").exists()
