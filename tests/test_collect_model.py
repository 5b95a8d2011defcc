"""A tuned model is collected where it is to be published, and only then: its archive is as hostile as any other."""

import random
from dataclasses import replace
from io import BytesIO

import hostile_zips as hostile
import pytest
from collect_made import zipped
from collect_world import evaluated
from conversation_made import CONFIG
from finetuned_made import config_content
from tuned_run_made import PUBLISHED, TunedRun, left, published_run, run_of, shard, tuned_plan
from tuned_weights_made import model_files, tensors, weights_digest_of, weights_of

from bot.artifacts import model_artifact
from bot.artifacts.collected import write
from bot.artifacts.limits import Limits
from bot.artifacts.model_artifact import open_model
from bot.artifacts.refusal import RefusedArtifact
from bot.cli import main
from bot.report import read_report
from bot.tuned_weights.folder import read_weights


def below(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_model_of_a_run_is_collected_byte_by_byte(tmp_path):
    files = {**model_files(), "model.safetensors": tensors(*map(float, range(300_000)))}
    gathered = published_run(tmp_path / "root", files).collect_with_model()
    assert gathered.notes == []
    write(gathered.collected, gathered.files, tmp_path / "out", gathered.model)
    assert below(tmp_path / "out" / "model") == files
    report = read_report(tmp_path / "out" / "report.json")
    assert read_weights(tmp_path / "out" / "model", report).keys() == files.keys()


def test_nobody_gets_a_model_who_does_not_ask_for_it(tmp_path):
    run = published_run(tmp_path, model_files())
    assert run.collect().model is None


def test_a_config_that_wants_no_weights_published_has_none_collected(tmp_path):
    run = TunedRun(tmp_path, tuned_plan())
    run.leave_model(model_files())
    assert run.collect_with_model().model is None


def test_a_run_that_left_no_model_is_collected_without(tmp_path):
    run = published_run(tmp_path, model_files())
    del run.artifacts["model-1"]
    gathered = run.collect_with_model()
    assert (gathered.collected.state, gathered.model) == ("evaluated", None)


def test_a_cancelled_run_brings_no_model(tmp_path):
    run = published_run(tmp_path, model_files())
    run.facts["conclusion"] = "cancelled"
    assert run.collect_with_model().model is None


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"modeling.py": b"import os"}, "an evaluation leaves no file of this name"),
        ({"../config.json": b"{}"}, "its name leads out of the archive"),
        ({"/config.json": b"{}"}, "its name leads out of the archive"),
        ({"pytorch_model.bin": b"x"}, "an evaluation leaves no file of this name"),
        ({"README.md": b"# x"}, "an evaluation leaves no file of this name"),
        ({f"{n}_D{c}/config.json": b"{}" for n in range(100) for c in "abc"}, "files or more"),
        ({"vocab.txt": bytes(3_000_000)}, "it unpacks to more than 200 times its size"),
    ],
)  # fmt: skip
def test_a_model_with_other_entries_than_a_models_is_refused(entries, said):
    with pytest.raises(RefusedArtifact) as caught:
        open_model(BytesIO(zipped({**model_files(), **entries})))
    assert said in caught.value.message


@pytest.mark.parametrize(
    "make", [hostile.after(b"more"), hostile.before(b"more"), hostile.cut(0.5), hostile.empty]
)
def test_an_archive_that_is_more_or_less_than_one_is_refused(make):
    with pytest.raises(RefusedArtifact):
        open_model(BytesIO(make(model_files())))


def test_a_model_has_limits_of_its_own(monkeypatch):
    monkeypatch.setattr(model_artifact, "LIMITS", Limits(entry=50))
    with pytest.raises(RefusedArtifact, match="it unpacks to more than 50 bytes"):
        open_model(BytesIO(zipped(model_files())))


@pytest.mark.parametrize("size", [0, 1, 2**20, 2**20 + 1, 3 * 2**20 + 7])
@pytest.mark.parametrize("filler", [b"\0", None])
def test_pieces_of_any_size_are_put_together_again(size, filler, tmp_path, monkeypatch):
    monkeypatch.setattr(model_artifact, "LIMITS", Limits(ratio=2000))
    content = filler * size if filler else random.Random(size).randbytes(size)  # noqa: S311 -- no secret
    open_model(BytesIO(zipped({"tokenizer.model": content}))).unpack(tmp_path / "model")
    assert (tmp_path / "model" / "tokenizer.model").read_bytes() == content


def test_a_damaged_model_leaves_no_folder_behind(tmp_path):
    run = published_run(tmp_path / "root", model_files())
    run.artifacts["model-1"] = hostile.in_directory(16, bytes(4), "vocab.txt")(
        model_files()
    )  # its checksum
    gathered = run.collect_with_model()
    with pytest.raises(RefusedArtifact, match="its content is damaged"):
        write(gathered.collected, gathered.files, tmp_path / "out", gathered.model)
    assert [path.name for path in tmp_path.iterdir()] == ["root"]


@pytest.mark.parametrize(
    ("make", "said"),
    [(hostile.larger_than_said, "damaged"), (hostile.smaller_than_said, "damaged")],
)
def test_an_entry_never_unpacks_to_more_than_it_says(make, said, tmp_path, monkeypatch):
    monkeypatch.setattr(hostile, "RESULT", "vocab.txt")
    model = open_model(BytesIO(make({"vocab.txt": b"x", "config.json": b"{}"})))
    with pytest.raises(RefusedArtifact, match=said):
        model.unpack(tmp_path / "model")
    assert (tmp_path / "model" / "vocab.txt").stat().st_size <= 2**20


@pytest.mark.parametrize(("allowed", "collected"), [("private", True), ("never", False)])
def test_the_command_brings_the_model_only_where_the_board_lets_it_be_published(
    tmp_path, allowed, collected, capsys
):
    run = published_run(tmp_path / "root", model_files())
    artifacts = tmp_path / "artifacts"
    artifacts.mkdir()
    for name, content in run.artifacts.items():
        (artifacts / f"{name}.zip").write_bytes(content)
    (tmp_path / "plan.json").write_bytes(run.plan.to_json())
    settings = tmp_path / "settings.yml"
    settings.write_text(f"schema_version: 1\npublish: {{tuned_weights: {allowed}}}\n")
    words = [
        "collect", "--plan", str(tmp_path / "plan.json"), "--artifacts", str(artifacts),
        "--root", str(run.root), "--settings", str(settings), "--output", str(tmp_path / "out"),
    ]  # fmt: skip
    assert main([*words, "--weights"]) == 0, capsys.readouterr().err
    assert (tmp_path / "out" / "model").is_dir() is collected
    assert main(words) == 0
    assert not (tmp_path / "out" / "model").exists()


@pytest.fixture
def on_github(tmp_path, monkeypatch):
    """A run on GitHub that trained a model, and that model's files."""
    with evaluated(tmp_path, monkeypatch) as world:
        root = tmp_path / "root"
        (root / CONFIG).parent.mkdir(parents=True)
        (root / CONFIG).write_bytes(config_content(PUBLISHED))
        of = tuned_plan(PUBLISHED, pull=world.board.number, head_sha=world.board.sha)
        files = model_files()
        run = run_of(weights_sha256=weights_digest_of(files))
        world.forget()
        world.leave("plan", zipped({"plan.json": of.to_json()}))
        world.leave("results-1", left(shard(of, run, provenance={"weights": weights_of(files)})))
        world.leave("model-1", zipped(files))
        settings = tmp_path / "settings.yml"
        settings.write_text("schema_version: 1\npublish: {tuned_weights: public}\n")
        yield world, lambda *more: world.collect("--root", root, "--settings", settings, *more)


def test_the_models_artifact_is_downloaded_only_where_it_is_asked_for(on_github):
    world, collect = on_github
    assert collect() == 0
    downloads = [one.path for one in world.board.server.log if one.path.endswith(".zip")]
    assert len(downloads) == 2
    assert not (world.output / "model").exists()
    assert collect("--weights") == 0
    downloads = [one.path for one in world.board.server.log if one.path.endswith(".zip")]
    assert len(downloads) == 3
    assert below(world.output / "model") == model_files()


def test_the_model_may_be_larger_than_every_other_artifact(on_github, monkeypatch):
    _, collect = on_github
    most = Limits(archive=len(zipped(model_files())) - 1)
    monkeypatch.setattr("bot.github_api.artifacts.Limits", lambda: replace(most, archive=20_000))
    monkeypatch.setattr("bot.github_api.artifacts.MODEL_LIMITS", most)
    assert collect("--weights") == 3
    monkeypatch.setattr("bot.github_api.artifacts.MODEL_LIMITS", model_artifact.LIMITS)
    monkeypatch.setattr("bot.github_api.artifacts.Limits", lambda: most)
    assert model_artifact.LIMITS.archive > Limits().archive
    assert collect("--weights") == 0
