"""A plan on disk: the same bytes for the same plan, and nothing else is taken for one."""

import json
from dataclasses import replace

import pytest

from schemas.errors import ExitCode
from schemas.plan import (
    MAX_BYTES,
    CannotReadPlan,
    Plan,
    PlanLimits,
    PlannedTask,
    Shard,
    load_plan,
    plan_from,
    request_digest,
)

PLAN = Plan(
    pull=12,
    head_sha="a" * 40,
    config="models/acme/tiny.yaml",
    config_sha256="b" * 64,
    model="acme/tiny",
    revision="c" * 40,
    smoke=False,
    custom_code=False,
    request="STS12 STSBenchmark",
    tasks=(PlannedTask("STS12", 1, 20.0, 2), PlannedTask("STSBenchmark", 1, 12.5, 1)),
    shards=(Shard(1, ("STSBenchmark",), 12.5), Shard(2, ("STS12",), 20.0)),
    seconds=32.5,
    limits=PlanLimits(seconds=43200, memory_gb=64, disk_gb=100, processes=4096),
    parameters=22_713_216,
)


def written(**changes) -> bytes:
    return json.dumps({**json.loads(PLAN.to_json()), **changes}).encode()


def test_a_plan_comes_back_as_it_was_written(tmp_path):
    (tmp_path / "plan.json").write_bytes(PLAN.to_json())
    assert load_plan(tmp_path / "plan.json") == PLAN
    assert plan_from(PLAN.to_json()).to_json() == PLAN.to_json()


def test_a_plan_without_a_pull_request_comes_back_too():
    canary = replace(PLAN, pull=None, head_sha=None, request="", parameters=None)
    assert plan_from(canary.to_json()) == canary


def test_the_models_size_may_be_left_out():
    data = json.loads(PLAN.to_json())
    del data["parameters"]
    assert plan_from(json.dumps(data).encode()) == replace(PLAN, parameters=None)


def test_a_shard_is_found_by_its_number():
    assert PLAN.shard(2) == Shard(2, ("STS12",), 20.0)
    assert PLAN.shard(3) is None


def test_digests_tell_requests_apart():
    assert request_digest("") == "e3b0c44298fc1c14"  # SHA-256 of nothing
    assert request_digest("--smoke") != request_digest("")


REFUSED = {
    "another pull request's number as text": ({"pull": "12"}, "$.pull: '12' is not of type"),
    "a way out of the repository": (
        {"config": "models/../../etc/passwd.yaml"},
        "$.config: 'models/../../etc/passwd.yaml' does not match",
    ),
    "a config elsewhere": ({"config": "secrets/a/b.yaml"}, "$.config: "),
    "a short revision": ({"revision": "c" * 39}, "$.revision: "),
    "a line break after the revision": ({"revision": "c" * 40 + "\n"}, "$.revision: "),
    "an option as a task": ({"request": "--device cpu"}, "$.request: "),
    "a request with a line break": ({"request": "STS12\nSTS13"}, "$.request: "),
    "a request with two blanks": ({"request": "STS12  STS13"}, "$.request: "),
    "no task": ({"tasks": [], "shards": []}, "$.tasks: "),
    "unknown keys": ({"secret": 1}, "$: Additional properties are not allowed"),
    "no time": ({"limits": {**json.loads(PLAN.to_json())["limits"], "seconds": 0}}, "$.limits."),
    "a commit without a pull request": ({"pull": None}, "`pull` and `head_sha` belong together"),
    "a smoke run nobody asked for": ({"smoke": True}, "`smoke` is not what `request` says"),
    "shards that begin at 2": (
        {"shards": [{"number": 2, "tasks": ["STS12"], "seconds": 1}]},
        "the shards are not numbered from 1 on",
    ),
    "a task twice": (
        {"tasks": [{"name": "STS12", "subsets": 1, "seconds": 1, "shard": 1}] * 2},
        "the task STS12 stands in it twice",
    ),
    "a shard with another's task": (
        {
            "shards": [
                {"number": 1, "tasks": ["STS12"], "seconds": 1},
                {"number": 2, "tasks": ["STSBenchmark"], "seconds": 1},
            ]
        },
        "a shard's tasks are not those that name it",
    ),
    "a task of no shard": (
        {"shards": [{"number": 1, "tasks": ["STSBenchmark"], "seconds": 1}]},
        "a task names a shard that is not there",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "why"), REFUSED.values(), ids=REFUSED)
def test_refused(changes, why):
    with pytest.raises(CannotReadPlan) as caught:
        plan_from(written(**changes))
    assert why in caught.value.message
    assert caught.value.exit_code == ExitCode.INFRASTRUCTURE


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "not strict JSON"),
        (written().replace(b"32.5", b"NaN"), "NaN is not JSON"),
        (b"[" * 100_000, "not strict JSON"),
        (b" " * (MAX_BYTES + 1), "larger than 2 MiB"),
        (b"null", "is not of type 'object'"),
    ],
    ids=["cut", "NaN", "deep", "large", "null"],
)
def test_what_is_no_plan_at_all_is_refused(content, why):
    with pytest.raises(CannotReadPlan, match=why):
        plan_from(content)


def test_a_missing_plan_is_named(tmp_path):
    with pytest.raises(CannotReadPlan, match=r"plan\.json: No such file"):
        load_plan(tmp_path / "plan.json")
