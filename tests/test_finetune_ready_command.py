"""`mteb-runner finetune` on rows that are FlagEmbedding's own: every type it knows is trained on, in whole batches."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import run_runner
from finetune_made import TUNED_HEAD, labelled_rows, save_small_bert, write_topics_task

from runners.finetuning.ready_rows import TYPES

CONFIG = (
    TUNED_HEAD
    + """\
  data: [{path: pairs}]
  held_out: 0
  recipe: {epochs: 1, batch_size: 4, group_size: 3, learning_rate: 0.001, temperature: 0.02, query_max_length: 16}
"""
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_bert(tmp_path_factory.mktemp("models") / "base")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A board's checkout with a config and its task; what is trained on, a test adds."""
    folder = tmp_path / "models" / "ann"
    rows = labelled_rows(150)
    write_topics_task(folder, rows[:90], rows[90:])
    (folder / "pairs").mkdir()
    path = folder / "tuned.yaml"
    path.write_text(CONFIG)
    return path


def ready(rows: list[tuple[str, int]], kind: str, *, scores: bool) -> str:
    """Each text with one of its topic and two of others; with scores as a teacher gives them."""
    lines = []
    for at, (text, topic) in enumerate(rows):
        alike = next(other for other, one in rows[at + 1 :] + rows[:at] if one == topic)
        others = [other for other, one in rows if one != topic][at % 5 :][:2]
        row: dict[str, Any] = {"query": text, "pos": [alike], "neg": others, "type": kind}
        if scores:
            row |= {"pos_scores": [0.9], "neg_scores": [0.2, 0.1]}
        lines.append(json.dumps(row))
    return "\n".join(lines) + "\n"


def trained(config: Path, base: Path, output: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the training, the report)."""
    ended = run_runner("finetune", config, "--output", output, "--model-path", base)
    assert ended.returncode == 0, ended.stderr
    report = json.loads((output / "report.json").read_text())
    (run,) = report["finetuning"]["runs"]
    return run, report


def test_every_type_of_row_is_trained_on_in_whole_batches(config: Path, base: Path, tmp_path: Path):
    rows = labelled_rows(90)
    for at, kind in enumerate(TYPES):
        own = rows[12 * at : 12 * at + 12]
        (config.parent / "pairs" / f"{kind}.jsonl").write_text(ready(own, kind, scores=False))
    run, report = trained(config, base, tmp_path / "out")
    assert run["steps"] == len(TYPES) * 12 // 4
    of_group, of_one_negative = 1 + 3, 1 + 2
    assert run["texts_encoded"] == 12 * (len(TYPES) - 1) * of_group + 12 * of_one_negative
    assert report["model"]["revision"] == run["weights_sha256"][:40]
    assert report["finetuning"]["data"][0]["trained"] == 12 * len(TYPES)


@pytest.mark.parametrize("loss", ["kl_div", "m3_kd_loss"])
def test_scores_of_a_teacher_are_learnt(config: Path, base: Path, tmp_path: Path, loss: str):
    (config.parent / "pairs" / "scored.jsonl").write_text(
        ready(labelled_rows(60), "normal", scores=True)
    )
    distilled = f"{{knowledge_distillation: true, distillation_loss: {loss}, epochs: 3"
    config.write_text(config.read_text().replace("{epochs: 1", distilled))
    run, report = trained(config, base, tmp_path / "out")
    assert run["steps"] == 3 * 60 // 4
    losses = [value for _, value in run["loss"]]
    assert sum(losses[-5:]) < sum(losses[:5])
    assert run["tasks"][0]["main_score"] != report["finetuning"]["raw"][0]["main_score"]
