"""The recorder finds what is new between two looks, and the narrator tells it in plain lines."""

import io

from demo_told import CONFIG, MENDED, Told, remark, whole_story
from rich.console import Console

from examples.demo.narration import Narrator
from examples.demo.news import (
    Commented,
    Committed,
    Edited,
    JobEnded,
    Labelled,
    Merged,
    PullOpened,
    RunEnded,
    RunStarted,
)
from examples.demo.things import Job


def kinds(told):
    return [type(news) for act in told.recorder.story().acts for news in act.news]


def narrated(folder, tell, **console):
    stream = io.StringIO()
    tell(folder, Narrator(Console(file=stream, width=200, highlight=False, **console)))
    return stream.getvalue()


def test_the_whole_story_is_told_in_the_order_in_which_it_happened(tmp_path):
    text = narrated(tmp_path, whole_story)
    told = [
        "1  Ann proposes a model",
        "ann opens pull request #1: Add org/name",
        "✔ workflow validate 1 s",
        "github-actions adds the label mteb: invalid",
        "✘ check mteb-bot: org/name: not valid: 2 problems",
        "error on line 3 of name.yaml: 8b3219a is no full commit SHA",
        "github-actions comments: Not valid: 2 problems. Mend them.",
        "ann pushes: Mend what the bot found",
        "adds the label mteb: validated and removes the label mteb: invalid",
        "mia comments: /evaluate",
        "github-actions edits its comment: Running: 1 of 2 tasks done.",
        "mia merges pull request #1",
        "github-actions commits to the default branch: Results of #1",
        "edits its comment: On the Hub: the pull request org/name#1 offers them.",
        "mteb-bot opens pull request #1 on the Hub, on org/name: Add MTEB results",
        "org merges pull request #1 on the Hub",
        "$ mteb-bot verify org/name",
    ]
    places = [text.index(line) for line in told]
    assert places == sorted(places)
    assert "\x1b" not in text


def test_a_terminal_gets_colours(tmp_path):
    assert "\x1b[32m" in narrated(tmp_path, whole_story, force_terminal=True)


def test_nothing_from_outside_reaches_the_terminal_as_a_command(tmp_path):
    def tell(folder, narrator):
        told = Told(folder, narrator)
        told.push(MENDED, "Add \x1b[2J\x07")
        told.open_pull("\x1b]0;title\x07 [bold]x[/bold]")
        told.say("\x1b[2J\x1b[31mred", "eve\x1b[2J")
        told.check("\x1b[2J", "failure", remark(1, "rule", "\x1b[2J"))
        told.recorder.printed("eve", "\x1b[2J", "a\x1b[2Jb\rc\n")

    text = narrated(tmp_path, tell)
    assert not set("\x1b\x07\r") & set(text)
    assert "[bold]x[/bold]" in text


def test_looking_again_finds_nothing_new(tmp_path):
    told = whole_story(tmp_path)
    before = kinds(told)
    told.recorder.look()
    assert kinds(told) == before


def test_a_merge_is_told_once_and_not_as_a_commit(tmp_path):
    found = kinds(whole_story(tmp_path))
    assert found.count(Merged) == 1
    assert found.count(PullOpened) == 1
    assert found.count(Committed) == 1  # the accepted results


def test_an_edit_knows_what_the_comment_said_before(tmp_path):
    told = Told(tmp_path)
    told.push(MENDED)
    told.open_pull()
    comment = told.say("first")
    told.edit(comment, "second")
    [commented] = [x for x in told.recorder.story().acts[0].news if isinstance(x, Commented)]
    [edited] = [x for x in told.recorder.story().acts[0].news if isinstance(x, Edited)]
    assert (commented.comment.body, edited.before, edited.comment.body) == ("first", "first", "second")  # fmt: skip


def test_a_run_lasts_from_its_start_to_its_end(tmp_path):
    told = Told(tmp_path)
    told.push(MENDED)
    told.open_pull()
    one = told.github.add_run("lab/board", ".github/workflows/validate.yml", "push", "main", "ann")
    told.recorder.look()
    told.seconds += 41
    one.status, one.conclusion = "completed", "failure"
    news = told.recorder.story().acts[0].news
    assert [x.run.status for x in news if isinstance(x, RunStarted)] == ["queued"]
    [ended] = [x for x in news if isinstance(x, RunEnded)]
    assert (ended.seconds, ended.run.conclusion, ended.run.workflow) == (42.0, "failure", "validate")  # fmt: skip


def test_a_job_lasts_from_when_it_was_first_seen_at_work(tmp_path):
    jobs = []
    told = Told(tmp_path, jobs_of=lambda _: tuple(jobs))
    told.push(MENDED)
    told.open_pull()
    jobs.append(Job("plan", "queued", None))
    told.github.add_run("lab/board", ".github/workflows/evaluate.yml", "push", "main", "ann")
    told.recorder.look()
    told.seconds += 100
    jobs[0] = Job("plan", "in_progress", None)
    told.recorder.look()
    told.seconds += 8
    jobs[0] = Job("plan", "completed", "success")
    news = told.recorder.story().acts[0].news
    [ended] = [x for x in news if isinstance(x, JobEnded)]
    assert (ended.seconds, ended.run.workflow, ended.job.name) == (9.0, "evaluate", "plan")


def test_a_push_is_told_by_what_differs_from_the_head_before(tmp_path):
    told = Told(tmp_path)
    told.push(MENDED)
    told.open_pull()
    told.push(MENDED + b"x: 1\n", "More")
    pushed = told.recorder.story().acts[0].news[-1]
    assert [commit.message for commit in pushed.commits] == ["More"]
    assert [(x.path, x.before, x.after) for x in pushed.files] == [(CONFIG, MENDED, MENDED + b"x: 1\n")]  # fmt: skip


def test_labels_come_and_go(tmp_path):
    told = Told(tmp_path)
    told.push(MENDED)
    told.open_pull()
    told.label("a", "b")
    told.label("b", "c")
    found = [x for x in told.recorder.story().acts[0].news if isinstance(x, Labelled)]
    names = [([x.name for x in one.added], [x.name for x in one.removed]) for one in found]
    assert names == [(["a", "b"], []), (["c"], ["a"])]
