"""The harness does with workflows what GitHub does around their jobs."""

from datetime import timedelta

import pytest

from tests.harness.sample import SAMPLE
from tests.harness.unsupported import Unsupported
from tests.harness.world import GPU, Environment, Settings, World

SECRETS = {
    "secrets": {"COMMON": "common-secret"},
    "environments": {"hub": Environment({"HF_TOKEN": "hub-secret"})},
}


@pytest.fixture
def open_world(tmp_path):
    """A world with the sample workflows; keywords are settings."""
    worlds = []

    def make(**settings):
        settings = {"runners": [GPU], "seconds_per_minute": 60, **settings}
        world = World(tmp_path / "world", files=SAMPLE, settings=Settings(**settings))
        worlds.append(world)
        return world.__enter__()

    yield make
    for world in worlds:
        world.__exit__(None, None, None)


def steps(world, what="one", **inputs):
    """Dispatch the workflow `steps`."""
    world.dispatch("maintainer", "steps.yml", {"what": what, **inputs})


def test_each_job_gets_a_token_with_its_own_permissions_and_no_more(open_world):
    world = open_world()
    pull = world.open_pull("ann", {"notes": "x"}, "Notes")
    world.comment(pull, "ann", "hello")
    world.settle()
    (run,) = world.runs
    assert (run.title, run.conclusion) == ("speak #1 hello", "success")
    main = world.github.world.repository("lab/board").git.resolve("refs/heads/main")
    assert [line.rpartition(" | ")[2] for line in run.lines] == ["main speaks", main, "403", "201"]


def test_an_edited_comment_and_a_review_are_events_of_their_own(open_world):
    world = open_world()
    pull = world.open_pull("ann", {"notes": "x"}, "Notes")
    comment = world.comment(pull, "ann", "hello")
    world.edit_comment(pull, comment, "maintainer", "hullo")
    world.review(pull, "maintainer", "hello")
    assert [run.title for run in world.runs] == ["speak #1 hello"]


def test_paths_of_a_pull_request_decide_what_runs(open_world):
    world = open_world()
    pull = world.open_pull("ann", {"models/org/readme.md": "x", "other": "y"}, "Words")
    assert world.runs == []
    world.push(pull, {"models/org/a.yaml": "x"})
    (run,) = world.runs
    assert (run.event.action, run.record.head_sha) == ("synchronize", pull.head_sha)


def test_a_fork_runs_its_own_workflow_without_secrets_and_reads_only(open_world):
    world = open_world(**SECRETS)
    theirs = SAMPLE[".github/workflows/pull.yml"].replace(b"    environment: hub\n", b"")
    theirs += b"""\
      - run: >-
          bash tools/post.sh ${{ github.token }} "statuses/$GITHUB_SHA" '{"state": "success"}'
"""
    world.open_pull("ann", {"models/a.yaml": "x", ".github/workflows/pull.yml": theirs}, "Add")
    world.settle()
    (run,) = world.runs
    said = [line.rpartition(" | ")[2] for line in run.lines]
    assert said == ["pull_request on refs/pull/1/merge with '' and ''", "403"]


def test_a_branch_of_the_repository_gets_its_secrets_but_not_those_of_a_protected_environment(
    open_world,
):
    world = open_world(**SECRETS)
    world.open_pull("maintainer", {"models/a.yaml": "x"}, "Add")
    world.settle()
    (run,) = world.runs
    assert run.conclusions() == {"try": "failure"}
    assert run.job("try").fate == "refused by its environment"


def test_a_closed_pull_request_runs_the_default_branchs_workflow_with_its_environment(open_world):
    world = open_world(**SECRETS)
    hostile = SAMPLE[".github/workflows/pull.yml"].replace(b"run: echo", b"run: echo mine && echo")
    changes = {"models/a.md": "x", ".github/workflows/pull.yml": hostile}
    pull = world.open_pull("ann", changes, "Add")
    world.close(pull)
    world.settle()
    (run,) = world.runs
    assert run.log.endswith("pull_request_target on refs/heads/main with 'hub' and 'common'")
    assert (run.record.head_branch, run.record.event) == ("submission", "pull_request_target")


def test_artifacts_pass_between_jobs_on_fresh_machines_and_a_name_is_taken_once(open_world):
    world = open_world()
    world.dispatch("maintainer", "artifacts.yml")
    world.settle()
    (run,) = world.runs
    assert run.conclusions() == {"first": "success", "second": "failure"}
    assert "second | actions/upload-artifact | ::error::an artifact with this name" not in run.log
    tail = run.log[run.log.index("second | ") :]
    assert [x for x in ("one", "two", "trace", ".hidden") if f"| {x}\n" in tail] == ["one", "two"]
    kept = world.github.world.repository("lab/board").artifacts
    assert [artifact.name for artifact in kept] == ["out"]


def test_a_failed_leg_of_a_matrix_fails_the_run_and_the_run_that_follows_is_told(open_world):
    world = open_world()
    steps(world, shards="[1, 2]", script="exit $((SHARD-1))")
    world.settle()
    run, after = world.runs
    assert run.conclusions() == {
        "plan": "success",
        "work (1)": "success",
        "work (2)": "failure",
        "last": "skipped",
    }
    assert "work (2) | Mourn | mourned" in run.log
    assert (after.title, after.conclusion) == ("after steps one: failure", "success")


def test_a_step_whose_failure_does_not_matter_fails_no_job(open_world):
    world = open_world()
    steps(world, script="echo falters")
    world.settle()
    run, _after = world.runs
    assert run.conclusions() == {"plan": "success", "work (1)": "success", "last": "success"}
    assert "mourned" not in run.log


def test_a_matrix_of_a_job_that_failed_is_skipped(open_world):
    world = open_world()
    steps(world, shards="")
    world.settle()
    run, after = world.runs
    assert run.conclusions() == {"plan": "failure", "last": "skipped", "work": "skipped"}
    assert after.title == "after steps one: failure"


def test_a_matrix_of_a_job_that_was_skipped_is_skipped(open_world):
    world = open_world()
    steps(world, "nothing")
    world.settle()
    run, _after = world.runs
    assert run.conclusions() == {"plan": "skipped", "last": "skipped", "work": "skipped"}


def test_a_run_that_is_cancelled_kills_its_step_and_runs_what_always_runs(open_world):
    world = open_world()
    steps(world, script="echo began; sleep 60; echo slept")
    world.at("steps.yml", "work", "Try", lambda run, _job: world.cancel_after(run, 0.3))
    world.settle()
    run, after = world.runs
    assert run.conclusions() == {"plan": "success", "work (1)": "cancelled", "last": "cancelled"}
    assert [line.rpartition(" | ")[2] for line in run.lines] == ["began", "tidied up"]
    assert after.title == "after steps one: cancelled"


_WAKE = b"""\
  wake:
    needs: [plan, work]
    if: ${{ always() && inputs.what == 'one' }}
    runs-on: ubuntu-latest
    permissions: {statuses: write}
    steps: [{run: 'echo "woke after $WHAT"', env: {WHAT: "${{ inputs.what }}"}}]
"""


@pytest.mark.parametrize("runners", [[], [GPU]], ids=["waiting", "running"])
@pytest.mark.parametrize(("what", "woke"), [("one", "success"), ("two", "skipped")])
def test_a_job_that_always_runs_does_so_after_a_cancellation(open_world, runners, what, woke):
    world = open_world(runners=runners)
    file = ".github/workflows/steps.yml"
    world.push_main({file: SAMPLE[file] + _WAKE})
    steps(world, what, script="sleep 60")
    world.at("steps.yml", "work", "Try", lambda run, _job: world.cancel_after(run, 0.3))
    world.settle()
    if not runners:
        world.cancel(world.runs[0])
    world.settle()
    run, after = world.runs
    assert (run.conclusion, after.title) == ("cancelled", f"after steps {what}: cancelled")
    assert run.conclusions()["plan"] == "success"
    assert run.conclusions()["work (1)"] == "cancelled"
    assert run.conclusions()["wake"] == (woke if woke == "success" else "cancelled")
    assert ("woke after one" in run.log) == (woke == "success")


def test_a_machine_that_is_gone_runs_nothing_more(open_world):
    world = open_world()
    steps(world, script="echo began; sleep 60")
    world.lose_runner("steps.yml", "work", "Try", after=0.3)
    world.settle()
    run, after = world.runs
    assert run.conclusions() == {"plan": "success", "work (1)": "failure", "last": "skipped"}
    assert [line.rpartition(" | ")[2] for line in run.lines] == ["began"]
    assert (run.job("work").fate, after.title) == ("runner gone", "after steps one: failure")


def test_a_job_that_takes_too_long_is_cancelled(open_world):
    world = open_world(seconds_per_minute=0.2)
    steps(world, script="sleep 60")
    world.settle()
    run, after = world.runs
    assert run.conclusions() == {"plan": "success", "work (1)": "cancelled", "last": "skipped"}
    assert "tidied up" in run.log
    assert "mourned" not in run.log
    assert after.title == "after steps one: cancelled"


def test_a_job_waits_for_a_machine_with_its_labels(open_world):
    world = open_world(runners=[frozenset({"self-hosted", "linux"})])
    steps(world)
    world.settle()
    (run,) = world.runs
    assert (run.status, run.job("work").status) == ("in_progress", "queued")
    world.settings.runners.append(GPU)
    world.settle()
    assert (run.status, run.conclusion) == ("completed", "success")


def test_a_run_that_waits_for_a_machine_can_be_cancelled_over_the_api(open_world):
    world = open_world(runners=[])
    steps(world)
    world.settle()
    world.cancel(world.runs[0])
    world.settle()
    assert world.runs[0].conclusion == "cancelled"
    assert world.runs[1].title == "after steps one: cancelled"


def test_of_runs_that_wait_in_a_group_only_the_newest_stays(open_world):
    world = open_world(runners=[])
    for script in ("echo first", "echo second", "echo third"):
        steps(world, script=script)
        world.settle()
    world.settings.runners.append(GPU)
    world.settle()
    ran = [run for run in world.runs if run.file == "steps.yml"]
    assert [run.conclusion for run in ran] == ["success", "cancelled", "success"]
    assert "third" in ran[2].log


def test_a_newer_run_of_a_group_cancels_the_one_that_runs_if_the_group_says_so(open_world):
    world = open_world()
    steps(world, "newest", script="echo first")

    def again(_run, _job):
        steps(world, "newest", script="echo second")
        world.settle()

    world.at("steps.yml", "work", "Try", again)
    world.settle()
    first, second = (run for run in world.runs if run.file == "steps.yml")
    assert (first.conclusion, second.conclusion) == ("cancelled", "success")
    assert ("first" in first.log, "second" in second.log) == (False, True)


def test_jobs_of_a_group_take_turns_and_of_those_that_wait_only_the_newest_stays(open_world):
    world = open_world()

    def meanwhile(_run, _job):
        for who in ("second", "third"):
            world.dispatch("maintainer", "turns.yml", {"who": who})
            world.settle()
        assert [run.status for run in world.runs] == ["in_progress", "completed", "queued"]

    world.dispatch("maintainer", "turns.yml", {"who": "first"})
    world.at("turns.yml", "talk", None, meanwhile)
    world.settle()
    found = {run.title: run.conclusions()["talk"] for run in world.runs}
    assert found == {"first": "success", "second": "cancelled", "third": "success"}


def test_a_run_started_by_a_token_of_a_run_starts_no_other_but_by_dispatch(open_world):
    world = open_world()
    body = '{"ref": "main", "inputs": {"what": "child"}}'
    url = "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/actions/workflows/steps.yml/dispatches"
    changed = SAMPLE[".github/workflows/speak.yml"].replace(
        b"statuses: write", b"actions: write, statuses: write"
    )
    changed += f"""\
      - env: {{GITHUB_TOKEN: "${{{{ github.token }}}}"}}
        run: |
          curl --silent --request POST --header "Authorization: Bearer $GITHUB_TOKEN" --data '{body}' "{url}"
""".encode()  # fmt: skip
    world.push_main({".github/workflows/speak.yml": changed})
    pull = world.open_pull("ann", {"notes": "x"}, "Notes")
    world.comment(pull, "ann", "hello")
    world.settle()
    titles = [run.title for run in world.runs]
    assert titles == ["speak #1 hello", "steps child"]  # and no workflow_run after it
    assert world.runs[1].record.actor == "github-actions[bot]"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"fail-fast: false", b"fail-fast: true", "act knows no fail-fast"),
        (b"timeout-minutes: 2", b"container: x", "container"),
        (b"- name: Try", b"- uses: other/action@v1\n      - name: Try", "no stand-in"),
        (b"- name: Try", b"- shell: python\n        name: Try", "only bash"),
        (b"  cancel-in-progress:", b"  queue: max\n  cancel-in-progress:", "concurrency: queue"),
    ],
)
def test_what_the_harness_cannot_do_as_github_does_is_refused(open_world, old, new, message):
    world = open_world()
    changed = SAMPLE[".github/workflows/steps.yml"].replace(old, new)
    assert changed != SAMPLE[".github/workflows/steps.yml"]

    def try_it():
        world.push_main({".github/workflows/steps.yml": changed})
        steps(world)
        world.settle()

    with pytest.raises(Unsupported, match=message):
        try_it()


def test_people_take_their_time_by_githubs_clock(open_world):
    world = open_world()
    pull = world.open_pull("ann", {"notes": "x"}, "Notes")
    first = world.comment(pull, "ann", "one")
    world.wait(timedelta(hours=1))
    second = world.comment(pull, "ann", "two")
    assert first.created_at < second.created_at


def test_a_test_may_do_the_work_of_a_step_itself(open_world):
    world = open_world()
    steps(world, script="exit 1")
    seen = []
    world.instead("steps.yml", "work", "Try", lambda _run, job: seen.append(job.workspace.is_dir()))
    world.settle()
    assert (seen, world.runs[0].conclusion, "went on" in world.runs[0].log) == (
        [True],
        "success",
        True,
    )
