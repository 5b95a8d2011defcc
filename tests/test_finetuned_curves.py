"""The preview page shows how training went: one picture of loss and held-out score, whatever the points are."""

from base64 import b64encode
from dataclasses import replace
from io import BytesIO

import matplotlib.image
import pytest
from finetuned_made import failed, of_config, training, tuned_config, tuned_data, tuned_report
from made import HOSTILE, failure, outcome, report

from bot.finetuned.curves import training_curves
from bot.preview import preview_of
from bot.report import report_from


def drawn(*runs, title="org/name"):
    return training_curves(tuned_report(*runs).finetuned, title)


def pixels(png):
    return matplotlib.image.imread(BytesIO(png), format="png")


def test_loss_and_held_out_score_of_a_training_become_one_picture():
    height, width, _ = pixels(drawn()).shape
    without, _, _ = pixels(drawn(training(held_out=[]))).shape
    assert width == 1152
    assert height > without + 300, "the held-out score has a plot of its own"


def test_the_same_trainings_give_the_same_bytes():
    assert drawn(training("a"), training("b", score=0.8)) == drawn(
        training("a"), training("b", score=0.8)
    )


def test_every_variant_and_every_seed_is_drawn():
    one = [training("a", 1), training("b", 1, 0.8)]
    assert not (pixels(drawn(*one)) == pixels(drawn(one[0], training("b", 1, 0.7)))).all()
    seeds = [training("a", 1), training("a", 2, 0.8)]
    assert not (pixels(drawn(*seeds)) == pixels(drawn(seeds[0], training("a", 2, 0.7)))).all()


def test_a_picture_is_opaque_so_that_it_reads_on_dark_pages():
    picture = pixels(drawn())
    height, width, _ = picture.shape
    assert (picture[20 : height - 20, 20 : width - 20, 3] == 1).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "curves",
    [
        {"loss": [[0, 0.0]], "held_out": [[0, 0.5]], "steps": 0},
        {"loss": [[1, -3.0], [2, 1e9]], "held_out": [[1, 0.0], [2, 1.0]]},
        {"loss": [[1, 1e-300], [2, 1e9]], "held_out": []},
        {"loss": [[1, 0.5], [2, 0.5]], "held_out": [[1, 0.25], [2, 0.25]]},
        {"loss": [[n, 1 / n] for n in range(1, 501)], "steps": 10**15},
    ],
)
def test_whatever_the_points_are_they_can_be_drawn(curves):
    assert drawn(training(**curves)).startswith(b"\x89PNG")


def test_the_largest_grid_fits_on_a_picture():
    runs = [training(f"{'v' * 37}{number:02}", seed) for number in range(16) for seed in (1, 2)]
    height, width, _ = pixels(drawn(*runs)).shape
    assert width == 1152
    assert height < 2 * width


def test_names_of_anyone_can_be_drawn():
    assert drawn(training(HOSTILE[:40]), training("$x_{$"), title=HOSTILE).startswith(b"\x89PNG")


def test_without_a_point_there_is_no_picture():
    assert drawn(training(loss=[], held_out=[])) is None


def test_where_a_training_failed_its_curves_end_in_a_cross():
    broken = failed("big", failure())
    curves = {key: broken[key] for key in ("loss", "held_out", "steps")}
    ended = training("big", **curves)
    first, second = pixels(drawn(training("a"), broken)), pixels(drawn(training("a"), ended))
    assert first.shape == second.shape
    plots = slice(250, None)  # below title and legend
    assert not (first[plots] == second[plots]).all()


def test_the_preview_page_shows_picture_and_table(tmp_path):
    publish = {"publish": {"to": "new-repository"}}
    config = tuned_config(tmp_path, publish, publish={"radar_chart": False})
    tuned = report_from(of_config(tuned_data(), config))
    page = preview_of(tuned, config, [], None, {"eng": "en"}).files["index.html"].decode()
    picture = b64encode(training_curves(tuned.finetuned, "org/name")).decode()
    assert page.count(f'src="data:image/png;base64,{picture}"') == 1
    assert 'href="#training"' in page
    assert "<h3>Raw and tuned</h3>" in page


def test_the_page_of_a_model_that_was_not_trained_has_no_such_picture(tmp_path):
    config = replace(tuned_config(tmp_path), finetune=None)
    data = report(outcome("STSBenchmark", 0.8))
    plain = replace(
        data,
        revision=config.revision,
        provenance={**data.provenance, "config_sha256": config.sha256},
    )
    page = preview_of(plain, config, [], None, {"eng": "en"}).files["index.html"].decode()
    assert "training" not in page


def test_a_preview_tells_that_weights_which_go_nowhere_have_no_card(tmp_path):
    config = tuned_config(tmp_path)
    preview = preview_of(
        report_from(of_config(tuned_data(), config)), config, [], None, {"eng": "en"}
    )
    assert preview.files.keys() == {"comment.md", "index.html"}
    assert "The tuned weights go nowhere (`finetune.publish` is not there)" in preview.notes[0]
