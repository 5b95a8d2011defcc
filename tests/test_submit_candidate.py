"""What is submitted is read from a runner's output or from accepted results, and never taken on trust."""

import json
from hashlib import sha256

import pytest
from made import failure, outcome, provenance, report_data
from submit_made import MODEL, REVISION, files, meta, result, settings, write_config, write_files

from bot.report import CannotReadReport
from bot.report_identity import ReportOfAnotherConfig
from bot.results_repository.candidate import CannotSubmitResults, read_candidate
from schemas.errors import UsageError
from schemas.submission import load_model_config


@pytest.fixture
def config(tmp_path):
    found, _, problems = load_model_config(write_config(tmp_path / "config.yaml"))
    assert not problems
    return found


def runner_output(folder, config, *tasks, **more):
    """The output folder of a runner."""
    model = {"name": MODEL, "revision": REVISION, "license": "mit", "languages": ["eng"]}
    how = provenance(config_sha256=config.sha256)
    data = report_data(*tasks, **{"model": model, "provenance": how, **more})
    write_files(folder, files())
    (folder / "report.json").write_text(json.dumps(data))
    return folder


def test_a_runners_output_is_read_from_its_report(tmp_path, config):
    tasks = [outcome("STS12", 0.5), outcome("STS13", error=failure())]
    folder = runner_output(tmp_path / "out", config, *tasks)
    found = read_candidate(folder, config)
    assert [(file.task, file.custom) for file in found.files] == [("STS12", False)]
    assert found.settings["STS12", "test", "default"] == {
        "version": {
            "mteb": "2.26.24",
            "torch": "2.13.0",
            "sentence-transformers": None,
            "flash-attn": None,
            "transformers": None,
        },
        "encode_kwargs": {"batch_size": 32},
    }
    assert found.meta["name"] == MODEL


def test_custom_tasks_are_known_as_such(tmp_path, config):
    custom = outcome("Mine", 0.5) | {"custom": True}
    found = read_candidate(runner_output(tmp_path / "out", config, custom), config)
    assert [file.custom for file in found.files] == [True]


def test_accepted_results_are_read_from_their_folder(tmp_path, config):
    folder = write_files(tmp_path, files(result("STS12"), result("STS13")))
    found = read_candidate(folder, config)
    assert [file.task for file in found.files] == ["STS12", "STS13"]
    assert found.settings["STS13", "test", "default"]["version"]["mteb"] == "2.26.24"


def test_what_is_not_finite_is_null(tmp_path, config):
    held = files(result("STS12", evaluation_time=float("nan")))
    held |= {
        path: data.replace(b"512", b"Infinity") for path, data in held.items() if "meta" in path
    }
    found = read_candidate(write_files(tmp_path, held), config)
    assert found.files[0].data["evaluation_time"] is None
    assert found.meta["max_tokens"] is None


def test_a_smoke_run_is_refused(tmp_path, config):
    folder = runner_output(tmp_path / "out", config, outcome("STS12", 0.5), smoke=True)
    with pytest.raises(CannotSubmitResults, match="from a smoke run"):
        read_candidate(folder, config)


def test_a_report_of_another_version_of_the_config_is_refused(tmp_path, config):
    how = provenance(config_sha256=sha256(b"other").hexdigest())
    folder = runner_output(tmp_path / "out", config, outcome("STS12", 0.5), provenance=how)
    with pytest.raises(ReportOfAnotherConfig):
        read_candidate(folder, config)


def test_a_broken_report_is_refused(tmp_path, config):
    folder = runner_output(tmp_path / "out", config, outcome("STS12", 0.5))
    (folder / "report.json").write_text("{}")
    with pytest.raises(CannotReadReport):
        read_candidate(folder, config)


@pytest.mark.parametrize("revision", ["external", "no_revision_available", "a" * 40])
def test_only_the_revision_of_the_config_is_submitted(tmp_path, config, revision):
    folder = write_files(tmp_path, files(result("STS12"), revision=revision))
    with pytest.raises(CannotSubmitResults, match="is not the folder of org/name at"):
        read_candidate(folder, config)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "is not JSON"),
        ("[]", "it is no JSON object"),
        (meta(model="org/other"), "its name is org/other, not org/name"),
        (meta(revision="a" * 40), f"its revision is {'a' * 40}, not {REVISION}"),
        (meta(n_parameters="many"), "its n_parameters is not a number"),
        (meta(embed_dim=True), "its embed_dim is not a number"),
        (meta(languages="eng"), "its languages is not a list"),
        (meta(training_datasets=["x" * 300_000]), "it is too large"),
        (meta(loader_kwargs=json.loads("[" * 50 + "]" * 50)), "it is nested too deep"),
    ],
)
def test_an_unusable_model_meta_is_refused(tmp_path, config, data, why):
    folder = write_files(tmp_path, files(result("STS12")))
    text = data if isinstance(data, str) else json.dumps(data)
    (folder / "model_meta.json").write_text(text)
    with pytest.raises(CannotSubmitResults, match=why):
        read_candidate(folder, config)


def test_another_model_meta_can_be_named(tmp_path, config):
    folder = write_files(tmp_path, files(result("STS12")))
    (folder / "model_meta.json").unlink()
    better = tmp_path / "better.json"
    better.write_text(json.dumps(meta(release_date="2026-01-01")))
    assert read_candidate(folder, config, better).meta["release_date"] == "2026-01-01"
    with pytest.raises(CannotSubmitResults, match="is a link or cannot be opened"):
        read_candidate(folder, config)


def test_a_file_that_cannot_be_read_is_kept_with_its_reason(tmp_path, config):
    folder = write_files(tmp_path, files(result("STS12")))
    (folder / "STS13.json").write_text("{")
    (folder / "STS14.json").symlink_to("STS12.json")
    found = {file.task: file.unusable for file in read_candidate(folder, config).files}
    assert found == {"STS12": "", "STS13": "is not JSON", "STS14": "is a link or cannot be opened"}


def test_an_empty_folder_is_named(tmp_path, config):
    folder = write_files(tmp_path, files())
    with pytest.raises(CannotSubmitResults, match="holds no task result"):
        read_candidate(folder, config)


@pytest.mark.parametrize(
    ("name", "why"), [("missing", "No such file"), ("loop", "leads to itself")]
)
def test_a_folder_that_is_not_there_is_a_mistake_on_the_command_line(tmp_path, config, name, why):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(UsageError, match=why):
        read_candidate(tmp_path / name, config)


def test_settings_that_are_a_link_are_not_followed(tmp_path, config):
    folder = write_files(tmp_path, files(result("STS12"), described=False))
    (tmp_path / "settings").write_bytes(settings(result("STS12")))
    (folder / "run_settings.jsonl").symlink_to(tmp_path / "settings")
    assert read_candidate(folder, config).settings == {}
