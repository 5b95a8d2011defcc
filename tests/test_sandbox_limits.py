"""Attackers that use too much: each is stopped, told of, and leaves nothing on the machine."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from runners.sandbox.cgroup import control_group
from tests.sandbox_made import SMALL, control_groups, inside, processes_with  # noqa: F401 - a fixture

ROOT = Path(__file__).parent.parent
IMMORTAL = """
    import os, signal, sys
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
    while True:
        pass
"""
ATTACKS = {
    "fork bomb": (
        """
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
        """,
        ("submission", ": more than 100 processes and threads"),
    ),
    "thread bomb": (
        """
        import threading, time
        while True:
            try:
                threading.Thread(target=time.sleep, args=(100,)).start()
            except RuntimeError:
                pass
        """,
        ("submission", ": more than 100 processes and threads"),
    ),
    "memory hog": (
        """
        held = []
        while True:
            held.append(bytearray(5_000_000))
        """,
        ("out_of_memory", ": used more than 300 MB of memory"),
    ),
    "memory hog of many processes": (
        """
        import os, time
        for _ in range(20):
            if os.fork() == 0:
                held = os.urandom(30_000_000)
                time.sleep(100)
        time.sleep(100)
        """,
        ("out_of_memory", ": used more than 300 MB of memory"),
    ),
    "memory in files": (
        """
        import time
        for folder in ("/tmp", "/dev/shm"):
            with open(folder + "/x", "wb", 0) as file:
                try:
                    for _ in range(1000):
                        file.write(bytes(1_000_000))
                except OSError:
                    pass
        held = os_memory = bytearray(200_000_000)
        time.sleep(100)
        """,
        ("out_of_memory", ": used more than 300 MB of memory"),
    ),
    "one large file": (
        """
        with open("/output/x", "wb", 0) as file:
            while True:
                file.write(b"x" * 1_000_000)
        """,
        ("submission", ": wrote more than 40 MB"),
    ),
    "many files": (
        """
        for number in range(10**6):
            open(f"/output/{number}", "w").close()
        """,
        ("submission", ": wrote more than 2,000 files"),
    ),
    "files without a name": (
        """
        import os, time
        held = []
        for number in range(100):
            file = open("/output/x", "wb", 0)
            os.unlink("/output/x")
            file.write(b"x" * 1_000_000)
            os.fsync(file.fileno())
            held.append(file)
        time.sleep(100)
        """,
        ("submission", ": wrote more than 40 MB"),
    ),
    "endless run": (IMMORTAL, ("timeout", " at the time limit of 2 s")),
    "endless output": (
        """
        while True:
            print("x" * 1000)
        """,
        ("timeout", " at the time limit of 2 s"),
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_stopped_and_told_of(inside, attack):  # noqa: F811
    script, (kind, words) = ATTACKS[attack]
    limits = replace(SMALL, files=2000)
    if kind == "timeout":
        limits = replace(limits, seconds=2)
    began = time.monotonic()
    mark = f"attack-{os.getpid()}-{began}"
    ran = inside(f"{dedent(script)}\n# {mark}", limits)
    assert time.monotonic() - began < 15
    assert ran.ended.failure is not None, ran.lines[-3:]
    assert ran.ended.failure.kind == kind
    assert ran.ended.failure.message == f"stopped{words}"
    assert len("".join(ran.lines)) < 5 * 2**20
    assert processes_with(mark) == []
    assert [path.name for path in ran.output.rglob("*")] == [".sandboxed", "state"]
    assert control_groups(os.getpid()) == []


def test_a_run_within_its_limits_ends_as_it_likes(inside):  # noqa: F811
    ran = inside("import sys; print('done'); sys.exit(7)")
    assert (ran.ended.code, ran.ended.failure, ran.lines) == (7, None, ["done"])


def test_a_single_file_cannot_outgrow_the_disk_between_two_looks(inside):  # noqa: F811
    ran = inside("import resource; print(resource.getrlimit(resource.RLIMIT_FSIZE)[1], resource.getrlimit(resource.RLIMIT_CORE)[1])")  # fmt: skip
    assert ran.lines == [f"{SMALL.disk_bytes + 16 * 2**20} 0"]


def test_the_kernel_refuses_processes_even_before_the_watch_looks(inside):  # noqa: F811
    ran = inside("import resource; print(resource.getrlimit(resource.RLIMIT_NPROC)[1])")
    assert ran.lines == [str(SMALL.processes + 64)]


def test_memory_that_processes_share_counts_once(inside):  # noqa: F811
    ran = inside("""
        import os, time
        shared = os.urandom(120_000_000)
        children = []
        for _ in range(8):
            child = os.fork()
            if child == 0:
                time.sleep(1)
                os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        print("done")
    """)
    assert ran.lines == ["done"], ran.ended


def test_the_kernel_holds_the_memory_limit_where_it_lets_us():
    limits = replace(SMALL, memory_bytes=50_000_000)
    hog = [sys.executable, "-c", "input(); x = b'x' * 10**9"]
    with control_group(limits) as group:
        if not group.holds_memory:
            pytest.skip("this machine gives no control group for memory")
        with subprocess.Popen(hog, stdin=subprocess.PIPE) as process:
            group.admit(process.pid)
            process.communicate(b"go\n")
        assert process.returncode == -signal.SIGKILL
        assert group.killed_for_memory()
    assert control_groups(os.getpid()) == []


SUPERVISED = """
import sys
from pathlib import Path
from textwrap import dedent
from runners.interruption import stoppable
from runners.sandbox.cgroup import control_group
from tests.sandbox_made import SMALL, evaluating, lent, run_inside, EVALUATION, OUTPUT, Place
output = Path(sys.argv[1])
with stoppable(), lent(output, EVALUATION) as user:
    profile = evaluating("test", (Place(output, OUTPUT, writable=True),), SMALL, user)
    ended = run_inside(profile, [sys.executable, "-c", sys.argv[2]], SMALL, lambda line: print(line, flush=True))
print("interrupted", ended.interrupted, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_supervisor_leaves_nothing_running(inside, number, tmp_path):  # noqa: F811
    mark = f"mark{os.getpid()}{number}"
    script = f"import time; print({mark!r}, flush=True); time.sleep(100)"
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, tmp_path / "out", script],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert any(mark in line for line in supervisor.stdout)
    supervisor.send_signal(number)
    began = time.monotonic()
    said, _ = supervisor.communicate(timeout=10)
    while processes_with(mark) and time.monotonic() - began < 5:
        time.sleep(0.05)
    assert processes_with(mark) == []
    assert time.monotonic() - began < 5
    if number != signal.SIGKILL:
        assert said.strip() == "interrupted True"
        assert not (tmp_path / "out" / "state" / "scratch").exists()
    if number == signal.SIGKILL:  # it could not remove its control groups: the next sandbox does
        inside("pass")
    assert control_groups(supervisor.pid) == []
