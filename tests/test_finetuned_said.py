"""What the bot says of a model that was trained first: raw and tuned side by side, how it was done, and what spoils it."""

import math
import re
from dataclasses import replace
from statistics import stdev

import pytest
from conversation_made import CONFIG
from finetuned_made import (
    BASE,
    TASK,
    contamination,
    draws,
    failed,
    task_score,
    training,
    tuned_config,
    tuned_report,
)
from made import HOSTILE, failure, outcome, report

from bot.comment import comment_on_report
from bot.conversation.news import Measured, reported
from bot.conversation.states import State
from bot.conversation.subject import Subject
from bot.difference import Change
from bot.finetuned.comparison import chosen_against_raw, side_by_side
from bot.verdict import report_verdict
from schemas.finetuning import Recipe

OTHER = "Banking77KNN"
SPOILT = {"contamination": contamination(200)}


def rows(comment, first):
    """Cells of the table rows whose first cell begins with `first`."""
    lines = [line for line in comment.splitlines() if line.startswith(f"| {first}")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def standard_error(values):
    return stdev(values) / math.sqrt(len(values))


def test_the_comment_tells_first_what_training_gained():
    said = comment_on_report(tuned_report())
    assert said.startswith(
        "**The task has its score: 88.00 points.** That is 13.54 points above the raw `org/base`."
    )


def test_raw_and_every_variant_stand_side_by_side():
    said = comment_on_report(
        tuned_report(training("batch"), training("one", score=0.7446, own=0.01))
    )
    assert "Score of `AGNewsKNN`:" in said
    error = f"({100 * standard_error(draws(0.7446)):.2f})"
    assert rows(said, "raw")[0] == [f"raw: `{BASE}`", f"74.46 {error}", *["—"] * 4]
    name, score, change, held_out, seconds, texts = rows(said, "`batch`")[0]
    assert name == "`batch` (chosen)"
    assert score.startswith("88.00 (0.3")
    assert re.fullmatch(r"▲ \+13\.54 ± 0\.\d\d", change)
    assert (held_out, seconds, texts) == ("87.78", "5 min 41 s", "10,000")
    assert rows(said, "`one`")[0][2] == "≈ 0.00 ± 0.76, within noise"


def test_a_change_is_held_against_the_noise_of_the_very_same_draws():
    found = side_by_side(tuned_report(training(score=0.7466, own=0.0001)).finetuned)
    (variant,) = found.variants
    change = variant.mean.change
    own = [0.0001 * (-1) ** place for place in range(8)]
    assert change.standard_error == pytest.approx(standard_error(own))
    assert change.value == pytest.approx(0.002)
    assert change.change is Change.BETTER
    independent = replace(change, paired_error=None)
    assert independent.change is Change.SAME, "unpaired, the draws' luck would drown it"


def test_without_the_same_draws_both_noises_count():
    other = training(tasks=[task_score(TASK, 0.88, draws(0.88)[:5])])
    (variant,) = side_by_side(tuned_report(other).finetuned).variants
    change = variant.mean.change
    expected = math.hypot(standard_error(draws(0.88)[:5]), standard_error(draws(0.7446)))
    assert change.standard_error == pytest.approx(expected)


@pytest.mark.parametrize("experiments", [[], [0.88]])
def test_without_two_draws_no_noise_is_claimed(experiments):
    said = comment_on_report(tuned_report(training(tasks=[task_score(TASK, 0.88, experiments)])))
    assert rows(said, "`tuned`")[0][1:3] == ["88.00", "△ +13.54"]


def test_of_several_seeds_mean_and_spread_are_told():
    runs = [training("batch", seed, score) for seed, score in ((1, 0.87), (2, 0.89), (3, 0.88))]
    said = comment_on_report(tuned_report(*runs))
    _, score, change, spread, _, seconds, texts = rows(said, "`batch`")[0]
    assert score.startswith("88.00")
    assert change.startswith("▲ +13.54")
    assert spread == "87.00 to 89.00"
    assert (seconds, texts) == ("5 min 41 s each", "10,000 each")
    assert "The tuned model is `batch` with seed 2, chosen of 3 trainings" in said
    assert said.startswith("**The task has its score: 89.00 points.** That is 14.54 points above")


def test_several_tasks_have_a_mean_and_a_table_of_their_own():
    tasks = [task_score(TASK, 0.88, draws(0.88)), task_score(OTHER, 0.7)]
    raw = {"raw": [task_score(TASK, 0.7446, draws(0.7446)), task_score(OTHER, 0.8)]}
    said = comment_on_report(tuned_report(training(tasks=tasks), told=raw))
    assert "Means over 2 tasks of which all models have a score:" in said
    assert rows(said, "`tuned`")[0][1:3] == ["79.00", "△ +1.77"]
    assert rows(said, f"`{OTHER}`")[0] == [f"`{OTHER}`", "80.00", "70.00<br>▽ -10.00"]


def test_a_task_that_the_base_model_failed_on_is_left_out_of_the_means():
    tasks = [task_score(TASK, 0.88), task_score(OTHER, 0.7)]
    said = comment_on_report(tuned_report(training(tasks=tasks)))
    assert "Means over 1 task of which all models have a score:" in said
    assert rows(said, f"`{OTHER}`")[0] == [f"`{OTHER}`", "—", "70.00"]
    assert "On the 1 shared task it is 13.54 points above the raw `org/base` on average." in said


def test_a_model_that_lost_by_training_needs_attention():
    verdict = report_verdict(tuned_report(training(score=0.70)))
    assert (verdict.tone, verdict.badge) == ("attention", "worse than before training")
    assert "4.46 points below the raw `org/base`" in verdict.sentence


def test_what_is_chosen_by_is_said_and_that_the_evaluation_has_no_part_in_it():
    said = comment_on_report(tuned_report(training("batch"), training("one", score=0.8)))
    sentence = (
        "The tuned model is `batch` with seed 42, chosen of 2 trainings for its score on 200 rows held out of "
        "training; its scores in the evaluation play no part in that."
    )
    assert said.count(sentence) == 2, "beside the table, and where training is explained"


def test_without_held_out_rows_the_first_training_is_the_model():
    runs = [training("one", score=0.8, held_out=[]), training("batch", held_out=[])]
    first = {"held_out": 0, "chosen": {"variant": "one", "seed": 42, "by": "first"}}
    said = comment_on_report(tuned_report(*runs, told=first))
    assert (
        "`one` with seed 42, the first of 2 trainings, as no rows were held out to choose by;"
        in said
    )


def test_a_training_that_failed_is_told_with_its_reason():
    broken = failed("big", failure("out_of_memory", "CUDA out of memory", detail="Traceback: x"))
    said = comment_on_report(tuned_report(training("small"), broken))
    assert "**Training of `big` with seed 42: the machine's memory was too small" in said
    assert "CUDA out of memory" in said
    assert "Traceback: x" in said
    assert rows(said, "`big`")[0][1:3] == ["training failed", "—"]


def test_where_one_of_two_trainings_failed_the_run_has_failed_and_the_submission_is_to_be_mended(
    tmp_path,
):
    broken = failed("big", failure("submission", "fewer rows than a batch"))
    report = tuned_report(training("small"), broken)
    verdict = report_verdict(report)
    assert (verdict.tone, verdict.badge) == ("bad", "1 training failed")
    assert verdict.sentence.startswith("**1 of 2 trainings failed: 1 needs ")
    told = reported(
        Subject(1, "a" * 40, CONFIG), Measured(report, "0" * 16, tuned_config(tmp_path))
    )
    assert (told.state, told.conclusion) == (State.FAILED, "failure")
    assert "mend the submission and push" in told.next


def test_a_seed_that_failed_is_told_beside_the_score_of_the_others():
    said = comment_on_report(tuned_report(training(seed=1), failed("tuned", failure(), seed=2)))
    assert rows(said, "`tuned`")[0][1].endswith("<br>1 of 2 failed")


def test_where_every_training_failed_the_reason_is_told_once():
    said = comment_on_report(tuned_report(failed("tuned", failure("submission", "no such column"))))
    assert said.startswith("**Nothing could be measured: the submission is at fault.**")
    assert said.count("no such column") == 1
    assert "**The whole run: the submission is at fault.**" in said
    assert "No training ended, so there is no tuned model." in said


def test_how_it_was_trained_is_told_folded_with_the_command():
    recipe = Recipe(loss="flag-embedding", temperature=0.02, normalize=False)
    said = comment_on_report(
        tuned_report(training("batch"), training("one", score=0.8, recipe=recipe))
    )
    fold = said.partition("<summary>How it was trained</summary>")[2].partition("</details>")[0]
    for told in (
        f"| base model | `org/base` at `{'1' * 40}` |",
        f"| data set | `org/news` at `{'9' * 40}`, split `train`: trained on 4,800 of 5,000 rows",
        f"rows, 4 labels; sha256 `{'d' * 64}` |",
        "| held out | 200 rows, kept from training |",
        "no training text among the texts of `AGNewsKNN`, compared without case, punctuation and spacing",
        "| recipe of `batch` | `loss` `label-aware`, all else as by default |",
        "| recipe of `one` | `loss` `flag-embedding`, `temperature` `0.02`, `normalize` off, all else",
        "200 steps, 10,000 texts encoded, 5 min 41 s, held-out score 87.78, weights sha256 `",
        "| machine | `NVIDIA H100`, `cuda:0` |",
        "mteb-runner finetune models/org/name.yaml --output out",
    ):
        assert told in fold
    assert "| weights | trained for it |" in said


def test_a_report_without_training_says_nothing_of_it():
    said = comment_on_report(report(outcome(TASK, 0.88)))
    assert "tuned" not in said
    assert "trained" not in said


def test_scores_of_a_smoke_run_are_compared_with_nothing():
    said = comment_on_report(tuned_report(smoke=True))
    assert "Raw and tuned" not in said
    assert "How it was trained" in said


@pytest.mark.parametrize("where", ["variant", "data", "example", "checked"])
def test_hostile_names_stay_in_code_spans(where):
    run = training(HOSTILE[:40] if where == "variant" else "tuned")
    data = tuned_report(run, told=SPOILT).finetuned
    found = data.contamination
    changed = {
        "variant": lambda: data,
        "data": lambda: replace(data, data=(replace(data.data[0], name=HOSTILE),)),
        "example": lambda: replace(data, contamination=replace(found, examples=(HOSTILE,))),
        "checked": lambda: replace(data, contamination=replace(found, checked=(HOSTILE,))),
    }[where]()
    said = comment_on_report(replace(tuned_report(run), finetuned=changed))
    assert "@everyone" in said
    outside = re.sub(r"`[^`]*`", "", said)
    assert "@everyone" not in outside
    assert "<script>" not in outside


def test_the_longest_report_fits_into_a_comment():
    names = [f"Task{number}" for number in range(300)]
    tasks = [task_score(name, 0.8) for name in names]
    small = tuned_report(training(tasks=tasks), told={"raw": tasks})
    (run,) = small.finetuned.runs
    runs = tuple(
        replace(run, variant=f"variant-{number}", seed=seed)
        for number in range(16)
        for seed in range(10)
    )
    said = comment_on_report(replace(small, finetuned=replace(small.finetuned, runs=runs)))
    assert len(said.encode()) <= 65_000
    assert "Raw and tuned" in said


def test_the_gain_is_that_of_the_chosen_training_alone():
    report_of_two = tuned_report(training(seed=1, score=0.87), training(seed=2, score=0.89))
    tasks, change = chosen_against_raw(report_of_two.finetuned)
    assert (tasks, change.candidate.value) == (1, pytest.approx(0.89))
