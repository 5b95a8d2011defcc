"""What may be asked beyond the config, and its one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.request import CannotUnderstandRequest, Request, parse_request
from schemas.errors import ExitCode
from schemas.mteb_index import mteb_index


@pytest.mark.parametrize(
    ("text", "request_", "canonical"),
    [
        ("", Request(), ""),
        ("  \t ", Request(), ""),
        ("--smoke", Request(smoke=True), "--smoke"),
        ("STS12", Request(tasks=("STS12",)), "STS12"),
        ("STS17  STS12\tSTS17", Request(tasks=("STS17", "STS12")), "STS17 STS12"),
        ("STS12 --smoke STS13", Request(True, ("STS12", "STS13")), "--smoke STS12 STS13"),
        ("--smoke --smoke", Request(smoke=True), "--smoke"),
        ("Touche2020Retrieval.v3", Request(tasks=("Touche2020Retrieval.v3",)), "Touche2020Retrieval.v3"),
    ],
)  # fmt: skip
def test_read(text, request_, canonical):
    assert parse_request(text) == request_
    assert request_.text == canonical


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        ("--smok", "there is no option `--smok`", "did you mean `--smoke`?"),
        ("--device cuda", "there is no option `--device`", "the only one is `--smoke`"),
        ("STS12,STS13", "`STS12,STS13` names no task", "write names of tasks as mteb has them"),
        ("../../etc", "`../../etc` names no task", "write names of tasks"),
        ("$(id)", "`$(id)` names no task", "write names of tasks"),
        ("x\x1b[31m", "`x\N{REPLACEMENT CHARACTER}[31m` names no task", "write names of tasks"),
        (" ".join(f"T{n}" for n in range(201)), "more than 200 tasks are named", "name fewer"),
        ("a" * 201, f"`{'a' * 59}…` names no task", "write names of tasks"),
    ],
)
def test_refused(text, message, fix):
    with pytest.raises(CannotUnderstandRequest) as caught:
        parse_request(text)
    assert caught.value.message == message
    assert caught.value.fix.startswith(fix)
    assert caught.value.exit_code == ExitCode.USAGE


def test_every_task_of_mteb_can_be_named():
    for name in mteb_index().task_names:
        assert parse_request(name).tasks == (name,)


@given(st.booleans(), st.lists(st.sampled_from(["STS12", "STS13", "a.b-c_d"]), unique=True))
def test_the_one_form_reads_as_the_same_request(smoke, tasks):
    request = Request(smoke, tuple(tasks))
    assert parse_request(request.text) == request
