"""What the story of `make demo` is made of, and that it comes to its end."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.check import check_file
from examples.demo.narration import Narrator
from examples.demo.page.story_page import render_story
from examples.demo.prepare import BOARD, MAINTAINER, MODEL, prepare, submission
from examples.demo.story import Stage, tell, told_of
from schemas.settings import load_settings
from tests.harness.world import World

DEMO = Path(__file__).parent.parent / "examples" / "demo" / "board"


def problems(folder, name):
    """What the bot finds in Ann's file on the demo's board."""
    for task in (DEMO / "tasks").iterdir():
        (folder / "tasks").mkdir(exist_ok=True)
        (folder / "tasks" / task.name).write_bytes(task.read_bytes())
    [(path, content)] = submission(name).items()
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_bytes(content)
    return [problem.rule for problem in check_file(folder / path)]


def test_anns_first_file_has_the_three_mistakes_that_the_story_tells_of(tmp_path):
    expected = ["revision-not-a-full-sha", "custom-task-unreadable", "score-not-a-fraction"]
    assert problems(tmp_path, "broken") == expected


def test_anns_second_file_has_none(tmp_path):
    assert problems(tmp_path, "mended") == []


def test_the_boards_settings_are_valid():
    settings, _, found = load_settings(DEMO / ".github" / "mteb-bot.yml")
    assert found == []
    assert settings.publish_on == "evaluated"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("evaluate (1) | │ [1/3] BBCTopics  accuracy 0.8525 in 41 s", ("evaluate (1)", "[1/3] BBCTopics  accuracy 0.8525 in 41 s")),
        ("evaluate (1) | │ loading mteb", ("evaluate (1)", "loading mteb")),
        ("evaluate (1) | │ [1/3] BBCTopics  encoding texts (default/test): 300 of 300 texts, 104/s", None),
        ("plan | loading mteb", None),
        ("verify what was published | 3 of 3 rows are ok", ("verify what was published", "3 of 3 rows are ok")),
    ],
)  # fmt: skip
def test_of_the_logs_only_what_tells_the_story_is_told(text, expected):
    assert told_of(text) == expected


@pytest.mark.slow
def test_the_whole_story_comes_to_its_end(tmp_path):
    stream, stages = io.StringIO(), []

    def hear(kind, text):
        for stage in stages:
            stage.hear(kind, text)

    with World(
        tmp_path / "world", repository=BOARD, maintainers=[MAINTAINER], on_event=hear
    ) as world:
        prepare(world, tmp_path / "prepared")
        stages.append(Stage(world, Narrator(Console(file=stream, width=200))))
        tell(stages[0])
    told = stream.getvalue()
    for line in (
        "not valid: 3 problems",
        "mia comments: /evaluate",
        "All 3 tasks have scores",
        "mteb-bot opens pull request #1 on the Hub",
        "commits to the default branch: Results of",
        "1 accepted since",
    ):
        assert line in told
    page = render_story(stages[0].recorder.story())
    assert MODEL in page
    assert page.count("data:image/png;base64,") == 2
