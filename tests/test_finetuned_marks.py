"""A model that was trained on evaluation data carries a plain mark on whatever is said of it from then on."""

from dataclasses import replace

import yaml
from finetuned_made import TASK, contamination, training, tuned_config, tuned_report
from made import failure, outcome
from submit_made import candidate, result

from bot.card.card import write_card
from bot.comment import comment_on_comparison, comment_on_report
from bot.compare import compare
from bot.conversation import news
from bot.conversation.news import Measured
from bot.conversation.subject import Subject
from bot.model_results import results_of_report
from bot.publication.description import describe
from bot.results_repository.change import Shelf, change_for
from bot.results_repository.checklist import SubmissionFacts
from bot.results_repository.pull_text import block
from bot.verdict import report_verdict
from schemas.mteb_index import mteb_index

MARK = "trained on 200 rows of the evaluation data"
SPOILT = {"contamination": contamination(200)}


def test_the_comment_of_a_spoilt_model_begins_with_the_mark():
    said = comment_on_report(tuned_report(told=SPOILT))
    assert said.startswith(
        "**Trained on 200 rows of the evaluation data: its scores there say little of other texts.**"
    )
    assert "**200 training rows** among the texts of `AGNewsKNN`, for example `Wall St." in said


def test_the_check_of_a_spoilt_model_is_no_success_and_its_title_has_the_mark(tmp_path):
    subject = Subject(1, "5" * 40, "models/org/name.yaml")
    measured = Measured(tuned_report(told=SPOILT), "0" * 16, tuned_config(tmp_path))
    said = news.reported(subject, measured)
    assert said.title == f"measured, {MARK}"
    assert said.conclusion == "neutral"


def test_a_failure_of_a_spoilt_model_has_the_mark_as_well():
    spoilt = tuned_report(told=SPOILT, tasks=[outcome(TASK, error=failure())])
    assert report_verdict(spoilt).badge == f"1 task failed, {MARK}"


def card(spoilt, readme=None):
    files = write_card(readme, spoilt, iso_639_1={"eng": "en"}, publish_radar=False).files
    text = files["README.md"].decode()
    return files, text, yaml.safe_load(text.split("---\n")[1])


def test_card_metadata_and_pull_request_of_a_spoilt_model_carry_the_mark():
    spoilt = tuned_report(told=SPOILT)
    files, text, front = card(spoilt)
    (result,) = front["model-index"][0]["results"]
    assert result["dataset"]["name"] == f"MTEB {TASK} ({MARK})"
    assert "**Trained on 200 rows of the evaluation data:" in text
    (entry,) = yaml.safe_load(files[f".eval_results/{TASK}.yaml"])
    assert entry["notes"].endswith(f"; {MARK}")
    assert describe(spoilt, list(files)).startswith("**Trained on 200 rows")


def test_the_mark_comes_to_metadata_that_was_there_before_and_goes_again():
    clean, spoilt = tuned_report(), tuned_report(told=SPOILT)
    files, text, _ = card(clean)
    assert MARK not in "".join(content.decode() for content in files.values())
    marked, _, front = card(spoilt, files["README.md"])
    assert front["model-index"][0]["results"][0]["dataset"]["name"] == f"MTEB {TASK} ({MARK})"
    again, _, _ = card(clean, marked["README.md"])
    assert again["README.md"].decode() == text


def test_rows_that_were_left_out_for_being_evaluated_are_counted_and_mark_nothing():
    told = {"contamination": {**contamination(0), "left_out": 12}}
    said = comment_on_report(tuned_report(told=told))
    assert "of retrieval tasks the queries alone; 12 rows left out because of that |" in said
    assert said.startswith("**The task has its score")


def test_rows_that_kept_training_from_running_mark_nothing_and_are_told():
    begun = training(error=None, weights_sha256=None, tasks=(), steps=0, loss=[], held_out=[])
    told = {
        "contamination": contamination(200, allowed=False),
        "data": [],
        "held_out": 0,
        "raw": [],
    }
    why = {"error": failure("submission", "200 rows are evaluated as well")}
    said = comment_on_report(tuned_report(begun, told=told, **why))
    assert said.startswith("**Nothing could be measured: the submission is at fault.**")
    assert "| evaluation data in it | **200 training rows** among the texts of `AGNewsKNN`" in said
    assert "held out" not in said
    assert "Raw and tuned" not in said, "there is nothing to set side by side"


def test_a_comparison_marks_every_spoilt_model():
    spoilt, clean = results_of_report(tuned_report(told=SPOILT)), results_of_report(tuned_report())
    candidate_spoilt = comment_on_comparison(compare(spoilt, [clean]))
    assert candidate_spoilt.startswith("**Trained on 200 rows of the evaluation data:")
    baseline_spoilt = comment_on_comparison(compare(clean, [spoilt]))
    assert not baseline_spoilt.startswith("**Trained on")
    assert ": **Trained on 200 rows of the evaluation data: " in baseline_spoilt
    assert "Trained on" not in comment_on_comparison(compare(clean, [clean]))


def test_the_results_repository_is_told_as_well():
    measured = candidate(result("STS12"))
    change = change_for(measured, Shelf("1" * 40, "2" * 40), mteb_index())
    facts = SubmissionFacts("org/name", "a" * 40, "2.26.24", registered=True, loader="mteb")
    spoilt = block(replace(measured, report=tuned_report(told=SPOILT)), change, facts)
    assert spoilt.startswith("**Trained on 200 rows of the evaluation data:")
    clean = block(replace(measured, report=tuned_report()), change, facts)
    assert "Trained on" not in clean
    assert "(https://huggingface.co/org/name)" in clean, "the digest of weights is no commit"
