"""Whether a stranger's model runs in a sandbox here; only the machine's owner may say that it need not."""

import socket
import sys

from runners.sandbox.availability import (
    OWNERS_WORD,
    CannotSandbox,
    owner_goes_without,
    sandbox_here,
)
from runners.sandbox.profiles import inside_of
from schemas.errors import CommandError

NO_SANDBOX = "none"


class RefusesCustomCode(CommandError):
    """A model's own code was approved for the sandbox alone."""


def chosen_sandbox(*, custom_code: bool) -> str | None:
    """What makes the sandbox; None where the machine's owner goes without.

    Raises:
        CannotSandbox: none can be made, and nobody said that there need be none.
        RefusesCustomCode: nobody can say so for custom code.
    """
    try:
        return sandbox_here()
    except CannotSandbox as error:
        if not owner_goes_without():
            raise
        if custom_code:
            raise RefusesCustomCode(
                f"{error.message}; custom code runs in a sandbox or not at all", error.fix
            ) from error
        sys.stderr.write(
            f"WARNING: NO SANDBOX: {error.message}. This machine's owner said {OWNERS_WORD}=yes: the model "
            "runs with the network, the files and the environment of this user.\n"
        )
        return None


def require_sandbox_for_code() -> None:
    """Let custom code run only in a process that cannot reach anybody.

    Raises:
        RefusesCustomCode: this process can.
    """
    interfaces = {name for _, name in socket.if_nameindex()}
    if inside_of() is None or interfaces - {"lo"}:
        raise RefusesCustomCode(
            "the model's own code runs only in the sandbox", "evaluate with `--sandbox`"
        )
