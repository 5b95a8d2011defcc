"""How the local GitHub and Hub look at a moment, as frozen data."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from examples.demo.things import (
    Annotation,
    Check,
    Comment,
    Commit,
    FileChange,
    Job,
    Label,
    Proposal,
    Pull,
    Run,
)
from tests.standins.git_repository import GitRepository, NoSuchRevision
from tests.standins.github.app import LocalGithub
from tests.standins.github.diffs import changes
from tests.standins.github.world import CheckRun, Repository, WorkflowRun
from tests.standins.github.world import Pull as LocalPull
from tests.standins.hub.app import LocalHub
from tests.standins.hub.state import MAIN, Discussion
from tests.standins.hub.state import Repository as HubRepository

_MOST_COMMITS = 20
JobsOf = Callable[[int], tuple[Job, ...]]


@dataclass(frozen=True)
class Sighting:
    """The board's newest pull request, all its checks and runs, what main got, and the Hub's pull requests."""

    pull: Pull | None
    checks: tuple[Check, ...]
    runs: tuple[Run, ...]
    main: tuple[Commit, ...]
    proposals: tuple[Proposal, ...]
    read: Callable[[str, str], bytes | None]  # a file of the board at a commit


def look(
    github: LocalGithub, board: str, since: str, hub: LocalHub, model: str, jobs_of: JobsOf
) -> Sighting:
    """What a person sees of `board` and of `model`; of main only what came after the commit `since`.

    `jobs_of` knows the jobs of a run.
    """
    one = github.world.repository(board)
    pull = one.pulls[max(one.pulls)] if one.pulls else None
    return Sighting(
        _pull(one, pull) if pull else None,
        tuple(map(_check, list(one.checks))),
        tuple(_run(run, jobs_of(run.id)) for run in list(one.runs)),
        _commits(one.git.path, since, one.git.refs("refs/heads")[f"refs/heads/{one.default_branch}"]),
        _proposals(hub, model),
        lambda sha, path: _read(one.git, sha, path),
    )  # fmt: skip


def _pull(one: Repository, pull: LocalPull) -> Pull:
    path = one.git.path
    parted = _merge_base(path, pull.base_sha, pull.head_sha)
    labels = (one.label(name) for name in list(pull.labels))
    return Pull(
        number=pull.number,
        title=pull.title,
        body=pull.body or "",
        author=pull.author,
        head=f"{pull.head_owner}:{pull.head_ref}",
        base=pull.base_ref,
        sha=pull.head_sha,
        state="merged" if pull.merged_at else pull.state,
        merged_by=pull.merged_by,
        merge_sha=pull.merge_commit_sha if pull.merged_at else None,
        labels=tuple(Label(label.name, label.color.lower()) for label in labels if label),
        comments=tuple(Comment(x.id, x.author, x.body) for x in list(pull.comments)),
        commits=_commits(path, parted, pull.head_sha),
        files=_files(path, parted, pull.head_sha),
    )


def _check(run: CheckRun) -> Check:
    return Check(
        run.id,
        run.name,
        run.app,
        run.head_sha,
        run.status,
        run.conclusion,
        run.output.get("title") or "",
        run.output.get("summary") or "",
        tuple(
            Annotation(
                x["path"], x["start_line"], x["annotation_level"], x.get("title", ""), x["message"]
            )
            for x in list(run.annotations)
        ),
    )


def _run(run: WorkflowRun, jobs: tuple[Job, ...]) -> Run:
    name = run.path.rpartition("/")[2].partition(".")[0]
    return Run(run.id, name, run.event, run.actor, run.status, run.conclusion, jobs)


def _proposals(hub: LocalHub, model: str) -> tuple[Proposal, ...]:
    try:
        repository = hub.hub.find(model, "model")
    except KeyError:
        return ()
    pulls = [x for _, x in sorted(repository.discussions.items()) if x.is_pull]
    return tuple(_proposal(repository, pull) for pull in pulls)


def _proposal(repository: HubRepository, pull: Discussion) -> Proposal:
    git = repository.git
    sha = git.refs(pull.ref).get(pull.ref, "")
    if pull.merge_commit:
        files = _files(git.path, f"{pull.merge_commit}^", pull.merge_commit)
    elif sha:
        files = _files(git.path, _merge_base(git.path, git.refs(MAIN)[MAIN], sha), sha)
    else:
        files = ()
    comments = tuple(event.data["latest"]["raw"] for event in list(pull.comments))
    return Proposal(
        repository.name, pull.number, pull.title, pull.author, pull.status, sha, comments, files
    )


def _read(git: GitRepository, sha: str, path: str) -> bytes | None:
    try:
        return git.read(sha, path)
    except NoSuchRevision:
        return None


# Commits do not change, and every request looks again.


@lru_cache(maxsize=256)
def _merge_base(path: Path, one: str, other: str) -> str:
    return GitRepository(path).git("merge-base", one, other).decode().strip()


@lru_cache(maxsize=256)
def _files(path: Path, old: str, new: str) -> tuple[FileChange, ...]:
    git = GitRepository(path)
    return tuple(
        FileChange(x.path, _read(git, old, x.path), _read(git, new, x.path))
        for x in changes(git, old, new)
    )


@lru_cache(maxsize=256)
def _commits(path: Path, old: str, new: str) -> tuple[Commit, ...]:
    """The commits of `new` along its first parents since `old`, oldest first."""
    git = GitRepository(path)
    words = ("rev-list", "--first-parent", "--reverse", f"--max-count={_MOST_COMMITS}")
    shas = git.git(*words, f"{old}..{new}").decode().split()
    return tuple(_commit(git, sha) for sha in shas)


def _commit(git: GitRepository, sha: str) -> Commit:
    author, _, message = (
        git.git("show", "--no-patch", "--format=%an%x00%B", sha).decode().partition("\0")
    )
    return Commit(sha, message.strip(), author, _files(git.path, f"{sha}^", sha))
