"""The two sandboxes there are: one that evaluates, without a network, and one that brings things, with it."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from runners.sandbox import machine
from runners.sandbox.limits import Limits
from runners.sandbox.profile import Bind, Profile, User
from runners.sandbox.syscalls import system_call_filter

MARKER = "/run/mteb-sandbox"  # holds what made the sandbox
HOME = "/tmp/home"  # noqa: S108 - the inside's own
OUTPUT = "/output"
SCRATCH = "state/scratch"  # below the output folder; emptied before and after
_TMP, _SHM = "/tmp", "/dev/shm"  # noqa: S108 - the inside's own
_PASSED = (
    "LANG", "LC_ALL", "TZ", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS", "TOKENIZERS_PARALLELISM", "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER",
    "CUDA_MODULE_LOADING", "PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF", "NVIDIA_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "LD_LIBRARY_PATH",
)  # fmt: skip
_PASSED_WITH_NETWORK = (
    "HF_TOKEN", "HF_ENDPOINT", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy",
    "no_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE",
)  # fmt: skip
_NETWORK_SETTINGS = ("/etc/resolv.conf", "/etc/hosts")
_MOST_IN_MEMORY = 16 * 2**30


def inside_of() -> str | None:
    """What made the sandbox that this process runs in; None where it runs in none."""
    try:
        return Path(MARKER).read_text(encoding="utf-8").strip()
    except OSError:
        return None


@dataclass(frozen=True)
class Place:
    """A folder or file given to the inside, and where it finds it."""

    source: Path
    target: str
    writable: bool = False


def evaluating(
    made_by: str, places: tuple[Place, ...], limits: Limits, user: User | None
) -> Profile:
    """No network, no secret, and nothing to write to but the writable places; the GPU is passed through."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    return _profile(made_by, places, limits, user, _environment(_PASSED) | offline, machine.gpu())


def bringing(made_by: str, places: tuple[Place, ...], limits: Limits, user: User | None) -> Profile:
    """With the network and the token that reads, for what downloads and parses data of strangers."""
    environment = _environment((*_PASSED, *_PASSED_WITH_NETWORK)) | {"HF_HUB_DISABLE_XET": "1"}
    profile = _profile(made_by, places, limits, user, environment, machine.certificates())
    settings = {path: _content(path) for path in _NETWORK_SETTINGS if Path(path).is_file()}
    names = {"/etc/nsswitch.conf": "hosts: files dns\n"}
    return replace(profile, network=True, files={**profile.files, **settings, **names})


def _profile(
    made_by: str,
    places: tuple[Place, ...],
    limits: Limits,
    user: User | None,
    environment: Mapping[str, str],
    devices: list[Bind],
) -> Profile:
    system, links = machine.system()
    given = [Bind(str(place.source.resolve()), place.target, place.writable) for place in places]
    in_memory = min(limits.memory_bytes // 4, _MOST_IN_MEMORY)
    uid, gid = (user.uid, user.gid) if user else (os.getuid(), os.getgid())
    return Profile(
        binds=(*system, *machine.python(), *devices, *given),
        links=links,
        environment=dict(environment),
        files={
            "/etc/passwd": f"runner:x:{uid}:{gid}::{HOME}:/bin/false\n",
            "/etc/group": f"runner:x:{gid}:\n",
            MARKER: made_by + "\n",
        },
        folders={_TMP: in_memory, _SHM: in_memory},
        user=user,
        processes=limits.processes,
        file_bytes=limits.disk_bytes,
        system_calls=system_call_filter(),
    )


def _environment(names: tuple[str, ...]) -> dict[str, str]:
    """What is passed on by name, and what every inside needs; nothing else of this process's."""
    scratch = f"{OUTPUT}/{SCRATCH}"
    passed = {name: os.environ[name] for name in names if name in os.environ}
    return passed | {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": HOME,
        "USER": "runner",  # torch asks who runs it
        "TMPDIR": f"{scratch}/tmp",  # noqa: S108 - the inside's own
        "HF_HOME": f"{scratch}/huggingface",
        "PYTHONPATH": machine.code_folder(),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
    }


def _content(path: str) -> str:
    return Path(path).read_text(encoding="utf-8", errors="replace")
