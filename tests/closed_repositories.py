"""Repositories that cannot be read, at revisions that are none, or with files missing: see tests/closed_models.py."""

from tests.closed_models import breaks
from tests.open_model import safetensors
from tests.standins.hub.app import LocalHub
from tests.standins.hub.state import Repository

# The repository


@breaks(
    "repository-missing",
    """
2:8 repository-missing: `acme/nowhere` is no public model on the Hub
  fix: correct the id, or make the repository public (`Settings` > `Change model visibility`)
""",
)
def _(world):
    world.configure(("acme/NAME", "acme/nowhere"))


@breaks(
    "repository-missing",
    """
2:8 repository-missing: `acme/NAME` is no public model on the Hub
  fix: correct the id, or make the repository public (`Settings` > `Change model visibility`)
""",
)
def _(world):
    world.private = True


@breaks(
    "repository-private",
    """
2:8 repository-private: `acme/NAME` is private: only its owner can read it
  fix: make the repository public (`Settings` > `Change model visibility`)
""",
    token=True,
)
def _(world):
    world.private = True


@breaks(
    "repository-gated",
    """
2:8 repository-gated: `acme/NAME` is gated: readers must ask before they can read it
  fix: turn off access requests in the settings of the repository
""",
)
def _(world):
    world.gated = "auto"


@breaks(
    "repository-disabled",
    """
2:8 repository-disabled: `acme/NAME` was disabled by the Hub
  fix: settle it with the Hub first (website@huggingface.co)
""",
)
def _(world):
    def disable(_: LocalHub, model: Repository) -> None:
        model.disabled = True

    world.afterwards = disable


@breaks(
    "repository-renamed",
    """
2:8 repository-renamed: `Acme/NAME` is called `acme/NAME` on the Hub now
  fix: write `model: acme/NAME`, and name the file after it
""",
)
def _(world):
    world.configure(("acme/NAME", "Acme/NAME"))


@breaks(
    "revision-missing",
    """
3:11 revision-missing: `acme/NAME` has no commit SHA
  fix: copy the full SHA from the model's `Files and versions` > `History`
""",
)
def _(world):
    world.configure(("REVISION", "0123456789abcdef0123456789abcdef01234567"))


@breaks(
    "revision-not-a-commit",
    """
3:11 revision-not-a-commit: SHA is not a commit itself, but leads to the commit SHA
  fix: write `revision: SHA`
""",
)
def _(world):
    def tag(_: LocalHub, model: Repository) -> str:
        model.git.git("tag", "-a", "v1", "-m", "first", "main")
        return model.git.git("rev-parse", "refs/tags/v1").decode().strip()

    world.afterwards = tag


@breaks(
    "revision-not-on-main",
    """
3:11 revision-not-on-main: the commit SHA is not in the history of the model's main branch
  fix: submit a commit of the main branch, or have the pull request merged on the Hub first
""",
)
def _(world):
    def open_pull(hub: LocalHub, model: Repository) -> str:
        weights = {"model.safetensors": safetensors(embeddings=[8, 16])}
        pull = hub.open_pull(model.name, weights, "mallory", "Better weights")
        return model.git.resolve(pull.ref)

    world.afterwards = open_pull


# Files


@breaks(
    "json-broken",
    """
2:8 json-broken: `tokenizer_config.json` cannot be read: it is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))
  fix: write the file again with `model.save_pretrained(...)`
""",
)
def _(world):
    world.write("tokenizer_config.json", "{'model_max_length': 512}")


@breaks(
    "json-broken",
    """
2:8 json-broken: `modules.json` cannot be read: it holds no list
  fix: write the file again with `model.save_pretrained(...)`
""",
)
def _(world):
    world.write("modules.json", "{}")


@breaks(
    "config-missing",
    """
2:8 config-missing: the repository has no `config.json`
  fix: add it: `model.save_pretrained(...)` writes it
""",
)
def _(world):
    del world.files["config.json"]


@breaks(
    "tokenizer-missing",
    """
2:8 tokenizer-missing: there is no tokenizer in the repository (none of `tokenizer.json`, `tokenizer.model`, `vocab.txt`, `vocab.json`, …)
  fix: add it: `tokenizer.save_pretrained(...)` writes it
""",
)
def _(world):
    del world.files["tokenizer.json"]
