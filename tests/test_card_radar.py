"""The chart shows the same scores as the same picture, whatever they are called."""

import math
import struct
import warnings

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import task_scores

from bot.card import bars, radar
from bot.card.axes import axes_of
from bot.card.chart_panel import WIDTH, Panel, fitted, plain_matplotlib, text_width, wrapped
from bot.card.chart_scale import scale_of
from bot.card.radar import radar_chart

FIVE = {"A": 0.9, "B": -0.2, "C": 0.5, "D": 0.0, "E": 1.0}


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


@pytest.fixture
def texts(monkeypatch):
    """Every line of text drawn, with its place and alignment."""
    drawn = []
    draw = Panel.text

    def record(panel, x, y, text, points, **style):
        drawn.append((panel, x, y, text, points, style))
        draw(panel, x, y, text, points, **style)

    monkeypatch.setattr(Panel, "text", record)
    return drawn


def box(text):
    """Left, right, bottom, top of a drawn line, in inches."""
    _, x, y, words, points, style = text
    width = text_width(words, points, bold=style.get("weight") == "bold")
    left = x - {"left": 0, "center": width / 2, "right": width}[style.get("ha", "left")]
    half = points * 0.4 / 72
    return left, left + width, y - half, y + half


def test_the_same_scores_give_the_same_bytes():
    assert radar_chart({"m": FIVE}, "t") == radar_chart({"m": FIVE}, "t")
    assert b"Software" not in radar_chart({"m": FIVE}, "t")


def test_the_reader_s_own_matplotlib_settings_change_nothing_and_survive():
    plain = radar_chart({"m": FIVE}, "t")
    with mpl.rc_context({"font.size": 40, "savefig.facecolor": "red", "text.usetex": True}):
        assert radar_chart({"m": FIVE}, "t") == plain
        assert mpl.rcParams["font.size"] == 40


def test_other_scores_give_another_picture():
    assert radar_chart({"m": FIVE}, "t") != radar_chart({"m": FIVE | {"A": 0.8}}, "t")


@pytest.mark.parametrize("axes", [1, 2, 3, 7, 12, 13, 24])
@pytest.mark.parametrize("series", [1, 2, 3])
def test_text_neither_overlaps_nor_leaves_the_panel(texts, axes, series):
    names = [f"AmazonCounterfactual{i}Classification.v2" for i in range(axes)]
    scores = {f"org/model-{j}": dict.fromkeys(names, 1 - j / 10) for j in range(series)}
    width, height = size(radar_chart(scores, "org/model " * 20, "what it shows " * 20))
    boxes = [box(text) for text in texts if text[5].get("color") != radar.QUIET]
    for left, right, bottom, top in boxes:
        assert 0.1 < left < right < WIDTH - 0.1
        assert 0.1 < bottom < top < height * WIDTH / width - 0.1
    for i, (left, right, bottom, top) in enumerate(boxes):
        for other in boxes[:i]:
            apart = right <= other[0] or other[1] <= left or top <= other[2] or other[3] <= bottom
            assert apart, (texts[i][3], other)


@pytest.mark.parametrize("axes", [3, 7, 12])
def test_no_label_covers_the_web(texts, axes):
    scores = {"m": {f"AmazonCounterfactual{i}Classification": 0.5 for i in range(axes)}}
    radar_chart(scores, "t")
    x, y = radar._Radar(scores, list(scores["m"])).center
    labels = [box(text) for text in texts if text[4] == radar._LABEL]
    assert len(labels) > axes
    for left, right, bottom, top in labels:
        nearest = max(left - x, x - right, 0), max(bottom - y, y - top, 0)
        assert math.hypot(*nearest) > radar._RADIUS


def test_fewer_than_three_or_more_than_twelve_axes_are_bars(monkeypatch):
    monkeypatch.setattr(radar, "bar_chart", lambda *_: b"bars")
    assert radar_chart({"m": {"A": 0.1, "B": 0.2}}, "t") == b"bars"
    assert radar_chart({"m": {str(i): 0.1 for i in range(13)}}, "t") == b"bars"
    assert radar_chart({"m": {"A": 0.1, "B": 0.2, "C": 0.3}}, "t") != b"bars"


def test_no_picture_grows_without_end():
    _, height = size(radar_chart({"m": {f"T{i}": 0.5 for i in range(3000)}}, "t"))
    assert height < 5000


@pytest.mark.parametrize("series", [{}, {"m": {}}, {str(i): FIVE for i in range(4)}])
def test_a_chart_of_nothing_or_of_too_much_is_refused(series):
    with pytest.raises(ValueError, match="one to three series"):
        radar_chart(series, "t")


@pytest.mark.parametrize(
    "label",
    ["$\\frac{1", "$$", "\\", "W" * 500, "測試" * 50, "\u202eabc", "a\nb\0", "", " ", "<script>", "\ud800", "🦊", "%s{x}", "測-測/測"],
)  # fmt: skip
def test_no_label_breaks_the_picture(label):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of letters that its font lacks
        scores = {label: 0.5, "B": 0.2, "C": 0.9}
        assert size(radar_chart({label: scores, "other": {"B": 0.1}}, label, label))
        assert size(radar_chart({label: {label: 0.1}}, label, label))


def test_a_label_longer_than_its_room_ends_in_an_ellipsis():
    with plain_matplotlib():
        assert fitted("A" * 90, 1.0, 10).endswith("A…")
        assert text_width(fitted("W" * 90, 1.0, 10), 10) <= 1.0
        assert fitted("short", 1.0, 10) == "short"
        assert fitted("a\u202eb測", 1.0, 10) == "a\ufffdb\ufffd"


def test_a_name_breaks_where_its_next_word_begins():
    with plain_matplotlib():
        assert wrapped("AmazonCounterfactualClassification", 1.2, 10.5, 3) == [
            "Amazon",
            "Counterfactual",
            "Classification",
        ]
        assert wrapped("BiorxivClusteringP2P.v2", 1.1, 10.5, 3) == [
            "Biorxiv",
            "Clustering",
            "P2P.v2",
        ]
        assert wrapped("OneTwoThreeFourFiveSix", 0.45, 10.5, 2) == ["One", "Two…"]


def test_the_scale_is_0_to_100_unless_scores_leave_it():
    assert scale_of({"m": {"A": 0.31, "B": 0.9}}).ticks == (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    assert scale_of({"m": {"A": -0.01}}).ticks == (-0.2, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    assert scale_of({"m": {"A": 1.3}}).high == 1.4
    assert len(scale_of({"m": {"A": -1000.0, "B": 5.0}}).ticks) < 15


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=12))
def test_every_score_lies_on_the_scale(scores):
    scale = scale_of({"m": {str(i): score for i, score in enumerate(scores)}})
    assert all(-1e-9 <= scale.share(score) <= 1 + 1e-9 for score in scores)
    assert scale.ticks[0] == pytest.approx(scale.low)
    assert scale.ticks[-1] == pytest.approx(scale.high)
    assert 0 in scale.ticks or len(scale.ticks) > 8


@settings(deadline=None, max_examples=10)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=13), st.lists(st.floats(-1, 1), max_size=13))
def test_any_scores_draw(first, second):
    one = {str(i): score for i, score in enumerate(first)}
    other = {str(i): score for i, score in enumerate(second)}
    assert size(radar_chart({"one": one, "other": other}, "t"))


def scored(count, types, start=0):
    return [
        task_scores(f"T{i}", i / 100, task_type=f"Type{i % types}")
        for i in range(start, start + count)
    ]


def test_up_to_twelve_tasks_have_an_axis_each():
    axes = axes_of({"m": scored(12, 4)})
    assert len(axes.series["m"]) == 12
    assert axes.what == "main score of each task, times 100"


def test_more_tasks_are_averaged_by_type():
    axes = axes_of({"m": scored(13, 3)})
    assert axes.series["m"] == {
        "Type0": pytest.approx(0.06),
        "Type1": pytest.approx(0.055),
        "Type2": pytest.approx(0.065),
    }
    assert axes.what == "mean main score of each task type (13 tasks), times 100"


def test_many_tasks_of_few_types_stay_tasks_as_bars():
    assert len(axes_of({"m": scored(24, 2)}).series["m"]) == 24
    assert list(axes_of({"m": scored(25, 2)}).series["m"]) == ["Type0", "Type1"]


def test_a_mean_is_taken_over_the_tasks_that_all_have():
    axes = axes_of({"m": scored(20, 3), "base": scored(20, 3, start=6)})
    assert axes.series["m"] == axes.series["base"]
    assert "(14 tasks)" in axes.what


def test_a_task_that_only_the_baseline_has_gets_no_axis():
    axes = axes_of({"m": scored(3, 3), "base": scored(3, 3, start=1)})
    assert list(axes.series["m"]) == ["T0", "T1", "T2"]
    assert list(axes.series["base"]) == ["T1", "T2"]


def test_a_baseline_with_nothing_in_common_drops_out():
    axes = axes_of({"m": scored(20, 3), "base": scored(20, 3, start=50)})
    assert list(axes.series) == ["m"]
    assert len(axes.series["m"]) == 3


def test_bars_are_limited_to_what_a_reader_can_scroll(texts):
    bars.bar_chart({"m": {f"T{i}": 0.5 for i in range(100)}}, "t", "")
    assert [text[3] for text in texts if text[3].startswith("T")][-1] == "T59"
