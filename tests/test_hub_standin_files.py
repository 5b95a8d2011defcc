"""Files on the local Hub: downloaded at a revision, listed in pages, large ones in a store of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, HfApi, get_session, snapshot_download
from huggingface_hub.errors import EntryNotFoundError, GatedRepoError

from bot.hub_api.connection import HubConnection
from tests.hub_world import MODEL, World, add, propose, world
from tests.standins.hub.clients import online

__all__ = ["world"]

ROOT = Path(__file__).parent.parent
UPSTREAM = "b44c3b011063adb25877c13823db83bb193913c4"
PAIRS = b'{"sentence1": "a", "sentence2": "b", "score": 4.5}\n'


def safetensors(**shapes: list[int]) -> bytes:
    header = {name: {"dtype": "F32", "shape": shape} for name, shape in shapes.items()}
    text = json.dumps({"__metadata__": {}, **header}).encode()
    return len(text).to_bytes(8, "little") + text + b"\0" * 16


def test_a_snapshot_holds_the_files_of_its_revision(world: World) -> None:
    propose(world.bot, path="results/a.json")
    for revision, there in (("main", False), ("refs/pr/1", True)):
        folder = Path(
            snapshot_download(
                "org/model", revision=revision, endpoint=world.server.url, token=False
            )
        )
        assert folder.name == world.anyone.model_info("org/model", revision=revision).sha
        assert (folder / "README.md").read_bytes() == MODEL["README.md"]
        assert (folder / "results/a.json").exists() == there


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # huggingface_hub's upload
def test_large_files_go_to_their_store_and_come_back(world: World) -> None:
    weights = b"\0weights" * 1000
    done = world.bot.create_commit(
        "org/model",
        [CommitOperationAdd("pytorch_model.bin", weights), add("a.json")],
        commit_message="Weights",
        create_pr=True,
    )
    methods = [exchange.method for exchange in world.server.log if "/large-files/" in exchange.path]
    assert methods == ["PUT"]
    (file,) = world.anyone.get_paths_info("org/model", "pytorch_model.bin", revision=done.oid)
    assert (file.size, file.lfs.size, file.lfs.pointer_size) == (8000, 8000, 129)
    path = world.anyone.hf_hub_download("org/model", "pytorch_model.bin", revision="refs/pr/1")
    assert Path(path).read_bytes() == weights
    url = f"{world.server.url}/org/model/resolve/{done.oid}/pytorch_model.bin"
    response = get_session().head(url, follow_redirects=False)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("http://localhost:")
    assert response.headers["X-Linked-Etag"] == f'"{file.lfs.sha256}"'
    assert response.headers["X-Linked-Size"] == "8000"
    world.bot.create_commit(
        "org/model",
        [CommitOperationAdd("copy.bin", weights)],
        commit_message="Once more",
        revision="refs/pr/1",
    )
    assert len([e for e in world.server.log if e.method == "PUT"]) == 1  # the store had it


def test_the_store_takes_no_tokens_and_no_unsigned_requests(world: World) -> None:
    world.hub.create_model("org/big", {"model.safetensors": b"x"})
    url = f"{world.server.url}/org/big/resolve/main/model.safetensors"
    signed = get_session().head(url, follow_redirects=False).headers["Location"]
    assert get_session().get(signed).content == b"x"
    assert get_session().get(signed.partition("?")[0]).status_code == 403
    leaked = get_session().get(signed, headers={"Authorization": f"Bearer {world.bot.token}"})
    assert leaked.status_code == 400
    assert "a token was sent to the storage host" in world.hub.violations.pop()


def test_a_big_file_is_served_from_where_it_is(world: World, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.write_bytes(safetensors(embedding=[1000, 32], bias=[32]))
    world.hub.create_model("org/big", {**MODEL, "model.safetensors": weights})
    info = world.anyone.model_info("org/big", files_metadata=True)
    assert info.safetensors.total == 32032
    assert next(s for s in info.siblings if s.rfilename == "model.safetensors").lfs.size > 16
    path = world.anyone.hf_hub_download("org/big", "model.safetensors")
    assert Path(path).read_bytes() == weights.read_bytes()
    assert not [p for p in (tmp_path / "hub").rglob("*") if p.is_file() and p.stat().st_size > 9999]
    part = get_session().get(
        f"{world.server.url}/org/big/resolve/main/model.safetensors", headers={"Range": "bytes=0-7"}
    )
    assert (part.status_code, part.content) == (206, weights.read_bytes()[:8])


def test_an_absent_file_is_remembered_for_its_commit(world: World) -> None:
    with pytest.raises(EntryNotFoundError) as caught:
        world.anyone.hf_hub_download("org/model", "adapter_config.json")
    head = world.anyone.model_info("org/model").sha
    assert caught.value.response.headers["X-Repo-Commit"] == head


def test_small_files_may_come_from_behind_a_redirect(world: World) -> None:
    world.hub.hub.redirects = True
    url = f"{world.server.url}/org/model/resolve/main/README.md"
    assert get_session().head(url, follow_redirects=False).status_code == 307
    path = Path(world.bot.hf_hub_download("org/model", "README.md"))
    assert path.read_bytes() == MODEL["README.md"]
    assert path.parent.name == world.anyone.model_info("org/model").sha
    bot = HubConnection(world.bot.token, world.server.url)
    assert bot.read_file("org/model", "main", "README.md", 1000) == MODEL["README.md"]


def test_a_tree_comes_in_pages(world: World) -> None:
    world.hub.commit("org/model", {f"results/{n:02}.json": b"{}" for n in range(52)}, "ann")
    world.server.clear()
    tree = list(world.anyone.list_repo_tree("org/model", "results", expand=True))
    assert len(tree) == 52
    assert len(world.server.log) == 2
    assert tree[0].last_commit.title == "Update"
    top = [entry.path for entry in world.anyone.list_repo_tree("org/model")]
    assert top == [".gitattributes", "README.md", "config.json", "results"]


def test_information_comes_from_the_files(world: World) -> None:
    info = world.anyone.model_info("org/model", files_metadata=True)
    assert (info.author, info.gated, info.private) == ("org", False, False)
    assert info.card_data.language == ["en"]
    assert info.tags == ["sentence-similarity", "en", "license:mit", "region:us"]
    assert info.config == {"model_type": "bert"}
    assert [(s.rfilename, s.size) for s in info.siblings][1:] == [
        ("README.md", len(MODEL["README.md"])),
        ("config.json", 22),
    ]
    asked = world.anyone.model_info("org/model", expand=["sha", "gated"])
    assert (asked.sha, asked.gated, asked.siblings) == (info.sha, False, None)


def test_the_scan_says_what_a_test_set(world: World) -> None:
    imports = [{"module": "os", "name": "system", "safety": "dangerous"}]
    world.hub.commit("org/model", {"pytorch_model.bin": b"\x80pickle"}, "ann")
    world.hub.set_security("org/model", "pytorch_model.bin", "unsafe", imports)
    info = world.anyone.model_info("org/model", securityStatus=True)
    assert info.security_repo_status == {
        "scansDone": True,
        "filesWithIssues": [{"path": "pytorch_model.bin", "level": "unsafe"}],
    }
    found = {e.path: e.security for e in world.anyone.list_repo_tree("org/model", expand=True)}
    assert found["config.json"].safe
    assert found["pytorch_model.bin"].status == "unsafe"
    assert found["pytorch_model.bin"].pickle_import_scan["pickleImports"] == imports


def test_evaluation_results_are_read_back_from_main(world: World) -> None:
    entry = (
        "- dataset: {id: mteb/sts, task_id: STS_default_test}\n  value: 82.03\n  date: 2026-01-02\n"
    )
    world.bot.create_commit(
        "org/model", [add(".eval_results/mteb.yaml", entry), add(".eval_results/bad.yaml", "- 1")],
        commit_message="Results", create_pr=True,
    )  # fmt: skip
    assert world.anyone.model_info("org/model", expand=["evalResults"]).eval_results is None
    world.hub.merge_pull("org/model", 1, "ann")
    (result,) = world.anyone.model_info("org/model", expand=["evalResults"]).eval_results
    assert (result.dataset_id, result.task_id) == ("mteb/sts", "STS_default_test")
    assert (result.value, result.date) == (82.03, "2026-01-02")


def test_refs_name_branches_tags_and_pull_requests(world: World) -> None:
    head = world.anyone.model_info("org/model").sha
    world.owner.create_tag("org/model", tag="v1", tag_message="First")
    world.owner.create_branch("org/model", branch="next")
    proposed = propose(world.bot)
    refs = world.anyone.list_repo_refs("org/model", include_pull_requests=True)
    assert [(ref.name, ref.target_commit) for ref in refs.branches] == [
        ("main", head),
        ("next", head),
    ]
    assert [(ref.name, ref.target_commit) for ref in refs.tags] == [("v1", head)]
    assert [(ref.ref, ref.target_commit) for ref in refs.pull_requests] == [("refs/pr/1", proposed)]
    assert world.anyone.model_info("org/model", revision="v1").sha == head


def test_upstreams_revision_is_the_one_that_answers_name(world: World) -> None:
    world.hub.create_dataset("mteb/sts", {"data/test.jsonl": PAIRS}, revision=UPSTREAM)
    later = world.hub.commit("mteb/sts", {"README.md": b"# Pairs\n"}, "ann")
    assert world.anyone.dataset_info("mteb/sts").sha == later
    info = world.anyone.dataset_info("mteb/sts", revision=UPSTREAM)
    assert info.sha == UPSTREAM
    path = Path(
        snapshot_download(
            "mteb/sts",
            repo_type="dataset",
            revision=UPSTREAM,
            endpoint=world.server.url,
            token=False,
        )
    )
    assert path.name == UPSTREAM
    assert not (path / "README.md").exists()
    commits = world.anyone.list_repo_commits("mteb/sts", repo_type="dataset")
    assert [commit.commit_id for commit in commits] == [later, UPSTREAM]


def test_datasets_loads_a_pinned_revision(world: World, tmp_path: Path) -> None:
    world.hub.create_dataset("mteb/sts", {"data/test.jsonl": PAIRS}, revision=UPSTREAM)
    world.hub.commit("mteb/sts", {"data/test.jsonl": PAIRS * 2}, "ann")
    code = (
        "from datasets import load_dataset\n"
        f"data = load_dataset('mteb/sts', split='test', revision='{UPSTREAM}')\n"
        "assert data.to_list() == [{'sentence1': 'a', 'sentence2': 'b', 'score': 4.5}]\n"
    )
    environment = {
        **os.environ,
        "HF_ENDPOINT": world.server.url,
        "HF_HOME": str(tmp_path / "elsewhere"),
        "HF_HUB_OFFLINE": "0",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_gated_snapshot_says_so(world: World) -> None:
    world.hub.create_model("org/gated", MODEL, gated="auto")
    with pytest.raises(GatedRepoError):
        snapshot_download("org/gated", endpoint=world.server.url, token=world.bot.token)


def test_a_folder_is_served_from_the_command_line(tmp_path: Path) -> None:
    model = tmp_path / "model"
    (model / "1_Pooling").mkdir(parents=True)
    (model / "1_Pooling" / "config.json").write_bytes(b"{}")
    (model / ".gitattributes").write_bytes(b"*.onnx filter=lfs\n")
    command = [sys.executable, "-m", "tests.standins.hub", "--folder", str(tmp_path / "hub")]
    command += ["--model", f"org/model@{UPSTREAM}={model}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            _, url, token = process.stdout.readline().split(" ")
            with online(tmp_path / "home"):
                api = HfApi(endpoint=url.partition("=")[2], token=token.strip().partition("=")[2])
                assert api.model_info("org/model").sha == UPSTREAM
                assert api.list_repo_files("org/model") == [
                    ".gitattributes",
                    "1_Pooling/config.json",
                ]
                api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id="org/model")
        finally:
            process.terminate()
    assert process.returncode == 0
