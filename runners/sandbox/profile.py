"""A sandbox as frozen data, and bubblewrap's command line for it. Pure: nothing here asks the machine.

The root is empty but for what a profile lists; a read-only view of the whole machine would show the
credentials that a self-hosted GitHub runner keeps in files of the very user that runs the job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

# Enough above what the watch stops at, so that a stop is seen and told before the kernel refuses.
_SPARE_PROCESSES = 64
_SPARE_BYTES = 16 * 2**20


@dataclass(frozen=True)
class Bind:
    """A path of this machine that the inside sees at `target`; read-only unless `writable`."""

    source: str
    target: str
    writable: bool = False
    device: bool = False


@dataclass(frozen=True)
class User:
    """Whom root becomes inside: RLIMIT_NPROC binds nobody who is root, and root reads everybody's files."""

    uid: int
    gid: int
    groups: tuple[int, ...] = ()


@dataclass(frozen=True)
class Profile:
    """What the inside sees and may use.

    `links` maps a path to what it points to; `files` maps a path to the text it holds; `folders` maps a
    path to the size in bytes of an empty, private folder in memory. `environment` is all of it.
    `user` None keeps the user, in a user namespace of its own. `system_calls` is a filter in BPF.
    """

    binds: tuple[Bind, ...]
    environment: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, int] = field(default_factory=dict)
    network: bool = False
    user: User | None = None
    processes: int = 4096
    file_bytes: int = 10**11
    system_calls: bytes = b""


@dataclass(frozen=True)
class Descriptors:
    """Open files that bubblewrap inherits, by number.

    `files` holds the text of each of the profile's files, `system_calls` its filter if it has one;
    bubblewrap writes its child's process id to `info`; the inside waits until `gate` can be read.
    """

    files: Mapping[str, int]
    info: int
    gate: int
    system_calls: int | None = None


def command_line(profile: Profile, command: Sequence[str], descriptors: Descriptors) -> list[str]:
    """The words that run `command` in the sandbox."""
    calls = descriptors.system_calls
    return [
        "bwrap",
        *_namespaces(profile),
        "--die-with-parent",
        "--new-session",
        *("--cap-drop", "ALL"),
        *_root(profile, descriptors.files),
        *("--chdir", "/"),
        *(() if calls is None else ("--seccomp", str(calls))),
        *("--info-fd", str(descriptors.info), "--block-fd", str(descriptors.gate)),
        "--",
        *_limited(profile),
        *_as_user(profile.user),
        *command,
    ]


def _namespaces(profile: Profile) -> list[str]:
    words = ["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]
    words += ["--hostname", "sandbox"]
    if not profile.network:
        words += ["--unshare-net"]
    if profile.user is None:
        words += ["--unshare-user", "--disable-userns"]
    return words


def _root(profile: Profile, files: Mapping[str, int]) -> list[str]:
    """Private folders before what is bound into them; the empty root itself is closed last."""
    words = ["--proc", "/proc", "--dev", "/dev"]
    for target, size in profile.folders.items():
        words += ["--perms", "1777", "--size", str(size), "--tmpfs", target]
    for folder in _parents([*(bind.target for bind in profile.binds), *profile.files]):
        if folder not in profile.folders:
            words += ["--perms", "0755", "--dir", folder]
    for bind in profile.binds:
        words += [_bind_option(bind), bind.source, bind.target]
    for path, points_to in profile.links.items():
        words += ["--symlink", points_to, path]
    for path in profile.files:
        words += ["--perms", "0644", "--ro-bind-data", str(files[path]), path]
    if profile.user is not None:
        words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]  # given up in `_as_user`
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/"]


def _parents(paths: Sequence[str]) -> list[str]:
    """Every folder above `paths`, outermost first: made by itself, bubblewrap closes them to other users."""
    found = {str(above) for path in paths for above in PurePosixPath(path).parents}
    return sorted(found - {"/", "/dev", "/proc"})


def _bind_option(bind: Bind) -> str:
    if bind.device:
        return "--dev-bind"
    return "--bind" if bind.writable else "--ro-bind"


def _limited(profile: Profile) -> list[str]:
    """Set inside, so that processes of the machine's user do not count."""
    return [
        "prlimit",
        f"--nproc={profile.processes + _SPARE_PROCESSES}",
        f"--fsize={profile.file_bytes + _SPARE_BYTES}",
        "--core=0",
        "--",
    ]


def _as_user(user: User | None) -> list[str]:
    if user is None:
        return []
    groups = ",".join(map(str, user.groups))
    return [
        "setpriv",
        f"--reuid={user.uid}",
        f"--regid={user.gid}",
        f"--groups={groups}" if groups else "--clear-groups",
        "--inh-caps=-all",
        "--",
    ]
