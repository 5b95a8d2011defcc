"""Everything needed to repeat a measurement: packages, machine, weights, settings."""

import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from runners.loaded_model import LoadedModel
from runners.models import ModelFiles
from schemas.errors import UsageError
from schemas.submission import ModelConfig

_PACKAGES = (
    "mteb", "torch", "transformers", "sentence-transformers", "FlagEmbedding", "datasets",
    "tokenizers", "scikit-learn", "numpy", "huggingface_hub", "mteb-submission-bot",
)  # fmt: skip


def choose_device(wanted: str | None) -> str:
    """`wanted`, else the first GPU, else the CPU.

    Raises:
        UsageError: torch cannot compute on `wanted` here.
    """
    import torch

    if wanted:
        try:
            torch.empty(1, device=wanted)
        except (RuntimeError, AssertionError) as error:
            first_line = str(error).partition("\n")[0]
            raise UsageError(
                f"--device {wanted} does not work here: {first_line}",
                "leave `--device` out to take the GPU if there is one, else the CPU",
            ) from error
        return wanted
    if torch.cuda.is_available():
        return "cuda:0"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def packages() -> dict[str, str]:
    """Versions of the installed packages that can change a score."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def hardware(device: str) -> dict[str, Any]:
    """The machine, as the report schema's `hardware`."""
    import psutil
    import torch

    common = {"device": device, "count": 1, "cpu_threads": torch.get_num_threads()}
    if device.startswith("cuda"):
        card = torch.cuda.get_device_properties(device)
        return {
            **common,
            "name": card.name,
            "memory_bytes": card.total_memory,
            "driver": _nvidia_driver(),
            "cuda": torch.version.cuda,
        }
    return {
        **common,
        "name": _processor(),
        "memory_bytes": psutil.virtual_memory().total,
        "driver": None,
        "cuda": None,
    }


def unknown_hardware() -> dict[str, Any]:
    """As much as is known of the machine before torch is there to ask."""
    return {
        "device": "unknown",
        "count": 1,
        "cpu_threads": os.cpu_count() or 1,
        "name": _processor(),
        "memory_bytes": 0,
        "driver": None,
        "cuda": None,
    }


def software() -> dict[str, Any]:
    """Python, platform and packages, as the report's provenance names them."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": packages(),
    }


def model_provenance(
    config: ModelConfig, files: ModelFiles | None, model: LoadedModel | None
) -> dict[str, Any]:
    """How the model was loaded; what the config asked for where it never was."""
    loading = config.load
    if model is None:
        known = {
            "model_source": files.source if files else "hub",
            "loader": loading.with_,
            "pooling": loading.pooling,
            "normalize": loading.normalize,
            "prompts": dict(loading.prompts),
            "max_length": loading.max_length,
            "dtype": loading.dtype,
            "attention": None,
        }
    else:
        known = {
            "model_source": model.source,
            "loader": model.loader,
            "pooling": model.pooling[:50] if model.pooling else None,
            "normalize": model.normalize,
            "prompts": _bounded(model.prompts),
            "max_length": model.max_length,
            "dtype": model.dtype,
            "attention": model.attention,
        }
    return {**known, "weights": [file.record() for file in files.weights] if files else []}


def _bounded(prompts: Mapping[str, str]) -> dict[str, str]:
    """The model's own prompts as far as a report holds them."""
    kept = list(prompts.items())[:200]
    return {name[:120]: str(text)[:2000] for name, text in kept}


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 - a kernel file
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()[:200]
    except OSError:
        pass  # not Linux: the generic name below has to do
    return platform.processor() or platform.machine() or "unknown"


def _nvidia_driver() -> str | None:
    try:
        answer = subprocess.run(
            ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"],  # noqa: S607 - where it lies differs by machine
            capture_output=True, text=True, timeout=20, check=True, env={"PATH": os.environ.get("PATH", "")},
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.splitlines()[0].strip() if answer.stdout else None
