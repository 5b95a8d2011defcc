"""huggingface_hub in this process, online: its constants say otherwise where tests run offline."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from huggingface_hub import constants, set_client_factory
from huggingface_hub.utils import _detect_agent, _http


@contextmanager
def online(home: Path) -> Iterator[None]:
    """Requests are let out, large files go by LFS, and cache and token are those below `home`."""
    values = {
        "HF_HUB_OFFLINE": False,
        "HF_HUB_DISABLE_XET": True,
        "HF_HUB_DISABLE_TELEMETRY": True,
        "HF_HUB_CACHE": str(home / "hub"),
        "HF_TOKEN_PATH": str(home / "token"),
    }
    before = _http._GLOBAL_CLIENT_FACTORY
    set_client_factory(_http.default_client_factory)
    try:
        with (
            patch.multiple(constants, **values),
            patch.object(_detect_agent, "_registry", _detect_agent._EMPTY_REGISTRY),
        ):
            yield  # the registry would be looked up on the public Hub
    finally:
        set_client_factory(before)
