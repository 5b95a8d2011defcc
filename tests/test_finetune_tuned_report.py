"""The report of a training: whose turn it is where one of several failed, and which is chosen."""

from pathlib import Path
from typing import Any

import pytest

from runners.failures import Failure
from runners.finetuning.choice import chosen
from runners.finetuning.launch import Trained
from runners.finetuning.trainings import Outcome, Training
from runners.finetuning.tuned_report import no_training_ended, tuned_report
from runners.report import errors_in, exit_code
from schemas.errors import ExitCode
from schemas.finetuning import Recipe

TOO_LARGE = Failure("submission", "news has 72 rows, less than a batch of 80")
NO_DISK = Failure("infrastructure", "no space left on the disk")
MEASURED: dict[str, Any] = {"status": "completed", "error": None, "tasks": [], "provenance": {}}


def outcome(variant: str, failure: Failure | None = None) -> Outcome:
    training = Training(variant, 42, Recipe(), Path(variant))
    return Outcome(
        training, None if failure else Trained(1, 2, 3.0), failure, None if failure else "ab" * 32
    )


@pytest.mark.parametrize(
    ("failures", "status", "code"),
    [
        ((None, None), "completed", ExitCode.OK),
        ((None, TOO_LARGE), "failed", ExitCode.SUBMISSION),
        ((NO_DISK, TOO_LARGE), "failed", ExitCode.INFRASTRUCTURE),
    ],
    ids=["none failed", "the submitter's", "ours as well"],
)
def test_a_training_that_fails_is_the_turn_of_whose_fault_it_is(failures, status, code):
    outcomes = [outcome(str(number), failure) for number, failure in enumerate(failures)]
    report = tuned_report(
        MEASURED, {"runs": [one.record() for one in outcomes]}, "mteb-runner finetune"
    )
    assert report["status"] == status
    assert exit_code(report) is code


def test_a_training_that_our_machine_stopped_is_an_error_of_the_run():
    failed = [outcome("one"), outcome("two", NO_DISK)]
    report = tuned_report(MEASURED, {"runs": [one.record() for one in failed]}, "")
    assert [error["message"] for error in errors_in(report)] == [NO_DISK.message]


def test_an_interrupted_run_stays_one_whatever_failed_in_it():
    interrupted = MEASURED | {"status": "interrupted"}
    report = tuned_report(interrupted, {"runs": [outcome("one", NO_DISK).record()]}, "")
    assert exit_code(report) is ExitCode.INTERRUPTED


def test_what_failed_is_not_chosen_and_without_any_its_reason_is_the_runs():
    assert chosen([outcome("one", TOO_LARGE)]) is None
    choice = chosen([outcome("one", TOO_LARGE), outcome("two")])
    assert choice is not None
    assert choice.record() == {"variant": "two", "seed": 42, "by": "only"}
    assert no_training_ended([outcome("one", TOO_LARGE)])["message"] == TOO_LARGE.message
