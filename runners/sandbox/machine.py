"""What of this machine the inside of a sandbox may see: the system's programs, Python, the GPU, our own code."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

import runners
import schemas
from runners.sandbox.profile import Bind, User

_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime")  # fmt: skip
_GPU = (
    "nvidia*",
    "dri",
    "kfd",
    "dxg",
)  # below /dev: NVIDIA, Mesa, AMD, Windows' subsystem for Linux
_GPU_FACTS = ("/sys/devices", "/sys/bus", "/sys/class", "/sys/module")  # what CUDA and ROCm look at
_CPU_FACTS = ("/sys/devices/system",)
_DRIVERS = ("/run/opengl-driver", "/opt/rocm", "/usr/lib/wsl")  # where some systems keep them
_CERTIFICATES = (
    "/etc/ssl/certs",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust",
    "/etc/ca-certificates",
)
_PACKAGES = frozenset({"site-packages", "dist-packages"})
_EVERYBODYS = 0o006  # the mode of a device that anybody may use
_FIRST_UID, _UIDS = 61_184, 4_000  # what systemd keeps for users that live as long as a service


def system() -> tuple[list[Bind], dict[str, str]]:
    """(/usr and the settings its programs need, links of the root into /usr)."""
    links = {path: str(Path(path).readlink()) for path in _SYSTEM if Path(path).is_symlink()}
    folders = [path for path in ("/usr", *_SYSTEM) if path not in links]
    return read_only([*folders, *_SETTINGS]), links


def python() -> list[Bind]:
    """The interpreter that runs now, its packages, and this project's two packages that run inside.

    Of a checkout nothing else is shown: its `.git` may hold a token.
    """
    prefixes = [sys.prefix, sys.base_prefix, sys.exec_prefix, *_site_folders()]
    code = [Path(package.__file__ or "").parent for package in (runners, schemas)]
    return read_only([*prefixes, *map(str, code)])


def code_folder() -> str:
    """What PYTHONPATH must name, so that the inside finds this project's packages."""
    return str(Path(runners.__file__ or "").parent.parent)


def prepare_gpu() -> None:
    """Let the driver make its devices, as the first program that uses it does: inside it is too late."""
    loaded = Path("/proc/driver/nvidia").exists() and not Path("/dev/nvidia-uvm").exists()
    program = shutil.which("nvidia-modprobe")
    if loaded and program:
        subprocess.run([program, "-c", "0", "-u"], check=False)  # noqa: S603 - the driver's own program


def gpu() -> list[Bind]:
    """Devices, drivers and what is known of them; without a GPU only what is known of the processors."""
    dev = Path("/dev")
    devices = sorted(str(path) for pattern in _GPU for path in dev.glob(pattern))
    shown = [*_GPU_FACTS, *_DRIVERS] if devices else _CPU_FACTS
    return [*(Bind(path, path, device=True) for path in devices), *read_only(shown)]


def gpu_groups() -> tuple[int, ...]:
    """Groups without which the devices could not be opened by somebody else than root."""
    found = set()
    for bind in gpu():
        if bind.device:
            below = Path(bind.source)
            for path in [below, *(below.iterdir() if below.is_dir() else ())]:
                about = path.stat()
                if about.st_gid and about.st_mode & _EVERYBODYS != _EVERYBODYS:
                    found.add(about.st_gid)
    return tuple(sorted(found))


def certificates() -> list[Bind]:
    """Whom a connection may trust."""
    named = [os.environ.get(name, "") for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")]
    return read_only([*_CERTIFICATES, *filter(None, named)])


def inner_user() -> User | None:
    """Somebody without a name or a right here for root to become; None where we are not root."""
    if os.geteuid() != 0:
        return None
    uid = _FIRST_UID + os.getpid() % _UIDS
    return User(uid, uid, gpu_groups())


def read_only(paths: Iterable[str]) -> list[Bind]:
    """Each path that exists, as it is called and as it really is; none of them twice."""
    names = [name for path in paths if Path(path).exists() for name in _names(path)]
    kept = [name for name in dict.fromkeys(names) if not _covered(name, names)]
    return [Bind(name, name) for name in kept]


def _names(path: str) -> Iterator[str]:
    yield os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
    yield str(Path(path).resolve())


def _covered(name: str, names: Iterable[str]) -> bool:
    return any(name != other and Path(name).is_relative_to(other) for other in names)


def _site_folders() -> list[str]:
    """Where packages lie; a distribution may keep them outside the prefix, a .pth file may name more of them."""
    paths = sysconfig.get_paths()
    named = [path for path in sys.path if Path(path).name in _PACKAGES]
    return [*(paths[key] for key in ("purelib", "platlib", "stdlib", "platstdlib")), *named]
