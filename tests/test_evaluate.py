"""mteb-runner evaluate, end to end, with a real model on real text."""

import shutil

from conftest import ROOT, main_scores

from schemas.validate import violations

TASKS = [
    "BBCTopicsKNN",
    "BBCTopicsLogistic",
    "BBCSectionsClustering",
    "BBCSimilarity",
    "BBCHeadlineRetrieval",
]


def test_every_custom_task_type_gets_a_score_and_the_report_validates(evaluate, write_config):
    done, report = evaluate(write_config())
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert violations(report, "report") == []
    assert report["status"] == "completed"
    scores = main_scores(report)
    assert list(scores) == TASKS
    assert all(0.2 < score < 1 for score in scores.values()), scores
    # five sections, so mteb leaves average precision undefined: null here, never NaN
    assert report["tasks"][0]["result"]["scores"]["test"][0]["ap"] is None
    provenance = report["provenance"]
    assert provenance["weights"][0]["file"] == "model.safetensors"
    assert provenance["packages"]["mteb"]
    assert provenance["command"].startswith("mteb-runner evaluate ")


def test_the_same_command_again_computes_nothing_and_says_the_same(evaluate, write_config):
    config = write_config()
    _, first = evaluate(config)
    done, second = evaluate(config)
    assert done.returncode == 0
    assert main_scores(second) == main_scores(first)
    assert [task["texts_encoded"] for task in second["tasks"]] == [0] * 5
    assert [task["subsets"][0]["finished"] for task in second["tasks"]] == [1] * 5
    assert second["provenance"]["runs"] == 2


def test_two_local_models_never_share_results(evaluate, write_config, minilm):
    config = write_config(["bbc-similarity"])
    _, first = evaluate(config)
    done, _ = evaluate(config, "--model-path", minilm)  # other weights, same name and revision
    assert done.returncode == 2
    assert "holds results measured with another" in done.stderr
    assert "weights" in done.stderr
    done, other = evaluate(config, "--model-path", minilm, output="other")
    assert done.returncode == 0
    assert main_scores(other) != main_scores(first)


def test_smoke_results_are_marked_and_kept_apart(evaluate, write_config):
    config = write_config(["bbc-topics-knn", "bbc-similarity"])
    done, smoke = evaluate(config, "--smoke")
    assert done.returncode == 0
    assert smoke["smoke"] is True
    done, whole = evaluate(config)
    assert done.returncode == 0
    assert whole["smoke"] is False
    texts = [[task["texts_encoded"] for task in report["tasks"]] for report in (smoke, whole)]
    assert all(0 < few < all_ for few, all_ in zip(*texts, strict=True)), texts


def test_tasks_can_be_chosen_and_unknown_ones_are_named(evaluate, write_config):
    config = write_config()
    _, report = evaluate(config, "--tasks", "BBCSimilarity")
    assert [task["name"] for task in report["tasks"]] == ["BBCSimilarity"]
    done, report = evaluate(config, "--tasks", "BBCSimilarty", output="other")
    assert done.returncode == 2
    assert report is None
    assert "--tasks names BBCSimilarty" in done.stderr


def test_a_maintainers_encoder_is_loaded_from_an_installed_package(
    evaluate, write_config, tmp_path, monkeypatch
):
    site = tmp_path / "site"
    info = site / "house_encoders-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: house-encoders\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[mteb_submission_bot.encoders]\nhouse = house_encoders:load\n"
    )
    (site / "house_encoders.py").write_text(
        "def load(folder, *, device, loading):\n"
        "    from mteb.models.sentence_transformer_wrapper import SentenceTransformerEncoderWrapper\n"
        "    return SentenceTransformerEncoderWrapper(str(folder), device=device)\n"
    )
    config = write_config(["bbc-similarity"], load={"with": "entry-point", "entry_point": "house"})
    done, report = evaluate(config, output="without")
    assert done.returncode == 1
    assert "no installed package declares the encoder `house`" in report["error"]["message"]
    monkeypatch.syspath_prepend(site)
    done, report = evaluate(config)
    assert done.returncode == 0, done.stderr
    assert report["provenance"]["loader"] == "entry-point house"
    assert report["model"]["revision"] == "0" * 40


def test_settings_in_any_file_of_the_model_tell_two_models_apart(
    evaluate, write_config, minilm, tmp_path
):
    config = write_config(["bbc-similarity"])
    other = tmp_path / "cls"
    shutil.copytree(minilm, other)
    pooling = other / "1_Pooling" / "config.json"
    pooling.write_text(
        pooling.read_text()
        .replace('_mean_tokens": true', '_mean_tokens": false')
        .replace('_cls_token": false', '_cls_token": true')
    )
    assert evaluate(config, "--model-path", minilm)[0].returncode == 0
    done, report = evaluate(config, "--model-path", other)
    assert done.returncode == 2
    assert report is None, "the report of the first run must not pass for the second's"


def test_what_a_loader_must_not_read_it_does_not_see(evaluate, write_config, wordllama, tmp_path):
    folder = tmp_path / "mixed"
    shutil.copytree(wordllama, folder)
    for name in ("pytorch_model.bin", "evil.py", "training_args.bin"):
        (folder / name).write_bytes(b"never read")
    done, _ = evaluate(write_config(["bbc-similarity"]), "--model-path", folder)
    assert done.returncode == 0
    seen = {path.name for path in (tmp_path / "out" / "state" / "model").rglob("*")}
    assert "model.safetensors" in seen
    assert not seen & {"pytorch_model.bin", "evil.py", "training_args.bin"}


def test_a_model_with_a_link_elsewhere_is_refused_by_name(
    evaluate, write_config, wordllama, tmp_path
):
    folder = tmp_path / "linked"
    shutil.copytree(wordllama, folder)
    (tmp_path / "secret.md").write_text("secret")
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to(tmp_path / "secret.md")
    done, report = evaluate(write_config(["bbc-similarity"]), "--model-path", folder)
    assert done.returncode == 1
    assert report["error"]["message"] == "README.md is no file of the model, but a link elsewhere"
    assert not (tmp_path / "out" / "model-card.md").exists()


def test_a_custom_task_cannot_take_the_name_of_one_of_mteb(evaluate, write_config, tmp_path):
    task = (ROOT / "examples" / "tasks" / "bbc-similarity.yaml").read_text()
    (tmp_path / "fake.yaml").write_text(task.replace("BBCSimilarity", "STSBenchmark"))
    done, report = evaluate(write_config(["fake.yaml"]))
    assert done.returncode == 1
    assert "is a task of mteb" in report["tasks"][0]["error"]["message"]
