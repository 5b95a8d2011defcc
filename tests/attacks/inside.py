"""Attacks from inside of the sandbox: a script that runs where a stranger's model runs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent

from sandbox_made import SMALL, Ran, needs_sandbox
from test_sandbox_limits import ATTACKS as LIMITS

from runners.sandbox.folder import EVALUATION, lent
from runners.sandbox.limits import Limits
from runners.sandbox.profiles import OUTPUT, Place, evaluating
from runners.sandbox.supervisor import run_inside
from tests.attacks.attack import ROOT, Attack, Lab, explained, leave, require

_SECRET = "planted-7d1e"  # noqa: S105 -- what the attackers look for
_HONEST = """
import os
found = [f"{{place}}/{{name}}" for place, _, names in os.walk("/") for name in names if {mark!r} in name]
print("honest", sum(range(1000)), found)
"""
_MOST_SECONDS = 20


@dataclass
class Cell:
    """A sandbox on a machine that holds secrets: in the environment, in files, in a neighbour's memory."""

    lab: Lab

    def attack(self, script: str, limits: Limits = SMALL) -> Ran:
        """Run the attacker's script as an evaluation is run; first it leaves its mark wherever it can."""
        return self.run(dedent(leave(self.lab)) + dedent(script), limits)

    def run(self, script: str, limits: Limits = SMALL) -> Ran:
        """Run a script."""
        output, lines = self.lab.folder / "out", []
        with lent(output, EVALUATION) as user:
            profile = evaluating("attack", (Place(output, OUTPUT, writable=True),), limits, user)
            ended = run_inside(profile, [sys.executable, "-P", "-c", script], limits, lines.append)
        return Ran(ended, [line.removeprefix("│ ") for line in lines], output)


def _from_inside(attack: Callable[[Cell], str]) -> Callable[[Lab], str]:
    """Afterwards a second script in the same folder finds nothing of the first, and does its work."""

    def try_it(lab: Lab) -> str:
        needs_sandbox()
        for name in ("GITHUB_TOKEN", "HF_TOKEN", "ACTIONS_RUNTIME_TOKEN"):
            lab.patch.setenv(name, _SECRET)
        cell = Cell(lab)
        began = time.monotonic()
        words = attack(cell)
        require(time.monotonic() - began < _MOST_SECONDS, "the machine's time")
        honest = cell.run(_HONEST.format(mark=lab.mark))
        require(
            honest.lines == ["honest 499500 []"],
            f"the next run's result: {honest.lines}, {honest.ended}",
        )
        left = [
            path for path in honest.output.rglob("*") if path.name not in {".sandboxed", "state"}
        ]
        require(not left, f"files for the next run: {left}")
        return words

    return try_it


def _limit(name: str, **limits: float) -> Callable[[Lab], str]:
    """An attack on time, memory, processes or disk, as the tests of the sandbox have it."""
    script, (_, words) = LIMITS[name]

    def attack(cell: Cell) -> str:
        ran = cell.attack(dedent(script), replace(SMALL, files=2000, **limits))
        require(ran.ended.failure, f"as much as it likes: {ran.ended}")
        require(len("".join(ran.lines)) < 5 * 2**20, "the job's log")
        return explained(ran.ended.failure.message, f"stopped{words}")

    return _from_inside(attack)


@_from_inside
def _network(cell: Cell) -> str:
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0{cell.lab.mark}")
        abstract.listen()
        ran = cell.attack(f"""
            import socket
            for family, address in (
                (socket.AF_INET, ("127.0.0.1", {tcp.getsockname()[1]})), (socket.AF_INET, ("192.0.2.1", 443)),
                (socket.AF_INET, ("169.254.169.254", 80)), (socket.AF_UNIX, "\\0{cell.lab.mark}"), (40, (2, 1024)),
            ):
                try:
                    socket.socket(family).connect(address)
                    print("reached", address)
                except OSError as error:
                    print(error.strerror)
            try:
                print("reached", socket.getaddrinfo("huggingface.co", 443)[0][4])
            except OSError as error:
                print("no name", error.errno)
        """)
        for listener in (tcp, abstract):
            listener.setblocking(False)
            try:
                listener.accept()
            except BlockingIOError:
                continue
            require(False, "a connection to a neighbour on the machine")
    require(len(ran.lines) == 6 and "reached" not in str(ran.lines), f"a connection: {ran.lines}")
    return explained("\n".join(ran.lines), "Network is unreachable")


@_from_inside
def _tokens(cell: Cell) -> str:
    """In the environment, git's settings, the list of processes, other processes' memory, and every file."""
    folder = cell.lab.folder
    planted = [folder / ".git" / "config", folder / ".config" / "gh" / "hosts.yml", folder / "event.json", Path.home() / f".{cell.lab.mark}-secret"]  # fmt: skip
    for path in planted:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"extraheader = AUTHORIZATION: basic {_SECRET}\n")
    neighbour = subprocess.Popen(["sleep", "60" ], env={"HF_TOKEN": _SECRET, "PATH": os.environ["PATH"]})  # fmt: skip
    try:
        ran = cell.attack(f"""
            import os, pathlib, subprocess
            secret = "planted-" + "7d1e"
            if secret in str(os.environ) or any(word in name for name in os.environ for word in ("TOKEN", "SECRET", "GITHUB", "ACTIONS")):
                print("found in the environment", sorted(os.environ))
            for command in (["git", "config", "--list", "--show-origin"], ["ps", "auxe"]):
                try:
                    if secret in subprocess.run(command, capture_output=True, text=True).stdout:
                        print("found by", command)
                except OSError as error:
                    pass
            processes = [p for p in os.listdir("/proc") if p.isdigit()]
            paths = [*map(pathlib.Path, {list(map(str, planted))!r})]
            for pid in [*processes, str({neighbour.pid}), str({os.getpid()})]:
                paths += [pathlib.Path("/proc", pid, name) for name in ("environ", "cmdline", "mem")]
            for folder, folders, files in os.walk("/"):
                folders[:] = [f for f in folders if os.path.join(folder, f) not in ("/proc", "/sys", "/usr", {sys.prefix!r}, {sys.base_prefix!r})]
                paths += [pathlib.Path(folder, file) for file in files]
            for path in paths:
                try:
                    if path.is_file() and secret.encode() in path.read_bytes():
                        print("found in", path)
                except OSError:
                    pass
            print("looked at", len(paths) > 50, "files and at", len(processes) < 6, "processes")
        """)
    finally:
        neighbour.kill()
        neighbour.wait()
        planted[-1].unlink()
    require(
        not any(_SECRET in line or line.startswith("found") for line in ran.lines),
        f"a token: {ran.lines}",
    )
    return explained("\n".join(ran.lines), "looked at True files and at True processes")


@_from_inside
def _log_commands(cell: Cell) -> str:
    """GitHub takes a line that begins with `::`, or holds `##[`, for a command of the job itself."""
    lines: list[str] = []
    output = cell.lab.folder / "out"
    script = r"""
        import sys
        print("::error file=a,line=1::Approved"); print("  ::set-output name=shards::[99]"); print("x\r::add-mask::e")
        print("##[add-path]/tmp"); print("::stop-commands::never"); print("\x1b]0;title\x07\x1b[2J")
        sys.stdout.write("::group::" + "y" * 3000); sys.stderr.write("\n::warning::from stderr\n")
    """
    with lent(output, EVALUATION) as user:
        profile = evaluating("attack", (Place(output, OUTPUT, writable=True),), SMALL, user)
        run_inside(profile, [sys.executable, "-c", dedent(script)], SMALL, lines.append)
    require(len(lines) >= 7, "that its lines are lost")
    acting = [
        line for line in lines if line.lstrip().startswith("::") or "##[" in line or "\x1b" in line
    ]
    require(not acting, f"a command to the job: {acting}")
    return explained("\n".join(lines), "│ ::error file=a,line=1::Approved")


@_from_inside
def _links(cell: Cell) -> str:
    secret = cell.lab.folder / "secret"
    secret.write_text(_SECRET)
    ran = cell.attack(f"""
        import os
        os.symlink({str(secret)!r}, "/output/report.json"); os.symlink({str(secret)!r}, "/output/runner.log")
        os.makedirs("/output/results"); os.symlink("/etc", "/output/results/etc"); os.mkfifo("/output/results/pipe")
        os.link("/etc/passwd", "/output/results/hard.json") if os.access("/etc/passwd", os.W_OK) else None
        open("/output/results/a\\n::error::b.json", "w").write("1"); open("/output/evil.sh", "w").write("1")
        open("/output/results/setuid", "w").write("1"); os.chmod("/output/results/setuid", 0o6777)
        print("made")
    """)
    kept = [
        path
        for path in ran.output.rglob("*")
        if path.is_symlink() or not (path.is_file() or path.is_dir())
    ]
    require(not kept, f"links among what is uploaded: {kept}")
    names = {path.name for path in ran.output.rglob("*") if path.is_file()}
    require(names <= {".sandboxed", "setuid", "hard.json"}, f"files of its own: {names}")
    require(secret.read_text() == _SECRET, "a file of the machine, changed")
    for path in (ran.output / "results").iterdir():
        path.unlink()
    (ran.output / "results").rmdir()
    return explained("\n".join(ran.lines), "made")


@_from_inside
def _rights(cell: Cell) -> str:
    ran = cell.attack("""
        import ctypes, os
        print("capabilities", *{line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm"))})
        libc = ctypes.CDLL(None, use_errno=True)
        numbers = {"x86_64": (250, 321, 298, 425), "aarch64": (219, 280, 241, 425)}[os.uname().machine]
        for name, call in {
            "user namespace": lambda: libc.unshare(0x10000000), "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
            "root": lambda: libc.setuid(0) or os.getuid() == 0 or -1, "ptrace of 1": lambda: libc.ptrace(16, 1, 0, 0),
            "keys": lambda: libc.syscall(numbers[0], 0, -3, 0), "bpf": lambda: libc.syscall(numbers[1], 0, 0, 0),
            "perf": lambda: libc.syscall(numbers[2], 0, 0, 0, 0, 0), "io_uring": lambda: libc.syscall(numbers[3], 8, 0),
        }.items():
            print(name, "refused" if call() == -1 else "GRANTED")
        for path in ("/dev/mem", "/dev/kmsg", "/proc/sysrq-trigger", "/sys/fs/cgroup/cgroup.procs", "/proc/sys/kernel/core_pattern"):
            try:
                open(path, "r+b").close()
                print(path, "GRANTED")
            except OSError:
                pass
    """)
    require("GRANTED" not in str(ran.lines), f"a right: {ran.lines}")
    return explained("\n".join(ran.lines), "capabilities 0000000000000000")


@_from_inside
def _survivors(cell: Cell) -> str:
    """Processes that ignore signals and have left their session, while the run itself ends well."""
    ran = cell.attack("""
        import os, signal, time
        for _ in range(5):
            if os.fork() == 0:
                os.setsid()
                for number in range(1, 65):
                    try: signal.signal(number, signal.SIG_IGN)
                    except (OSError, ValueError): pass
                if os.fork() == 0:
                    time.sleep(300)
                os._exit(0)
        print("left", flush=True)
    """)
    require(ran.ended.code == 0, f"that an honest end is a failure: {ran.ended}")
    return explained("\n".join(ran.lines), "left")


@_from_inside
def _supervisor_killed(cell: Cell) -> str:
    """The job is killed from outside while the attacker's processes run."""
    from test_sandbox_limits import SUPERVISED

    script = f"import time; print('began {cell.lab.mark}', flush=True); time.sleep(300)"
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISED, str(cell.lab.folder / "other"), script], cwd=ROOT, stdout=subprocess.PIPE, text=True)  # fmt: skip
    said = next((line for line in supervisor.stdout or () if "began" in line), "")
    supervisor.send_signal(signal.SIGKILL)
    supervisor.communicate(timeout=20)
    return explained(said, "began")


def _attack(id_: str, title: str, threat: str, try_it: Callable[[Lab], str], invariant: str = "sandbox", **more: bool) -> Attack:  # fmt: skip
    return Attack(id_, "B", title, threat, invariant, try_it, **more)


ATTACKS = (
    _attack("socket", "a socket", "The model's process talks to the Internet, the cloud's metadata, a neighbour on the machine.", _network),
    _attack("token-search", "a search for tokens", "It looks in the environment, git's settings, other processes and every file.", _tokens, slow=True),
    _attack("sandbox-log", "workflow commands in the log", "It prints what GitHub's runner takes for commands of the job.", _log_commands, slow=True),
    _attack("left-links", "links among the results", "It leaves links, pipes and odd names for the upload of artifacts to follow.", _links, slow=True),
    _attack("rights", "more rights", "It asks the kernel for namespaces, mounts, keys, tracing, devices.", _rights, slow=True),
    _attack("fork-bomb", "a fork bomb", "It starts processes until the machine stands still.", _limit("fork bomb"), "limits", slow=True),
    _attack("memory-hog", "all the memory", "Many processes together take all the memory.", _limit("memory hog of many processes"), "limits", slow=True),
    _attack("full-disk", "all the disk", "It writes until the disk is full.", _limit("one large file"), "limits", slow=True),
    _attack("many-files", "a million files", "It uses up the disk's inodes.", _limit("many files"), "limits", slow=True),
    _attack("unnamed-files", "files without a name", "It fills the disk with files that it has deleted.", _limit("files without a name"), "limits", slow=True),
    _attack("endless-run", "an endless run", "It ignores every signal and never ends.", _limit("endless run", seconds=2), "limits", slow=True),
    _attack("endless-log", "an endless log", "It prints for ever.", _limit("endless output", seconds=2), "limits", slow=True),
    _attack("survivors", "processes that stay", "It leaves processes behind for the next job.", _survivors, "limits", slow=True),
    _attack("killed-supervisor", "processes of a killed job", "The job is killed, and what it started goes on.", _supervisor_killed, "limits", slow=True),
)  # fmt: skip
