"""What the bot says, word for word, and that no outside name in it can act or make it too long."""

from dataclasses import replace

import pytest
from conversation_model import (
    CONFIG,
    PROBLEM,
    SHAS,
    WARNING,
    Model,
    measured,
    model_config,
    subject,
)
from made import HOSTILE, failure, outcome, provenance, report
from markdown_it import MarkdownIt

from bot.conversation import news, wording
from bot.conversation.annotations import MOST, annotations_for
from bot.conversation.marker import Published
from bot.conversation.news import Measured
from bot.conversation.states import State
from bot.conversation.wanted import LONGEST_COMMENT
from bot.quote import Quote
from schemas.finetuning import Finetuning, Recipe
from schemas.submission import Claim, TaskRequest

GFM = MarkdownIt("gfm-like", {"linkify": False})
LONGEST_SUMMARY = 65_535


def body(said, **more):
    model = Model(**more)
    model.say(said)
    return model.comments[0].body


def check(said):
    model = Model()
    model.say(said)
    (run,) = model.checks[SHAS[0], CONFIG]
    return run


def test_a_valid_submission_is_told_what_would_be_measured():
    config = replace(
        model_config(), benchmarks=("MTEB(eng, v2)",), claims=(Claim("A", 0.5), Claim("B", 0.5))
    )
    said = news.validated(subject(), config, [WARNING], Quote(43, 120, 1))
    assert body(said) == (
        f'<!-- mteb-bot {{"v":1,"config":"models/org/name.yaml","sha":"{SHAS[0]}","state":"validated"}} -->\n'
        "### `org/name`: validated\n\n"
        "**Valid: 43 tasks (120 subsets) to evaluate.** How long that takes is not estimated yet. "
        "Next: a maintainer comments `/evaluate` to have this commit evaluated.\n\n"
        f"- model `org/name` at `{'1' * 40}`\n"
        "- benchmarks: `MTEB(eng, v2)`\n"
        "- 1 custom task among them\n"
        "- 2 claimed scores, to be held against what is measured\n\n"
        "### Warnings\n\n"
        "- `models/org/name.yaml:3:11` `some-rule`: `it is wrong`  \n"
        "  fix: `mend it`\n\n"
        f"<sub>Commit {SHAS[0]}</sub>"
    )
    assert check(said).title == "valid: 43 tasks (120 subsets) to evaluate"


@pytest.mark.parametrize(
    ("variants", "seeds", "said"),
    [(1, (42,), "trained"), (2, (1, 2, 3), "trained in 2 variants with 3 seeds")],
)
def test_of_a_model_that_is_trained_first_it_is_told_from_what(variants, seeds, said):
    named = {f"v{number}": Recipe() for number in range(variants)}
    config = replace(model_config(), finetune=Finetuning("acme/base", (), named, seeds))
    told = body(news.validated(subject(), config, [], Quote(2, 2, 0)))
    assert f"- model `org/name`, {said} from `acme/base` at `{'1' * 40}`\n" in told + "\n"


def test_the_time_is_told_once_it_is_estimated():
    said = news.validated(subject(), model_config(), [], Quote(2, 2, 0, seconds=10_320.0))
    assert "**Valid: 2 tasks to evaluate.** That takes about 1 to 6 hours. Next:" in said.text


def test_an_invalid_submission_is_told_what_to_mend():
    said = news.validated(subject(), None, [PROBLEM, replace(WARNING, fix="")], None)
    assert said.state is State.INVALID
    assert said.title == "not valid: 1 problem"
    assert said.text == (
        "**Not valid: 1 problem.** Nothing is evaluated before that is mended. "
        "Next: mend what is listed here and push; the check then runs again.\n\n"
        "### Problems\n\n"
        "- `models/org/name.yaml:3:11` `some-rule`: `it is wrong`  \n"
        "  fix: `mend it`\n\n"
        "### Warnings\n\n"
        "- `models/org/name.yaml:3:11` `some-rule`: `it is wrong`\n"
    )


@pytest.mark.parametrize(
    ("said", "title", "text"),
    [
        (news.queued(subject()), "queued", "**Queued.** The evaluation starts as soon as a machine is free."),
        (news.running(subject()), "running", "**Running.** The scores come here when it has ended."),
        (
            news.running(subject(), 0, 1),
            "running: 0 of 1 task done",
            "**Running: 0 of 1 task done.** The scores come here when it has ended.",
        ),
        (
            news.running(subject(), 3, 1200),
            "running: 3 of 1,200 tasks done",
            "**Running: 3 of 1,200 tasks done.** The scores come here when it has ended.",
        ),
        (
            news.ended_without_report(subject()),
            "ended without a report",
            (
                "**The evaluation ended without a report.** The machine went away or the job broke down; as far as "
                "is known the submission is not at fault. Next: a maintainer comments `/retry` to have it evaluated again."
            ),
        ),
        (
            news.timed_out(subject()),
            "time limit reached",
            (
                "**The evaluation ran into its time limit.** Next: a maintainer comments `/retry`, or names fewer "
                "tasks with `/evaluate TASK…`, or raises `limits` in the settings of this repository."
            ),
        ),
        (
            news.cancelled(subject()),
            "cancelled",
            (
                "**Cancelled.** The evaluation was stopped before it had ended. Next: a maintainer comments "
                "`/evaluate` to start it again."
            ),
        ),
    ],
)  # fmt: skip
def test_the_other_states_are_told_in_a_sentence_or_two(said, title, text):
    assert (said.title, said.text) == (title, text)


@pytest.mark.parametrize(
    ("run", "state", "conclusion", "title"),
    [
        (report(outcome("A", 0.5)), State.EVALUATED, "success", "measured"),
        (report(outcome("A", 0.5), outcome("B", error=failure())), State.FAILED, "failure", "1 task failed"),
        (report(outcome("A", 0.5), outcome("B"), status="interrupted"), State.FAILED, "failure", "stopped early"),
        (report(status="failed", error=failure()), State.FAILED, "failure", "nothing measured"),
    ],
)  # fmt: skip
def test_a_report_is_told_as_what_it_says(run, state, conclusion, title):
    said = news.reported(subject(), Measured(run, "f" * 16, model_config()))
    assert (said.state, said.conclusion, said.title) == (state, conclusion, title)


def test_scores_that_need_a_look_leave_the_check_neutral():
    config = replace(model_config(), claims=(Claim("A", 0.9),))
    said = news.reported(
        subject(), Measured(report(outcome("A", 0.5)), "f" * 16, config)
    )  # fmt: skip
    assert (said.state, said.conclusion, said.title) == (
        State.EVALUATED,
        "neutral",
        "claims differ",
    )


@pytest.mark.parametrize(
    ("published", "line"),
    [
        (Published("open", 7), "the pull request [`org/name#7`](https://hub.example/org/name/discussions/7) offers these results to the owner of the model."),
        (Published("conflict", 7), "the pull request [`org/name#7`](https://hub.example/org/name/discussions/7) holds commits of other people that do not merge with main, so it was left as it is."),
        (Published("closed", 7), "the pull request [`org/name#7`](https://hub.example/org/name/discussions/7) was closed by a person, and it stays closed."),
        (Published("merged", 7), "the model's repository holds these results [`org/name#7`](https://hub.example/org/name/discussions/7)."),
        (Published("merged", None), "the model's repository holds these results."),
        (Published("nothing", None), "there is nothing to publish."),
    ],
)  # fmt: skip
def test_what_became_of_publishing_is_one_line(published, line):
    assert f"\n\n**On the Hub:** {line}\n\n" in body(
        news.reported(subject(), measured(0.8, published))
    )


def test_the_findings_that_are_marked_on_lines_are_counted():
    problems = [replace(PROBLEM, line=number) for number in range(1, 121)]
    said = news.validated(subject(), None, problems, None)
    assert len(said.annotations) == MOST
    assert "\n\n*50 of 120 findings are marked on their lines.*\n\n" in check(said).summary
    assert "marked on their lines" not in body(said)


def test_annotations_are_on_the_lines_with_errors_first():
    problems = [
        replace(WARNING, line=1),
        PROBLEM,
        replace(PROBLEM, severity="note", line=0, fix=""),
        replace(PROBLEM, file="/etc/passwd"),
        replace(PROBLEM, file="../elsewhere.yaml"),
        replace(PROBLEM, file="models/two\nlines.yaml"),
        replace(PROBLEM, file="models/half\ud800.yaml"),
        replace(PROBLEM, file="long/" * 1000),
    ]
    found = annotations_for(problems)
    assert [(one.line, one.column, one.level) for one in found] == [
        (3, 11, "failure"), (1, 11, "warning"), (1, 11, "notice"),
    ]  # fmt: skip
    assert found[0].message == "it is wrong\nfix: mend it"
    assert found[2].message == "it is wrong"


def hostile_news():
    problem = replace(PROBLEM, rule=HOSTILE, message=HOSTILE, fix=f"{HOSTILE}\n\n# x\n- @team")
    config = replace(
        model_config(), benchmarks=(HOSTILE,), tasks=(TaskRequest(HOSTILE),), model=HOSTILE
    )
    trouble = {"message": HOSTILE, "advice": HOSTILE, "detail": HOSTILE}
    run = report(
        outcome(HOSTILE, 0.5), outcome("B", error=failure(**trouble)),
        provenance=provenance(loader=HOSTILE),
    )  # fmt: skip
    return [
        news.validated(subject(), config, [replace(problem, severity="note")], Quote(1, 1, 0)),
        news.validated(subject(), None, [problem, replace(problem, file=HOSTILE)], None),
        news.reported(subject(), Measured(run, "f" * 16, config)),
    ]


@pytest.mark.parametrize("said", hostile_news(), ids=lambda said: said.state.value)
def test_no_outside_name_acts_in_comment_or_check(said):
    allowed = {"<details>", "</details>", "<sub>", "</sub>"}
    for text in (body(said), check(said).summary):
        tokens = GFM.parse(text.split("\n", 1)[1] if text.startswith("<!--") else text)
        inline = [child for token in tokens for child in token.children or []]
        plain = " ".join(child.content for child in inline if child.type == "text")
        assert "@" not in plain
        assert "#1" not in plain
        assert not any(child.type in {"link_open", "image"} for child in inline)
        markup = [t.content for t in [*tokens, *inline] if t.type in {"html_block", "html_inline"}]
        assert all("<script" not in html for html in markup)
        assert {html.strip() for html in markup if html.count("<") == 1} <= allowed


def test_the_longest_comment_and_summary_fit():
    long = "\N{SNOWMAN}" * 2000
    problems = [
        replace(PROBLEM, line=number, rule=long, message=long, fix=long) for number in range(1000)
    ]
    said = news.validated(subject(), None, problems, None)
    assert len(body(said, state="merged")) <= LONGEST_COMMENT
    assert len(check(said).summary) <= LONGEST_SUMMARY
    assert "left out here for length; `mteb-bot check` lists all.*" in body(said)


def test_a_long_report_fits_and_stays_whole_after_a_push():
    many = report(*(outcome(f"Task{number}{'x' * 150}", 0.5) for number in range(2000)))
    model = Model()
    model.say(news.reported(subject(), Measured(many, "f" * 16, model_config())))
    model.head = SHAS[1]
    model.say(news.superseded(subject()))
    text = model.comments[0].body
    assert 60_000 < len(text) <= LONGEST_COMMENT
    assert text.endswith(f"<sub>Commit {SHAS[0]}</sub>")


def test_the_run_is_linked():
    assert wording.footer(SHAS[0], "https://ci.example/1") == (
        f"<sub>Commit {SHAS[0]} · [run](https://ci.example/1)</sub>"
    )
