"""Attacks on the machine that evaluates, in the real job: what an earlier one left there, and what a thief finds."""

from collections.abc import Iterator
from pathlib import Path

from numpy import zeros
from safetensors.numpy import save
from sandbox_made import needs_sandbox

from tests.attacks.attack import Attack, Lab, explained, require
from tests.attacks.workflows import open_world
from tests.harness import processes
from tests.harness.runs import JobRun, Run
from tests.harness.world import Environment
from tests.small_submission import CONFIG, MODEL, model_files, put_on_hub

_FILE, _JOB, _STEP = "evaluate.yml", "evaluate", "Evaluate in the sandbox"
_LARGEST, _MOST_SECONDS = 2**20, 1200


def _evaluated(lab: Lab) -> str:
    """A maintainer starts an evaluation on a machine whose folders the last job has filled."""
    needs_sandbox()
    with open_world(lab, (_FILE, "report.yml")) as world:
        submission = put_on_hub(world.hub)
        token = world.hub.add_token("reader", write=[], read=["acme"])
        world.settings.environments["evaluation"] = Environment({"HF_READ_TOKEN": token})
        pull = world.open_pull("ann", submission.files, "Add acme/tiny")
        found: list[str] = []

        def search(run: Run, job: JobRun) -> None:
            found.extend(_tokens(job, {token, run.token}))

        world.at(_FILE, _JOB, 0, lambda _run, job: _poison(job, submission.revision))
        world.at(_FILE, _JOB, _STEP, search)
        inputs = {"pull": str(pull.number), "sha": pull.head_sha, "config": CONFIG, "revision": submission.revision}  # fmt: skip
        world.dispatch("maintainer", _FILE, inputs)
        world.settle(_MOST_SECONDS)
        run = world.run_of(_FILE)
        require(run.conclusion == "success", f"that nothing is evaluated: {run}\n{run.log[-1500:]}")
        require("looked" in found, "nothing: the search was not made")
        require(found == ["looked"], f"a token: {found}")
        require(not any(secret in run.log for secret in (token, run.token)), "a token in the log")
        comment = "\n".join(one.body for one in pull.comments)
        require("100.00" not in comment, "scores that nobody measured")
        return explained(comment, _digest(model_files()["model.safetensors"]))


def _digest(content: bytes) -> str:
    from hashlib import sha256

    return f"sha256 `{sha256(content).hexdigest()}`"


def _poison(job: JobRun, revision: str) -> None:
    """Other weights where they are brought to, in caches, and results where they are written."""
    weights = {**model_files(), "model.safetensors": save({"embedding.weight": zeros((32000, 64), "float32")})}  # fmt: skip
    cache = f".cache/huggingface/hub/models--{MODEL.replace('/', '--')}/snapshots/{revision}"
    home = Path(job.temporary).parent / "home"
    for folder in (job.workspace / "prefetched" / "model", job.workspace / cache, home / cache):
        for name, content in weights.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    for folder in ("prefetched", "evaluation"):
        (job.workspace / folder).mkdir(exist_ok=True)
        (job.workspace / folder / ".sandboxed").touch()
    (job.workspace / "prefetched" / "prefetch.json").write_text("{}")
    (job.workspace / "evaluation" / "report.json").write_text('{"status": "completed"}')
    (job.workspace / "sitecustomize.py").write_text("raise SystemExit('poisoned')")


def _tokens(job: JobRun, secrets: set[str]) -> Iterator[str]:
    """Where a token lies while the model runs: the job's files, git's settings, its processes."""
    places = {Path(job.temporary).parent, job.workspace}
    for path in (path for place in places for path in place.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size < _LARGEST:
            yield from (str(path) for secret in secrets if secret.encode() in path.read_bytes())
    for pid in processes.living(job.temporary):
        for name in ("environ", "cmdline"):
            content = Path(f"/proc/{pid}/{name}").read_bytes()
            yield from (
                f"process {pid}, {name}" for secret in secrets if secret.encode() in content
            )
    require(
        (job.workspace / ".git" / "config").is_file(), "nothing: there is no checkout to look at"
    )
    yield "looked"


ATTACKS = (
    Attack(
        "poisoned-machine", "B", "what an earlier job left, and tokens within reach",
        "The job before left weights, caches, results and code in the folders of the job; a thief looks for tokens in files, "
        "git's settings, the list of processes and the log.",
        "fresh", _evaluated, slow=True,
    ),
)  # fmt: skip
