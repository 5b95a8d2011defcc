"""What a table of raw and tuned models computes, and how it reads."""

from pathlib import Path

import pytest
from conftest import ROOT
from table_made import CLOSING, OURS, PUBLISHED, loaded, write_experiment

from runners.failures import Failure
from runners.finetuning.launch import Trained
from runners.finetuning.table_data import texts_of
from runners.finetuning.table_figures import (
    Row,
    Score,
    Table,
    best_published,
    closing,
    difference,
    predicted_seconds,
)
from runners.finetuning.table_measured import require_same_protocol
from runners.finetuning.table_plot import budget_plot
from runners.finetuning.table_text import cells, markdown, sentences
from schemas.experiment import Mode
from schemas.finetuning import Recipe

WORSE = Mode("mixed", Recipe(loss="flag-embedding", epochs=1), published=True, role="published")
RAW = Score((0.70, 0.72, 0.74))


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    return write_experiment(tmp_path)


def made_table(*rows: Row, experiment: Path | None = None) -> Table:
    path = experiment or ROOT / "examples" / "finetuning" / "ag-news.yaml"
    return Table(loaded(path), "AGNewsKNN", "accuracy", RAW, rows)


def row(mode: Mode, *draws: float, seconds: float = 100.0) -> Row:
    return Row(mode, 1200, Trained(1200, 10800, seconds), Score(draws))


def test_the_error_of_a_difference_is_that_of_its_differences_draw_by_draw():
    # Draws differ far more than the two models do: 0.02, 0.03 and 0.04 have a deviation of 0.01.
    ahead = difference(Score((0.72, 0.83, 0.94)), Score((0.70, 0.80, 0.90)))
    assert ahead.mean == pytest.approx(0.03)
    assert ahead.standard_error == pytest.approx(0.01 / 3**0.5)
    assert ahead.in_standard_errors == pytest.approx(3 * 3**0.5)
    assert Score((0.72, 0.83, 0.94)).standard_error == pytest.approx(0.11 / 3**0.5)


def test_without_any_spread_nothing_is_measured_in_standard_errors():
    assert difference(Score((0.3, 0.2, 0.1)), Score((0.2, 0.1, 0.0))).in_standard_errors is None


def test_the_closing_line_holds_ours_against_the_best_published_mode():
    table = made_table(
        row(WORSE, 0.60, 0.62, 0.64, seconds=90),
        row(PUBLISHED, 0.80, 0.82, 0.84, seconds=400),
        row(OURS, 0.84, 0.87, 0.90, seconds=60),
    )
    assert closing(table) == {
        "raw": 0.72,
        "best_published": 0.82,
        "ours": 0.87,
        "ours_all_rows": None,
        "standard_error": pytest.approx(0.01 / 3**0.5, abs=1e-6),
        "training_seconds_ratio": 0.15,
        "ahead_by_standard_errors": pytest.approx(5 * 3**0.5, abs=1e-6),
    }
    assert list(closing(table)) == CLOSING


def test_a_mode_without_a_score_is_not_the_best_and_ours_may_be_behind():
    failed = Row(PUBLISHED, 1200, failure=Failure("out_of_memory", "no | memory"))
    table = made_table(failed, row(WORSE, 0.60, 0.62, 0.64), row(OURS, 0.5, 0.51, 0.55, seconds=10))
    best = best_published(table.rows)
    assert best is not None
    assert best.mode == WORSE
    assert cells(table)[1][1] == "failed: no | memory"
    assert "| same | failed: no \\| memory | - |" in markdown(table)
    assert sentences(table)[0] == (
        "ours is behind mixed, the best published mode, by 0.1000 ± 0.0058 (17.3 standard errors), "
        "in 0.10 of its training time."
    )
    assert closing(made_table(failed))["best_published"] is None


def test_a_table_reads_like_this(experiment: Path):
    table = made_table(
        row(PUBLISHED, 0.80, 0.82, 0.84, seconds=400),
        row(OURS, 0.84, 0.87, 0.90, seconds=6.04),
        experiment=experiment,
    )
    assert (
        markdown(table)
        == """\
# Two ways of \\*training\\*

acme/small at `111111111111111111111111111111111111111a`, measured with AGNewsKNN.

| mode | accuracy | change | rows x epochs | steps | texts encoded | seconds | seconds / best published |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| raw | 0.7200 ± 0.0115 | - | - | - | - | - | - |
| same | 0.8200 ± 0.0115 | +0.1000 ± 0.0000 | 1,200 x 1 | 1,200 | 10,800 | 400 | 1.00 |
| ours | 0.8700 ± 0.0173 | +0.1500 ± 0.0058 | 1,200 x 2 | 1,200 | 10,800 | 6.0 | 0.02 |

- ours is ahead of same, the best published mode, by 0.0500 ± 0.0058 (8.7 standard errors), in 0.02 of its training time.
- ±: standard error over the 3 draws of AGNewsKNN; of a change, over its differences draw by draw.
- All models are measured with the same draws. The luck of a training's own seed is in none of the errors.
"""
    )


def test_the_time_left_is_that_of_texts_budgets_and_evaluations():
    assert predicted_seconds([1000, 3000], [60], 0.01, evaluation=100) == 40 + 60 + 300


def test_texts_are_those_of_every_group_or_of_every_row():
    assert texts_of(PUBLISHED, 1200) == 1200 * 9
    assert texts_of(OURS, 1200) == 2 * 1200


def test_a_score_of_other_draws_is_no_score():
    raw = {"data of Topics": "a", "seeds": {"Topics": 42}}
    require_same_protocol(raw, dict(raw))
    with pytest.raises(Failure, match="data of Topics differ"):
        require_same_protocol(raw, raw | {"data of Topics": "b"})
    with pytest.raises(Failure, match="seeds differ"):
        require_same_protocol(raw, raw | {"seeds": {"Topics": 43}})


def test_the_picture_is_the_same_for_the_same_figures():
    rows = [
        Row(OURS, 1200, Trained(1, 1, 60.0), Score((0.8, 0.82, 0.84)), budget=60),
        Row(OURS, 1200, Trained(1, 1, 180.0), Score((0.85, 0.86, 0.84)), budget=180),
        Row(PUBLISHED, 1200, failure=Failure("infrastructure", "no"), budget=60),
    ]
    picture = budget_plot(made_table(), rows, "svg")
    assert picture == budget_plot(made_table(), rows, "svg")
    assert picture != budget_plot(made_table(), rows[:1], "svg")
    assert budget_plot(made_table(), rows, "png").startswith(b"\x89PNG")
