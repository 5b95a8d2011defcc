"""What the headers of safetensors files say: the parameters of a model."""

import json
import math
from collections import Counter
from typing import Any

from tests.standins.hub.contents import File
from tests.standins.hub.contents import files as files_of
from tests.standins.hub.state import Hub, Repository


def parameters(hub: Hub, repository: Repository, commit: str) -> dict[str, Any] | None:
    """`safetensors`: how many parameters of which type; None where no file at the top tells."""
    counts: Counter[str] = Counter()
    for path, file in files_of(repository, commit).items():
        if path.endswith(".safetensors") and "/" not in path:
            for name, tensor in _header(hub, file).items():
                if name != "__metadata__":
                    counts[tensor["dtype"]] += math.prod(tensor["shape"])
    return {"parameters": dict(counts), "total": counts.total()} if counts else None


def _header(hub: Hub, file: File) -> dict[str, Any]:
    """The JSON before the tensors; empty where the file is not what its name says."""
    if not file.pointer:
        return {}
    with hub.large_files[file.pointer.sha256].open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        try:
            header = json.loads(stream.read(min(size, file.size)))
            return header if isinstance(header, dict) else {}
        except ValueError:
            return {}
