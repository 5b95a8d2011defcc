"""Attacks on the workflows: a fork's pull request changes what runs, or what it is called. The real files run."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from planned_made import own_code

from tests.attacks.attack import ROOT, Attack, Lab, explained, require
from tests.harness.runs import Run
from tests.harness.world import GPU, Environment, Settings, World, project_files
from tests.small_submission import put_on_hub
from tests.standins.github.world import Pull

_SECRETS = {"hub": {"HF_TOKEN": "hub-secret-5c1d"}, "evaluation": {"HF_READ_TOKEN": "read-secret-5c1d"}, "board": {"BOARD_TOKEN": "board-secret-5c1d"}}  # fmt: skip
_ROOMS = (
    "bot/",
    "runners/",
    "schemas/",
    ".github/",
    "requirements/",
    "constraints.txt",
    "pyproject.toml",
    "docs/",
)
_VALID = "**Valid: 2 tasks to evaluate.**"
_CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"


@dataclass
class Proposed:
    """A pull request of Ann's fork, after all that it started has run."""

    lab: Lab
    world: World
    pull: Pull

    @property
    def comment(self) -> str:
        """What the bot says of it."""
        return "\n".join(
            one.body for one in self.pull.comments if one.author == "github-actions[bot]"
        )

    def run_of(self, file: str, event: str) -> Run:
        """The last run of a workflow that an event started."""
        return [run for run in self.world.runs_of(file) if run.event.name == event][-1]


def open_world(lab: Lab, workflows: tuple[str, ...] | None = None) -> World:
    """This project's board, set up as docs/setup.md says, with secrets."""
    files = {path: content for path, content in project_files().items() if path.startswith(_ROOMS)}
    settings = Settings(
        environments={name: Environment(secrets) for name, secrets in _SECRETS.items()},
        runners=[GPU],
        admitted=frozenset({"evaluate.yml", "regression.yml"}),
    )
    return World(lab.folder / "world", files=files, settings=settings, workflows=workflows)


def proposing(
    changes: Mapping[str, str],
    judge: Callable[[Proposed], str],
    *,
    title: str = "Add acme/tiny",
    branch: str = "submission",
    model: Mapping[str, bytes] | None = None,
    workflows: tuple[str, ...] | None = None,
) -> Callable[[Lab], str]:
    """An honest submission with the attacker's changes beside it. `{pwned}` stands for a file that shows success."""

    def try_it(lab: Lab) -> str:
        pwned = lab.folder / lab.mark
        with open_world(lab, workflows) as world:
            submission = put_on_hub(world.hub, **(model or {}))
            mine = {path: text.replace("{pwned}", str(pwned)) for path, text in changes.items()}
            main = world.state.tip
            words = [
                each.replace("{pwned}", str(pwned).replace(" ", "")) for each in (title, branch)
            ]
            pull = world.open_pull("ann", {**submission.files, **mine}, *words)
            world.settle()
            said = judge(Proposed(lab, world, pull))
            logs = "\n".join(run.log for run in world.runs)
            require(not pwned.exists(), "that its command ran")
            for secrets in _SECRETS.values():
                require(
                    not any(secret in logs + str(pull) for secret in secrets.values()), "a secret"
                )
            require(world.state.tip == main, "a commit on the default branch")
            require(world.hub.state("acme/tiny")["pulls"] == [], "a pull request on the Hub")
        return said

    return try_it


def _honest_check(it: Proposed) -> str:
    """The default branch's workflow has checked the honest config, as ever."""
    run = it.run_of("validate.yml", "pull_request_target")
    require(run.conclusion == "success", f"that the check does not run: {run}\n{run.log[-1500:]}")
    require(it.pull.labels == ["mteb: validated"], f"another verdict: {it.pull.labels}")
    require("pwned" not in run.log, "a line in the log of the default branch's workflow")
    return explained(it.comment, _VALID)


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _evil_steps(path: str) -> str:
    """A workflow of ours, with a command before each of its own."""
    evil = "run: echo pwned; touch {pwned}; env; python"
    return (
        _read(path)
        .replace("run: python", evil)
        .replace("permissions: {}", "permissions: write-all")
    )


_EVIL = f"""\
name: evil
on: pull_request
permissions: write-all
jobs:
  gpu:
    runs-on: [self-hosted, linux, gpu]
    steps: [{{run: "touch {{pwned}}"}}]
  environment:
    runs-on: ubuntu-latest
    environment: hub
    steps: [{{run: "touch {{pwned}}; echo $HF", env: {{HF: "${{{{ secrets.HF_TOKEN }}}}"}}}}]
  secrets:
    runs-on: ubuntu-latest
    steps:
      - uses: {_CHECKOUT}
      - env: {{HF: "${{{{ secrets.HF_TOKEN }}}}", READ: "${{{{ secrets.HF_READ_TOKEN }}}}", GITHUB_TOKEN: "${{{{ github.token }}}}"}}
        run: |
          echo "secrets: '$HF' '$READ'"
          ask() {{ curl --silent --output /dev/null --write-out "$1 $2 %{{http_code}}\\n" --request "$1" --data "$3" \\
            --header "Authorization: Bearer $GITHUB_TOKEN" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$2"; }}
          ask POST issues/1/comments '{{"body": "approved"}}'
          ask PUT pulls/1/merge '{{}}'
          ask POST actions/workflows/evaluate.yml/dispatches '{{"ref": "main", "inputs": {{}}}}'
          ask POST "statuses/$GITHUB_SHA" '{{"state": "success"}}'
          ask POST check-runs '{{"name": "mteb-bot: acme/tiny", "head_sha": "'$GITHUB_SHA'"}}'
          git push --quiet origin HEAD:main || echo "push refused"
"""


def _new_workflow(it: Proposed) -> str:
    run = it.run_of("evil.yml", "pull_request")
    jobs = {job.id: job.fate or job.status for job in run.jobs.values()}
    require(jobs["gpu"] == "queued", f"the machine with the GPU: {jobs}")
    require(jobs["environment"] == "refused by its environment", f"an environment: {jobs}")
    granted = [line for line in run.lines if line.rstrip().endswith((" 200", " 201", " 204"))]
    require(not granted, f"a write: {granted}")
    require(
        len(re.findall(r"(?:POST|PUT) \S+ 403", run.log)) == 5,
        f"other answers than a refusal: {run.log[-1500:]}",
    )
    require(not it.comment and it.pull.state == "open", "a word in the bot's name, or a merge")
    it.world.cancel(run)
    it.world.settle()
    require(not it.world.state.unfinished, "that it waits for a machine for ever")
    explained(run.log, "push refused")
    return explained(run.log, "secrets: '' ''")


def _edited_regression(it: Proposed) -> str:
    run = it.run_of("regression.yml", "pull_request")
    states = {job.id: job.status for job in run.jobs.values()}
    require(set(states.values()) == {"queued"}, f"the machine with the GPU: {states}")
    it.world.cancel(run)
    it.world.settle()
    require(not it.world.state.unfinished, "that it waits for a machine for ever")
    return explained(_read("docs/setup.md"), "A pull request that edits a workflow, or\n      adds one, then gets no such machine.").replace("\n     ", "")  # fmt: skip


def _own_settings(it: Proposed) -> str:
    require(it.pull.labels == ["mteb: invalid"], f"the approval of its own code: {it.pull.labels}")
    return explained(it.comment, "custom-code")


def _edits_and_reviews(lab: Lab) -> str:
    """On the real workflows: what is no new comment starts nothing."""
    with open_world(lab) as world:
        submission = put_on_hub(world.hub)
        pull = world.open_pull("ann", {"notes.md": str(submission.revision)}, "Notes")
        with world.state.still():
            comment = world.github.comment("lab/board", pull.number, "maintainer", "Nice.")
        world.edit_comment(pull, comment, "maintainer", "/evaluate")
        world.review(pull, "maintainer", "/evaluate", "APPROVED")
        world.settle()
        require(world.runs == [], f"a run: {world.runs}")
    return explained(
        _read("docs/commands.md"),
        "a comment that was edited is no command, and neither is a review",
    )


_SHELL = '"; touch {pwned}; echo "$(touch {pwned})`touch {pwned}` ${{ github.token }} \'; touch {pwned}; #'
_BRANCH = '$(touch${IFS}{pwned})";touch${IFS}{pwned};#'
_APPROVAL = """\
schema_version: 1
publish: {on: evaluated}
custom_code:
  - {model: acme/tiny, revision: "REVISION", approved_by: ann, reason: mine}
"""


def _attack(id_: str, title: str, threat: str, try_it: Callable[[Lab], str], invariant: str = "default-branch") -> Attack:  # fmt: skip
    return Attack(id_, "A", title, threat, invariant, try_it, slow=True)


_EDITED = ("validate", "commands", "evaluate", "report", "publish", "accept")
ATTACKS = (
    _attack("edited-workflow", "workflows edited in the pull request", "Every privileged workflow gets the attacker's command and all permissions.",
        proposing({f".github/workflows/{name}.yml": _evil_steps(f".github/workflows/{name}.yml") for name in _EDITED}, _honest_check)),
    _attack("edited-code", "the bot's code and set-up edited", "The set-up action, the bot's code and the packages it installs are the attacker's.",
        proposing({
            ".github/actions/set-up/action.yml": _read(".github/actions/set-up/action.yml").replace("run: ", "run: echo pwned; touch {pwned}; "),
            "bot/__main__.py": "import pathlib; print('pwned'); pathlib.Path('{pwned}').touch()\n",
            "bot/cli.py": "import pathlib; print('pwned'); pathlib.Path('{pwned}').touch()\n",
            "requirements/bot.txt": "pwned==1.0\n", "constraints.txt": "pwned==1.0\n",
            "sitecustomize.py": "import pathlib; pathlib.Path('{pwned}').touch()\n",
        }, _honest_check, workflows=("validate.yml",))),
    _attack("new-workflow", "a workflow that asks for the GPU and for secrets", "The pull request adds a workflow: on our machine, in our environment, with our token.",
        proposing({".github/workflows/evil.yml": _EVIL}, _new_workflow, workflows=("evil.yml",))),
    _attack("edited-regression", "the pull request's own workflow, moved to the GPU", "`regression.yml` runs a pull request's own code; it is edited to run on our machine.",
        proposing({
            ".github/workflows/regression.yml": _evil_steps(".github/workflows/regression.yml").replace("runs-on: ubuntu-latest", "runs-on: [self-hosted, linux, gpu]"),
            "constraints.txt": "pwned==1.0\n",
        }, _edited_regression, workflows=("regression.yml",))),
    _attack("own-settings", "settings that approve the attacker's own code", "The pull request edits `.github/mteb-bot.yml`: custom code approved, publish at once.",
        proposing({".github/mteb-bot.yml": _APPROVAL.replace("REVISION", "1" * 40)}, _own_settings, model=own_code(1), workflows=("validate.yml",))),
    _attack("script-injection", "shell commands in title and branch", "Title and branch name hold quotes, substitutions and expressions.",
        proposing({}, _honest_check, title=_SHELL, branch=_BRANCH, workflows=("validate.yml",)), "no-shell"),
    _attack("edits-and-reviews", "`/evaluate` by an edit and in a review", "A maintainer's comment is edited into a command; a review holds one.", _edits_and_reviews, "people"),
)  # fmt: skip
