"""`python -m tests.standins.hub --port P --folder D`: a Hub to try things on."""

import argparse
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

from tests.standins.hub.app import LocalHub
from tests.standins.server import Server


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="tests.standins.hub", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--folder", type=Path, help="empty; default: a temporary one")
    parser.add_argument("--user", default="mteb-bot", help="whose token is printed")
    kinds = {"--model": "a model", "--dataset": "a dataset"}
    for option, what in kinds.items():
        parser.add_argument(
            option, action="append", default=[], metavar="ORG/NAME[@SHA]=FOLDER",
            help=f"serve a folder's files as {what}, under upstream's SHA where one is given",
        )  # fmt: skip
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        hub = LocalHub(arguments.folder or Path(temporary))
        for create, entries in (
            (hub.create_model, arguments.model),
            (hub.create_dataset, arguments.dataset),
        ):
            for entry in entries:
                _seed(create, entry)
        token = hub.add_token(arguments.user, write=sorted({*hub.hub.users, arguments.user}))
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with Server(hub, arguments.port) as server:
            print(f"export HF_ENDPOINT={server.url} HF_TOKEN={token}", flush=True)
            with suppress(KeyboardInterrupt):
                signal.pause()


def _seed(create, entry: str) -> None:
    name, _, folder = entry.partition("=")
    name, _, revision = name.partition("@")
    root = Path(folder)
    files = {str(p.relative_to(root)): p for p in sorted(root.rglob("*")) if p.is_file()}
    create(name, files, revision=revision or None)


main()
