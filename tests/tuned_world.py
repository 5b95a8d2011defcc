"""A Hub on which a tuned model is published, and the run that trained it."""

from contextlib import contextmanager
from hashlib import sha256

import yaml
from publish_world import BOT, Said
from tuned_weights_made import leave_run, model_files

from bot.cli import main
from tests.standins.hub.app import LocalHub
from tests.standins.hub.clients import online
from tests.standins.server import Server

MODEL = "org/name"
NEW = {"publish": {"to": "new-repository"}}
PULL = {"publish": {"to": "pull-request"}}
THEIRS = {"README.md": b"---\nlicense: apache-2.0\n---\n\n# Mine\n", "config.json": b"{}"}


class TunedWorld:
    """A Hub, a run that trained a model, and the command."""

    def __init__(self, folder, server, hub, capsys):
        self.folder, self.server, self.hub, self.capsys = folder, server, hub, capsys
        self.settings = folder / "mteb-bot.yml"

    def leave(self, finetune, files=None, allowed="public", **more):
        """A runner's output, and the board's settings."""
        settings = {"schema_version": 1, "publish": {"tuned_weights": allowed}}
        self.settings.write_text(yaml.safe_dump(settings))
        leave_run(self.folder, files or model_files(), finetune, **more)

    def publish(self, *more, code=0):
        self.server.log.clear()
        config, results = self.folder / "models/org/name.yaml", self.folder / "results"
        words = [
            "publish",
            str(config),
            "--results",
            str(results),
            "--settings",
            str(self.settings),
        ]
        ended = main([*words, *more])
        printed = self.capsys.readouterr()
        self.hub.check()
        assert ended == code, printed.out + printed.err
        assert "hf_0" not in printed.out + printed.err
        return Said(ended, printed.out, printed.err, tuple(self.server.log))

    @property
    def model(self):
        return self.hub.hub.find(MODEL)

    @property
    def state(self):
        return self.hub.state(MODEL)

    def read(self, path, ref="refs/heads/main"):
        return self.model.git.read(ref, path)

    def front(self, ref="refs/heads/main"):
        return yaml.safe_load(self.read("README.md", ref).decode().split("---\n")[1])


@contextmanager
def tuned_world(folder, monkeypatch, capsys, write=("org",)):
    hub = LocalHub(folder / "hub")
    hub.add_user("org", organization=True)
    with Server(hub) as server, online(folder / "home"):
        environment = {
            "HF_ENDPOINT": server.url,
            "HF_TOKEN": hub.add_token(BOT, write=list(write)),
            "MTEB_BOT_TIMEOUT": "2",
            "MTEB_BOT_FIRST_WAIT": "0.01",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield TunedWorld(folder, server, hub, capsys)


def pointer(content):
    return f"oid sha256:{sha256(content).hexdigest()}\nsize {len(content)}\n".encode()
