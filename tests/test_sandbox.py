"""What a script in the sandbox cannot reach: each test is an attempt, made for real."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from runners.sandbox.profiles import Place
from tests.sandbox_made import SMALL, inside  # noqa: F401 - a fixture

SECRET = "planted-6f1c2a"  # noqa: S105 - what the tests look for


def test_no_listener_of_this_machine_is_reached(inside):  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind("\0mteb-sandbox-test")
        abstract.listen()
        ran = inside(f"""
            import socket
            for family, address in (
                (socket.AF_INET, ("127.0.0.1", {tcp.getsockname()[1]})),
                (socket.AF_UNIX, "\\0mteb-sandbox-test"),
                (40, (2, 1024)),  # the hypervisor, through AF_VSOCK
                (socket.AF_INET, ("192.0.2.1", 80)),
            ):
                try:
                    socket.socket(family).connect(address)
                    print("reached", address)
                except OSError as error:
                    print(error.strerror)
        """)
        for listener in (tcp, abstract):
            listener.setblocking(False)
            with pytest.raises(BlockingIOError):
                listener.accept()
    assert ran.lines == [
        "Connection refused",
        "Connection refused",
        "Address family not supported by protocol",
        "Network is unreachable",
    ]


def test_no_secret_of_the_job_is_read(inside, tmp_path, monkeypatch):  # noqa: F811
    names = ("GITHUB_TOKEN", "HF_TOKEN", "ACTIONS_RUNTIME_TOKEN", "AWS_SECRET_ACCESS_KEY")
    for name in names:
        monkeypatch.setenv(name, SECRET)
    planted = [tmp_path / ".credentials", tmp_path / ".git" / "config", tmp_path / "out-of-sight"]
    for path in planted:
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"token = {SECRET}\n")
    planted.append(Path.home() / ".mteb-sandbox-test")
    planted[-1].write_text(SECRET)
    neighbour = subprocess.Popen(["sleep", "60"], env={"HF_TOKEN": SECRET, "PATH": os.environ["PATH"]})  # fmt: skip
    try:
        ran = inside(f"""
            import os, pathlib
            print("environment", sorted(os.environ))
            secret = "planted-" + "6f1c2a"
            paths = [*map(pathlib.Path, {list(map(str, planted))}), *pathlib.Path("/proc").glob("*/environ")]
            skipped = ("/proc", "/sys", "/usr", {sys.prefix!r}, {sys.base_prefix!r})
            for folder, folders, files in os.walk("/"):
                folders[:] = [f for f in folders if os.path.join(folder, f) not in skipped]
                paths += [pathlib.Path(folder, file) for file in files]
            for path in paths:
                try:
                    if path.is_file() and secret.encode() in path.read_bytes():
                        print("found in", path)
                except OSError:
                    pass
            print("looked at", len(paths) > 20)
            print(*(p for p in os.listdir("/proc") if p.isdigit()), "processes")
        """)
    finally:
        neighbour.kill()
        neighbour.wait()
        planted[-1].unlink()
    environment, *rest = ran.lines
    assert rest[0] == "looked at True", rest
    assert rest[1].split()[-1] == "processes"
    assert len(rest[1].split()) <= 4, "only its own processes"
    words = environment.replace("TOKENIZERS_PARALLELISM", "")  # harmless, and set by the tokenizers
    assert not any(word in words for word in ("TOKEN", "SECRET", "GITHUB", "ACTIONS"))
    assert "HF_HUB_OFFLINE" in environment


def test_only_the_output_folder_and_private_memory_can_be_written(inside, tmp_path):  # noqa: F811
    given = tmp_path / "given"
    given.mkdir()
    (given / "model").write_text("weights")
    given.chmod(0o777)
    (given / "model").chmod(0o666)
    ran = inside(
        f"""
        import os, pathlib, sys
        for folder in ("/", "/usr", "/etc", "/dev", "/proc/sys/kernel", "/run", "/given", {sys.prefix!r}, "/output", "/tmp", "/dev/shm"):
            try:
                (pathlib.Path(folder) / "attempt").write_text("x")
                print("wrote", folder)
            except OSError:
                pass
        for path in ("/given/model", "/proc/sysrq-trigger", "/etc/passwd"):
            try:
                open(path, "a").close()
                print("opened", path)
            except OSError:
                pass
        """,
        SMALL,
        Place(given, "/given"),
    )
    assert ran.lines == ["wrote /output", "wrote /tmp", "wrote /dev/shm"]
    assert [path.name for path in given.iterdir()] == ["model"]
    assert not Path("/tmp/attempt").exists()  # noqa: S108 - the machine's own


def test_nothing_is_inherited_and_no_right_can_be_had(inside):  # noqa: F811
    with open("/etc/hostname", encoding="utf-8") as held:  # noqa: PTH123 - a descriptor to leak
        os.set_inheritable(held.fileno(), True)
        ran = inside("""
            import ctypes, os
            listed = os.listdir("/proc/self/fd")
            print(len(listed) - 1, "descriptors, standard input", os.readlink("/proc/self/fd/0"))
            print("root" if os.getuid() == 0 else "not root", *(line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm", "NoNewPrivs"))))
            libc = ctypes.CDLL(None, use_errno=True)
            for name, call in {
                "user namespace": lambda: libc.unshare(0x10000000),
                "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
                "root": lambda: libc.setuid(0) or os.getuid() == 0 or -1,
                "keys": lambda: libc.syscall({"x86_64": 250}.get(os.uname().machine, 219), 0, -3, 0),
            }.items():
                print(name, "refused" if call() == -1 else "GRANTED")
        """)
    assert ran.lines[0] == "3 descriptors, standard input /dev/null"
    assert ran.lines[1] == "not root 0000000000000000 0000000000000000 1"
    assert ran.lines[2:] == ["user namespace refused", "mount refused", "root refused", "keys refused"]  # fmt: skip


def test_what_it_prints_is_no_command_to_the_job(inside):  # noqa: F811
    ran = inside(r"""
        import sys
        print("::error::x"); print("  ::set-output name=a::b"); print("a\r::add-mask::b")
        print("##[add-mask]c"); print("\x1b[2J\x07 bell"); print("x" * 100_000)
        sys.stdout.flush(); sys.stdout.buffer.write(b"\xff\xfe no text\nlast line, without its end")
    """)
    assert ran.lines == [
        "::error::x",
        "  ::set-output name=a::b",
        "a",
        "::add-mask::b",
        "# #[add-mask]c",
        "\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER} bell",
        "x" * 999 + "…",
        "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} no text",
        "last line, without its end",
    ]


def test_what_it_leaves_is_plain_files_with_the_names_we_know(inside, tmp_path):  # noqa: F811
    (tmp_path / "secret").write_text(SECRET)
    ran = inside(f"""
        import os
        os.symlink({str(tmp_path / "secret")!r}, "/output/report.json")
        os.mkdir("/output/results"); os.symlink("/", "/output/results/everything")
        os.mkfifo("/output/results/pipe"); os.mkdir("/output/runner.log")
        for name in ("a\\nb.json", 'quote".json', "fine.json"):
            open("/output/results/" + name, "w").write("1")
        os.mkdir("/output/results/closed"); open("/output/results/closed/in.json", "w").write("1")
        os.chmod("/output/results/closed", 0)
        open("/output/evil.sh", "w").write("1"); os.chdir("/output/results")
        for _ in range(200):
            os.mkdir("d" * 100); os.chdir("d" * 100)
    """)
    assert ran.ended.code == 0, ran.lines
    left = {str(path.relative_to(ran.output)) for path in ran.output.rglob("*") if path.is_file()}
    assert left == {".sandboxed", "results/fine.json", "results/closed/in.json"}
    assert not any(path.is_symlink() for path in ran.output.rglob("*"))
    assert max(len(path.parts) for path in ran.output.rglob("*")) < 60
    assert (tmp_path / "secret").read_text() == SECRET


def test_a_training_is_gone_on_with_and_its_model_is_left(inside):  # noqa: F811
    kept = ("training/one-42/checkpoints/checkpoint-3/optimizer.pt", "model/model.safetensors")
    ran = inside(f"""
        from pathlib import Path
        for name in {kept!r}:
            path = Path("/output") / name
            path.parent.mkdir(parents=True); path.write_text("1")
    """)
    assert ran.ended.code == 0, ran.lines
    again = inside(f"print(*[open('/output/' + name).read() for name in {kept!r}])")
    assert again.lines == ["1 1"]


def test_a_folder_of_somebody_else_is_never_taken(inside, tmp_path):  # noqa: F811
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("years of work")
    with pytest.raises(Exception, match="holds files of something else"):
        inside("print('never')")
    assert (tmp_path / "out" / "thesis.tex").exists()
