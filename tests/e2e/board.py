"""A world with one submission, and its end state as people see it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.e2e.ends import WrongEnd, same, says
from tests.harness.runs import Run
from tests.harness.world import Environment, World
from tests.recorded_evaluation import Recorded
from tests.small_submission import CONFIG, MODEL, Submission
from tests.standins.github.world import CheckRun, Pull

BOT, MAINTAINER, AUTHOR = "github-actions[bot]", "maintainer", "ann"
_MARKER, _ANSWER = "<!-- mteb-bot {", "<!-- mteb-bot-answer "
_CHECKS = {  # the state of a config → status and conclusions of its check run
    "validated": ("queued", {None}),
    "tried": ("queued", {None}),
    "queued": ("queued", {None}),
    "running": ("in_progress", {None}),
    "invalid": ("completed", {"failure"}),
    "failed": ("completed", {"failure"}),
    "cancelled": ("completed", {"cancelled"}),
    "evaluated": ("completed", {"success", "neutral"}),  # neutral: measured, with a remark
}


@dataclass
class Board:
    """`submission` is on the Hub; `evaluation` None: none has been recorded at this stage."""

    world: World
    submission: Submission
    evaluation: Recorded | None = None

    @property
    def pull(self) -> Pull:
        """The first pull request."""
        return self.world.state.board.pulls[1]

    def settle(self) -> None:
        """Let the workflows run until nothing goes on."""
        self.world.settle()

    def ask(self, line: str, login: str = MAINTAINER) -> None:
        """Somebody comments, and all that follows happens."""
        self.world.comment(self.pull, login, line)
        self.settle()

    def cancel_all(self) -> None:
        """Cancel the evaluations that still wait, so that the scenario has an end."""
        for run in self.world.runs_of("evaluate.yml"):
            if run.status != "completed":
                self.world.cancel(run)
        self.settle()
        self.shows("cancelled", "**Cancelled.**")

    def decide(self, settings: str) -> None:
        """A maintainer writes the settings of the board."""
        text = f"schema_version: 1\n{settings}\n"
        self.world.push_main({".github/mteb-bot.yml": text}, MAINTAINER)

    def replay(self, *shards: int) -> None:
        """Let the next evaluation be the recorded one: nothing is fetched and measured in zone B."""
        if self.evaluation is None:
            raise WrongEnd("nothing has been recorded at this stage")
        for shard in shards or (1,):
            self.evaluation.replay(self.world, shard)

    def hub_token(self, token: str | None) -> None:
        """What the environment `hub` holds."""
        secrets = {"HF_TOKEN": token} if token else {}
        self.world.settings.environments["hub"] = Environment(secrets)

    # What the bot says.

    def comments(self, pull: Pull | None = None) -> list[str]:
        """The bot's comments on configs."""
        said = [x.body for x in (pull or self.pull).comments if x.author == BOT]
        return [body for body in said if body.startswith(_MARKER)]

    def comment(self, config: str = CONFIG, pull: Pull | None = None) -> str:
        """The one comment on a config."""
        found = [x for x in self.comments(pull) if marker_of(x)["config"] == config]
        same(f"comments on {config}", len(found), 1)
        return found[0]

    @property
    def answers(self) -> list[str]:
        """The bot's answers to commands, without their hidden lines."""
        said = [x.body for x in self.pull.comments if x.author == BOT]
        return [x.partition("\n")[2] for x in said if x.startswith(_ANSWER)]

    def answers_with(self, *words: str) -> None:
        """The last command got exactly one answer, with these words, and the pull request no other."""
        same("number of answers", len(self.answers), 1)
        says("the answer", self.answers[0], words)

    def check(self, sha: str | None = None, config: str = CONFIG) -> CheckRun:
        """The check run of a config at a commit, by default the head: of several the last, and only that is open."""
        sha = sha or self.pull.head_sha
        name = config.removeprefix("models/").removesuffix(".yaml")
        found = [x for x in self.world.state.board.checks if x.head_sha == sha and name in x.name]
        if not found:
            raise WrongEnd(f"{config} has no check run at {sha[:7]}")
        same(
            "open check runs that were replaced",
            [x.id for x in found[:-1] if x.status != "completed"],
            [],
        )
        return found[-1]

    def shows(
        self, state: str, *words: str, config: str = CONFIG, label: str | None = None
    ) -> None:
        """Comment, check run of the head, and label all say so, the comment in these words."""
        comment, check = self.comment(config), self.check(config=config)
        says("the comment", comment, words)
        same("the state in the comment", marker_of(comment)["state"], state)
        same("the commit in the comment", marker_of(comment)["sha"], self.pull.head_sha)
        status, conclusions = _CHECKS[state]
        same("the check's status", check.status, status)
        same("the check's conclusion is as it may be", check.conclusion in conclusions, True)
        same("labels", self.pull.labels, [f"mteb: {label or state}"])

    # What happened.

    def conclude(self, file: str, conclusion: str, **jobs: str) -> Run:
        """The last run of a workflow ended so, and its jobs (by id) too."""
        if not self.world.runs_of(file):
            raise WrongEnd(f"{file} never ran; what ran: {[run.file for run in self.world.runs]}")
        run = self.world.run_of(file)
        same(f"conclusion of {file}", run.conclusion, conclusion)
        found = {job.id: job.conclusion for job in run.jobs.values()}
        for job, ended in jobs.items():
            same(f"conclusion of {file}: {job}", found.get(job, "skipped"), ended)
        return run

    def ran(self, **times: int) -> None:
        """How often each workflow ran, those that are not named never; `validate=1`."""
        files = [run.file.removesuffix(".yml") for run in self.world.runs]
        found = {file: files.count(file) for file in sorted(set(files))}
        same("runs of workflows", found, {k: v for k, v in sorted(times.items()) if v})

    def quiet(self) -> None:
        """Nothing waits or runs any more."""
        same("runs that have not ended", [run.title for run in self.world.state.unfinished], [])

    # What the world has come to.

    @property
    def results(self) -> list[str]:
        """Files below results/ on the default branch."""
        entries = self.world.state.board.git.tree("refs/heads/main")
        found = (
            x.path for x in entries if x.kind == "blob" and x.path.startswith("results/acme__")
        )
        return sorted(found)

    def accepts(self, *tasks: str) -> None:
        """The default branch holds results of exactly these tasks of the model, and none where none is named."""
        folder = f"results/{MODEL.replace('/', '__')}/{self.submission.revision}"
        names = sorted([*(f"{task}.json" for task in tasks), "model_meta.json"]) if tasks else []
        held = [path for path in self.results if not path.endswith("run_settings.jsonl")]
        same("accepted results", sorted(held), sorted(f"{folder}/{name}" for name in names))

    def result(self, task: str) -> dict[str, Any]:
        """An accepted result."""
        path = f"results/{MODEL.replace('/', '__')}/{self.submission.revision}/{task}.json"
        found: dict[str, Any] = json.loads(self.world.state.board.git.read("refs/heads/main", path))
        return found

    @property
    def hub_pulls(self) -> list[dict[str, Any]]:
        """Pull requests of the model's repository on the Hub."""
        pulls: list[dict[str, Any]] = self.world.hub.state(MODEL)["pulls"]
        return pulls

    def offers(self, *statuses: str) -> None:
        """The Hub has pull requests with these statuses, by the bot."""
        found = [(pull["status"], pull["author"]) for pull in self.hub_pulls]
        same("pull requests on the Hub", found, [(status, "mteb-bot") for status in statuses])


def marker_of(comment: str) -> dict[str, Any]:
    """What the hidden line of a comment says."""
    line = comment.partition("\n")[0]
    found: dict[str, Any] = json.loads(line.removeprefix(_MARKER[:-1]).removesuffix(" -->"))
    return found


def labels_of(pulls: Iterable[Pull]) -> list[list[str]]:
    """The labels of pull requests."""
    return [pull.labels for pull in pulls]
