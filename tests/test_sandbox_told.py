"""What a sandbox is asked for, and what is told of how it ended: pure, without one."""

import hashlib
import json
import struct

import pytest

from runners.failures import Failure
from runners.left_behind import disagreement, report_left, report_so_far, unmeasured
from runners.planned import NotWhatWasPlanned, planned_run
from runners.sandbox.cgroup import control_group
from runners.sandbox.limits import Limits, Usage, exceeded
from runners.sandbox.output import UntrustedLines
from runners.sandbox.profile import Bind, Descriptors, Profile, User, command_line
from runners.sandbox.syscalls import system_call_filter
from runners.sandboxed import worth_another_try
from runners.task_selection import select_tasks
from schemas.errors import UsageError
from schemas.validate import violations
from tests.planned_made import Planned

LIMITS = Limits(seconds=7200, memory_bytes=10**9, disk_bytes=2 * 10**9, processes=10, files=5)
PROFILE = Profile(
    binds=(
        Bind("/usr", "/usr"),
        Bind("/out", "/output", writable=True),
        Bind("/dev/nvidia0", "/dev/nvidia0", device=True),
    ),
    environment={"LANG": "C"},
    files={"/etc/passwd": "x"},
    folders={"/tmp": 1000},  # noqa: S108 - the inside's own
)


def words(profile: Profile) -> str:
    return " ".join(command_line(profile, ["python"], Descriptors({"/etc/passwd": 3}, 4, 5, 6)))


def test_everything_is_unshared_and_the_root_is_closed_last():
    line = words(PROFILE)
    assert line == (
        "bwrap --unshare-ipc --unshare-pid --unshare-uts --unshare-cgroup-try --hostname sandbox"
        " --unshare-net --unshare-user --disable-userns --die-with-parent --new-session --cap-drop ALL"
        " --proc /proc --dev /dev --perms 1777 --size 1000 --tmpfs /tmp --perms 0755 --dir /etc"
        " --ro-bind /usr /usr --bind /out /output --dev-bind /dev/nvidia0 /dev/nvidia0"
        " --perms 0644 --ro-bind-data 3 /etc/passwd --remount-ro /dev --remount-ro /"
        " --chdir / --seccomp 6 --info-fd 4 --block-fd 5"
        " -- prlimit --nproc=4160 --fsize=100016777216 --core=0 -- python"
    )


def test_root_becomes_somebody_without_rights():
    line = words(Profile((), {}, files={"/etc/passwd": "x"}, user=User(61184, 61184, (44,))))
    assert "--unshare-user" not in line
    end = line.partition(" -- ")[2]
    assert end.endswith("setpriv --reuid=61184 --regid=61184 --groups=44 --inh-caps=-all -- python")


def test_only_what_brings_things_has_a_network():
    assert "--unshare-net" not in words(Profile((), {}, files={"/etc/passwd": "x"}, network=True))


@pytest.mark.parametrize(
    ("usage", "kind", "message"),
    [
        (Usage(7200, 10**9, 2 * 10**9, 10, 5), None, None),
        (Usage(seconds=7201), "timeout", "stopped at the time limit of 2 h"),
        (Usage(memory_bytes=10**9 + 1), "out_of_memory", "stopped: used more than 1 GB of memory"),
        (Usage(disk_bytes=2 * 10**9 + 1), "submission", "stopped: wrote more than 2 GB"),
        (Usage(processes=11), "submission", "stopped: more than 10 processes and threads"),
        (Usage(files=6), "submission", "stopped: wrote more than 5 files"),
    ],
)
def test_every_limit_is_told_by_its_name(usage, kind, message):
    failure = exceeded(usage, LIMITS)
    assert (failure and failure.kind, failure and failure.message) == (kind, message)


def test_every_line_is_marked_so_that_none_begins_as_a_command():
    lines = UntrustedLines(most_bytes=60)
    assert lines.feed(b"::error::a\n::stop-") == ["│ ::error::a"]
    assert lines.feed(b"commands::b\n\n" + b"c" * 100 + b"\nd\n") == [
        "│ ::stop-commands::b",
        "│ " + "c" * 100,
        "│ … what follows is not shown",
    ]
    assert lines.feed(b"more\n") == lines.close() == []


def test_a_line_without_an_end_takes_no_memory():
    lines = UntrustedLines()
    for _ in range(100):
        assert lines.feed(b"x" * 2**16) == []
    assert len(lines._pending) <= 4000
    assert lines.close() == ["│ " + "x" * 999 + "…"]


@pytest.mark.parametrize(
    ("errors", "again"),
    [
        ([[]], False),
        ([[("submission", "x")]], False),
        ([[("infrastructure", "x"), ("submission", "y")]], True),
        ([[("infrastructure", "x")], [("infrastructure", "x")]], False),
        ([[("infrastructure", "x")], [("infrastructure", "y")]], True),
        ([[("infrastructure", "x")], [("infrastructure", "y")], [("infrastructure", "z")]], False),
        ([[("infrastructure", "x"), ("timeout", "y")]], False),
        ([[("out_of_memory", "x")]], False),
    ],
)
def test_only_our_machine_s_failures_are_tried_again_and_not_for_ever(errors, again):
    assert worth_another_try(errors) is again


def test_what_a_killed_supervisor_left_is_removed_and_nothing_kept_that_holds_nothing(tmp_path):
    own = tmp_path / "memory" / "job"
    own.mkdir(parents=True)
    abandoned = own / "mteb-sandbox-999999999-1"
    abandoned.mkdir()
    with control_group(LIMITS, tmp_path, "3:memory:/job\n2:cpu:/job\n") as group:
        assert list(own.iterdir()) == []  # where nothing is mounted, a group has no limits
        assert group.killed_for_memory() is False


def run_filter(program: bytes, architecture: int, number: int, argument: int = 0) -> int:
    """What the kernel would answer: the few instructions of classic BPF that the filter has."""
    data = {0: number, 4: architecture, 16: argument}
    at = held = 0
    while True:
        code, yes, no, value = struct.unpack_from("=HBBI", program, 8 * at)
        at += 1
        match code:
            case 0x20:
                held = data[value]
            case 0x06:
                return value
            case 0x15:
                at += yes if held == value else no
            case 0x35:
                at += yes if held >= value else no
            case 0x45:
                at += yes if held & value else no


ALLOWED, REFUSED, UNKNOWN, NO_FAMILY = 0x7FFF0000, 0x00050001, 0x00050026, 0x00050061


@pytest.mark.parametrize(
    ("machine", "architecture", "numbers"),
    [
        ("x86_64", 0xC000003E, (0, 56, 272, 41, 250)),
        ("aarch64", 0xC00000B7, (63, 220, 97, 198, 219)),
    ],
)
def test_the_filter_refuses_what_namespaces_do_not_hold(machine, architecture, numbers):
    read, clone, unshare, socket, keyctl = numbers
    program = system_call_filter(machine)

    def answer(number, argument=0):
        return run_filter(program, architecture, number, argument)

    assert answer(read) == ALLOWED
    assert answer(keyctl) == REFUSED
    assert answer(435) == UNKNOWN  # clone3
    assert answer(clone, 0x01200011) == ALLOWED  # fork
    assert answer(clone, 0x003D0F00) == ALLOWED  # a thread
    assert answer(clone, 0x10000011) == REFUSED  # a user namespace
    assert answer(unshare, 0x400) == ALLOWED
    assert answer(unshare, 0x80) == REFUSED  # a time namespace
    assert [answer(socket, family) for family in (1, 2, 10, 16)] == [ALLOWED] * 4
    assert [answer(socket, family) for family in (0, 17, 38, 40)] == [NO_FAMILY] * 4
    assert run_filter(program, 0x40000003, read) == REFUSED  # the 32-bit table
    assert system_call_filter("riscv64") == b""


@pytest.fixture
def planned(tmp_path):
    return Planned(tmp_path).write()


def load(planned, shard=1):
    return planned_run(planned.folder / "plan.json", planned.root, shard)


def test_a_plan_is_run_only_with_the_files_it_was_made_for(planned, tmp_path):
    assert load(planned).shard.tasks == ("STSBenchmark", "AcmeNews")
    with pytest.raises(UsageError, match="--shard 2: the plan has 1"):
        load(planned, 2)
    planned.config.write_text(planned.config.read_text() + "\n")
    with pytest.raises(NotWhatWasPlanned, match="is not the file that was planned"):
        load(planned)
    for elsewhere in (tmp_path / "elsewhere.yaml", planned.root / "elsewhere.yaml"):
        planned.write()
        planned.config.rename(elsewhere)
        planned.config.symlink_to(elsewhere)
        with pytest.raises(NotWhatWasPlanned, match="is no file below"):
            load(planned)
        planned.config.unlink()


@pytest.mark.parametrize("place", ["outside", "link", "linked folder"])
def test_a_task_file_must_lie_in_the_submission(planned, tmp_path, place):
    pytest.importorskip("mteb")
    news = planned.config.with_name("news.yaml")
    outside = tmp_path / "news.yaml"
    news.rename(outside)
    entry = "news.yaml"
    if place == "outside":
        entry = "../../../news.yaml"
    elif place == "link":
        news.symlink_to(outside)
    else:
        news.parent.joinpath("folder").symlink_to(tmp_path)
        entry = "folder/news.yaml"
    config = json.loads(planned.config.read_text())
    config["evaluate"]["tasks"] = [entry]
    planned.config.write_text(json.dumps(config))
    planned.write_plan()
    run = load(planned)
    (task,) = select_tasks(run.config, {}, root=run.root)
    assert task.failure is not None
    assert task.failure.kind == "submission"
    assert "leads out of the project's folder, or is a link" in task.failure.message


def finished(planned):
    """A report of this run as the inside writes it, its first task completed."""
    run = load(planned)
    report = unmeasured(run, None, interrupted=True)
    assert violations(report, "report") == []
    return run, report


def test_a_report_is_believed_only_where_it_is_about_the_plan(planned):
    run, report = finished(planned)
    assert disagreement(report, run) is None
    changes = [
        {"smoke": True},
        {"model": {**report["model"], "revision": "9" * 40}},
        {"provenance": {**report["provenance"], "head_sha": "b" * 40}},
        {"provenance": {**report["provenance"], "config_sha256": hashlib.sha256().hexdigest()}},
        {"tasks": [*report["tasks"], {**report["tasks"][0], "name": "STS12"}]},
        {"tasks": [report["tasks"][0], report["tasks"][0]]},
        {"status": "completed", "tasks": report["tasks"][:1]},
        {"surprise": 1},
    ]
    assert all(disagreement({**report, **change}, run) for change in changes)


def test_what_is_left_is_read_with_bounds(planned, tmp_path):
    run, report = finished(planned)
    assert report_left(tmp_path, run) is None
    (tmp_path / "report.json").write_text(json.dumps(report))
    assert report_left(tmp_path, run) == report
    (tmp_path / "report.json").write_text(json.dumps(report).replace('"seconds": 0.0', '"seconds": NaN'))  # fmt: skip
    assert report_left(tmp_path, run) is None
    (tmp_path / "report.json").write_text("[" * 100_000)
    assert report_left(tmp_path, run) is None


def test_the_task_that_ran_is_told_why_it_was_stopped(planned, tmp_path):
    run, report = finished(planned)
    (tmp_path / "state").mkdir()
    note = {"running": "AcmeNews", "report": report}
    (tmp_path / "state" / "progress.json").write_text(json.dumps(note))
    stopped = report_so_far(tmp_path, run, Failure("timeout", "too slow"), interrupted=False)
    assert violations(stopped, "report") == []
    assert stopped["status"] == "failed"
    assert stopped["error"] is None
    assert [task["status"] for task in stopped["tasks"]] == ["not_run", "failed"]
    assert stopped["tasks"][1]["error"]["kind"] == "timeout"
    interrupted = report_so_far(tmp_path, run, None, interrupted=True)
    assert [task["status"] for task in interrupted["tasks"]] == ["not_run", "not_run"]
    assert interrupted["status"] == "interrupted"


def test_a_note_that_lies_is_not_believed(planned, tmp_path):
    run, report = finished(planned)
    (tmp_path / "state").mkdir()
    report["model"]["name"] = "acme/other"
    note = tmp_path / "state" / "progress.json"
    for lie in (json.dumps({"running": None, "report": report}), "[]", '{"report": 1}', "no JSON"):
        note.write_text(lie)
        told = report_so_far(tmp_path, run, Failure("infrastructure", "killed"), interrupted=False)
        assert violations(told, "report") == []
        assert told["model"]["name"] == "acme/tiny"
        assert told["error"]["message"] == "killed"
