"""Attacks by the files of a pull request, which zone A reads as data."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from bot.cli import main
from tests.attacks.attack import Attack, Lab, explained, require
from tests.fetch_world import FILES, Board, serve_board

_GOOD = {
    "models/ann/honest.yaml": b'schema_version: 1\nmodel: ann/honest\nrevision: "' + b"1" * 40
    + b'"\nlicense: mit\nlanguages: [eng]\nevaluate: {tasks: [STS12]}\n'
}  # fmt: skip
_MOST_SECONDS = 20


@contextmanager
def _board(lab: Lab) -> Iterator[Board]:
    files = {"README.md": b"", "secret.yaml": b"x: 1"}
    with serve_board(lab.folder, lab.patch, files) as board:
        lab.patch.chdir(lab.folder)
        yield board


def _checked(lab: Lab, board: Board) -> tuple[bool, str]:
    """The two steps of validate.yml that read a pull request: whether it passes, and what is said."""
    began = time.monotonic()
    code = board.fetch(max(board.github.world.repository("lab/board").pulls))
    code = code or main(["check", "--format", "text", str(lab.folder / "submission" / "models")])
    require(time.monotonic() - began < _MOST_SECONDS, "the job's time")
    heard = lab.readouterr()
    said = f"{heard.out}\n{heard.err}"
    require("Traceback" not in said, "a crash")
    require("root:" not in said, "the contents of a file of the machine")
    require(not any(line.startswith("::") for line in said.splitlines()), "a command to the job")
    return code == 0, said


def _in_pull(files: Mapping[str, bytes], words: str, link: tuple[str, str] = ("", "")) -> Callable[[Lab], str]:  # fmt: skip
    """A pull request with files, and perhaps a link. Afterwards an honest one is fetched and passes."""

    def try_it(lab: Lab) -> str:
        with _board(lab) as board:
            board.propose(files, link)
            passed, said = _checked(lab, board)
            require(not passed, "a submission that passes")
            fetched = {
                path.as_posix()
                for path in (lab.folder / "submission").rglob("*")
                if path.is_symlink()
            }
            require(not fetched, f"links in the checkout: {fetched}")
            require(
                not {path for path in board.fetched() if not path.startswith("models/")},
                "a file from elsewhere",
            )
            _honest(lab, board)
        return explained(said, words)

    return try_it


def _honest(lab: Lab, board: Board) -> None:
    shutil.rmtree(lab.folder / "submission", ignore_errors=True)
    (lab.folder / "outputs").unlink(missing_ok=True)
    board.github.push("ann/board", "honest", _GOOD)
    board.github.open_pull("lab/board", "ann:honest", "Honest", "ann")
    passed, said = _checked(lab, board)
    outputs = (lab.folder / "outputs").read_text()
    require(
        passed and outputs == 'configs=["models/ann/honest.yaml"]\n',
        f"the next check: {said} {outputs}",
    )


def _config(more: bytes) -> dict[str, bytes]:
    text = _GOOD["models/ann/honest.yaml"].replace(b"ann/honest", b"ann/small")
    return {"models/ann/small.yaml": text.replace(b"evaluate: {tasks: [STS12]}\n", more)}


def _names(lab: Lab) -> str:
    """File names that are paths, commands, outputs, or hide what they are."""
    names = (
        "models/ann/$(touch {mark}).yaml", "models/ann/`touch {mark}`.yaml", "models/ann/a;touch {mark}.yaml",
        "models/ann/a\nconfigs=[].yaml", "models/ann/-rf.yaml", "models/ann/a'\"b.yaml", "models/ann/a\u202eb.yaml",
        "models/..%2f..%2fx/{mark}.yaml", "models/ann/{mark}.yaml\r::set-output name=configs::[]",
    )  # fmt: skip
    with _board(lab) as board:
        board.propose({name.format(mark=lab.mark): b"model: x/y\n" for name in names} | _GOOD)
        passed, said = _checked(lab, board)
        outputs = (lab.folder / "outputs").read_text()
        require(
            outputs == 'configs=["models/ann/honest.yaml"]\n', f"an output of its own: {outputs}"
        )
        require(set(board.fetched()) == set(_GOOD), f"files of its own: {set(board.fetched())}")
        _honest(lab, board)
        require(passed, "that an honest config beside it is refused")
        return explained(said, "passed over, as no config is called so")


def _alias_bomb() -> bytes:
    lines = b"".join(
        b"  x%d: &x%d [%s]\n" % (n, n, b", ".join([b"*x%d" % (n - 1)] * 9)) for n in range(1, 30)
    )
    return b"evaluate:\n  x0: &x0 [lol]\n" + lines


def _attack(
    id_: str, title: str, threat: str, try_it: Callable[[Lab], str], invariant: str = "no-shell"
) -> Attack:
    return Attack(id_, "A", title, threat, invariant, try_it, slow=invariant == "artifacts")


_TASK = b"evaluate: {tasks: [%s]}\n"
_TRAINED = b"evaluate: {tasks: [STS12]}\nfinetune: {base_model: ann/base, data: [{path: %s}], publish: {to: new-repository}}\n"
ATTACKS = (
    _attack("path-traversal", "paths out of the submission", "A config names files of the machine or of the board as its tasks.",
        _in_pull(_config(_TASK % b'"../../../../../../etc/passwd.yaml", "/etc/passwd.yaml", "../../.git/config.yaml", "../../../x.yaml"'), "lies outside of this project")),
    _attack("data-traversal", "a task's data out of its folder", "A custom task names `/etc` as its data.",
        _in_pull({**_config(_TASK % b"tasks/news.yaml"), "models/ann/tasks/news.yaml": FILES["models/ann/tasks/news.yaml"].replace(b"data/news", b"../../../../../etc")}, "that path is absolute or leaves the folder of this file")),
    _attack("training-traversal", "training data out of the folder", "`finetune` trains on `/etc`, and publishes what it has learnt.",
        _in_pull(_config(_TRAINED % b"../../../../../etc/passwd"), "lies outside of the submission")),
    _attack("config-link", "a config that is a link", "The config is a symbolic link to the environment of the process that reads it.",
        _in_pull(FILES, "models/ann/small.yaml is a link", ("models/ann/small.yaml", "/proc/self/environ"))),
    _attack("model-name", "a model name that is a command", "The model's id and revision hold shell commands and line breaks.",
        _in_pull({"models/ann/small.yaml": _GOOD["models/ann/honest.yaml"].replace(b"ann/honest", b'"ann/$(touch x)`id`;::set-output name=a::b"').replace(b'"' + b"1" * 40 + b'"', b'"$(touch x)\\nconfigs=[]"')}, "`model` is ")),
    _attack("data-link", "data that are a link", "A table of a custom task is a symbolic link to a file of the machine.",
        _in_pull(FILES, "train.csv is a link", ("models/ann/tasks/data/news/train.csv", "/etc/passwd"))),
    _attack("training-link", "training data that are a link", "Rows to train on are a symbolic link to a file of the machine.",
        _in_pull({**FILES, **_config(_TRAINED % b"rows.jsonl")}, "rows.jsonl is a link", ("models/ann/rows.jsonl", "/etc/passwd"))),
    _attack("file-names", "file names that are commands", "Names of files hold shell commands, line breaks, outputs of a step.", _names),
    _attack("yaml-bomb", "a YAML bomb", "Aliases of aliases unfold to more than the memory.", _in_pull(_config(_alias_bomb()), "alias"), "artifacts"),
    _attack("deep-yaml", "deep YAML", "Brackets nested 100,000 deep crash the parser.", _in_pull(_config(b"evaluate: " + b"[" * 100_000 + b"]" * 100_000 + b"\n"), "nested"), "artifacts"),
    _attack("too-many-files", "a flood of files", "Thousands of configs and tables take the job's time and GitHub's patience.",
        _in_pull({f"models/ann/m{number}.yaml": b"model: x\n" for number in range(500)}, "20 at most"), "artifacts"),
)  # fmt: skip
