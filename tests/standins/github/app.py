"""`LocalGithub`: a GitHub for tests, and what people do on it beside what the bot does over HTTP."""

import copy
import json
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from tests.standins.github import routes as _registered  # noqa: F401 -- importing registers them
from tests.standins.github.dispatch import Dispatch
from tests.standins.github.endstate import state_of
from tests.standins.github.forking import copied, create, folder_of
from tests.standins.github.forking import fork as make_fork
from tests.standins.github.git_access import GIT_PATH, answer_git
from tests.standins.github.limits import limit_of
from tests.standins.github.openapi import NoSuchEndpoint, Violation
from tests.standins.github.pulling import close, follow_branches
from tests.standins.github.pulling import open_pull as open_in
from tests.standins.github.routing import timestamp
from tests.standins.github.tokens import Token
from tests.standins.github.world import (
    Artifact,
    Comment,
    Label,
    Pull,
    Repository,
    Review,
    User,
    WorkflowRun,
    World,
)
from tests.standins.server import Server


class LocalGithub:
    """GitHub's REST API and git over HTTP for what lies in `folder`; everything else is in memory."""

    def __init__(
        self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.folder = folder
        self.clock = clock
        self.world = World()
        self.violations: list[str] = []
        self._dispatch = Dispatch()
        self.add_user("github", kind="Organization")

    def answer(self, request: Request) -> Response:
        """Act on a request; one that GitHub's description does not allow is recorded and answered 500."""
        follow_branches(self.world, self.now())
        try:
            if GIT_PATH.fullmatch(request.path):
                return answer_git(self.world, request)
            return self._dispatch.answer(self.world, request, self.clock().timestamp(), self.now())
        except NoSuchEndpoint as violation:
            return self._violated(str(violation), 404)
        except Violation as violation:
            return self._violated(str(violation), 500)
        except Exception:  # noqa: BLE001 -- a mistake in here must not pass for GitHub's
            return self._violated(traceback.format_exc(), 500)
        finally:
            follow_branches(self.world, self.now())

    def check(self) -> None:
        """Raise AssertionError if a request or an answer was not as GitHub describes them."""
        if self.violations:
            raise AssertionError("\n\n".join(self.violations))

    def copy(self, folder: Path) -> "LocalGithub":
        """Another GitHub in the same state; neither notices what happens to the other."""
        twin = LocalGithub(folder, self.clock)
        repositories = self.world.repositories
        gits = {id(one.git): copied(one.git, self.folder, folder) for one in repositories.values()}
        twin.world = copy.deepcopy(self.world, dict(gits))
        return twin

    def state(self, full_name: str) -> dict[str, Any]:
        """What a repository has come to; see endstate.py."""
        follow_branches(self.world, self.now())
        return state_of(self.world, self.world.repository(full_name))

    # What is there from the start.

    def add_user(self, login: str, kind: str | None = None) -> User:
        """A person, an organization (`kind`), or a bot where the login ends in `[bot]`."""
        if login not in self.world.users:
            kind = kind or ("Bot" if login.endswith("[bot]") else "User")
            self.world.users[login] = User(self.world.next_id(), login, kind)
        return self.world.users[login]

    def add_token(
        self,
        login: str,
        permissions: Mapping[str, str] | None = None,
        repository: str | None = None,
        *,
        workflow: bool = True,
    ) -> str:
        """A token of a person (None: all that they may) or of a bot, which has what is given and no more.

        Without `workflow` a person's token lacks the scope of that name.
        """
        self.add_user(login)
        app = login.endswith("[bot]")
        secret = f"{'ghs' if app else 'ghp'}_{self.world.next_id():036d}"
        granted = {} if app and permissions is None else permissions
        self.world.tokens[secret] = Token(secret, login, granted, repository, workflow)
        return secret

    def set_rate_limit(self, secret: str, remaining: int, resource: str = "core") -> None:
        """Let a token have so many requests left in this hour."""
        limit = limit_of(self.world.tokens[secret], resource, self.clock().timestamp())
        limit.used = limit.limit - remaining

    def create_repository(
        self,
        full_name: str,
        files: Mapping[str, bytes] | None = None,
        *,
        private: bool = False,
        labels: Mapping[str, str] | None = None,
    ) -> Repository:
        """A repository with files on main and labels (name → colour); its owner is made where missing."""
        owner, name = full_name.split("/")
        self.add_user(owner)
        path = folder_of(self.folder, owner, name)
        one = create(self.world, path, owner, name, files or {}, self.now())
        one.private = private
        for label, color in (labels or {}).items():
            one.labels.append(Label(self.world.next_id(), label, color))
        return one

    def set_permission(self, full_name: str, login: str, role: str) -> None:
        """Make somebody a collaborator: read, triage, write, maintain, admin; none takes it away."""
        self.add_user(login)
        collaborators = self.world.repository(full_name).collaborators
        collaborators.pop(login, None)
        if role != "none":
            collaborators[login] = role

    # What people do.

    def fork(self, full_name: str, login: str) -> Repository:
        """`login/name`, with all branches of the parent."""
        self.add_user(login)
        parent = self.world.repository(full_name)
        return make_fork(self.world, parent, login, None, self.now())

    def push(
        self,
        full_name: str,
        branch: str,
        files: Mapping[str, bytes | None],
        message: str = "Change files",
    ) -> str:
        """Commit files (None deletes) to a branch, which starts at the default branch. Returns the SHA."""
        one = self.world.repository(full_name)
        ref = f"refs/heads/{branch}"
        if ref not in one.git.refs(ref):
            one.git.git("update-ref", ref, one.git.resolve(f"refs/heads/{one.default_branch}"))
        sha = one.git.commit(ref, files, message)
        follow_branches(self.world, self.now())
        return sha

    def open_pull(
        self, full_name: str, head: str, title: str, author: str, body: str | None = None,
        base: str | None = None,
    ) -> Pull:  # fmt: skip
        """Propose a branch (`owner:branch`)."""
        self.add_user(author)
        wanted = {"title": title, "body": body, "base": base}
        repository = self.world.repository(full_name)
        return open_in(self.world, repository, head, author, wanted, self.now())

    def close_pull(self, full_name: str, number: int) -> None:
        """Close a pull request without merging it."""
        close(self.pull(full_name, number), self.now())

    def pull(self, full_name: str, number: int) -> Pull:
        """A pull request as it is; to be read, or changed as no API would."""
        follow_branches(self.world, self.now())
        return self.world.repository(full_name).pulls[number]

    def comment(self, full_name: str, number: int, author: str, body: str) -> Comment:
        """Say something on a pull request."""
        self.add_user(author)
        now = self.now()
        one = Comment(self.world.next_id(), author, body, now, now)
        self.pull(full_name, number).comments.append(one)
        return one

    def review(
        self, full_name: str, number: int, author: str, state: str, body: str = ""
    ) -> Review:
        """Give a verdict: APPROVED, CHANGES_REQUESTED, COMMENTED."""
        self.add_user(author)
        pull = self.pull(full_name, number)
        one = Review(self.world.next_id(), author, body, state, pull.head_sha, self.now())
        pull.reviews.append(one)
        return one

    def add_run(
        self, full_name: str, path: str, event: str, branch: str, actor: str,
        head_repository: str | None = None,
    ) -> WorkflowRun:  # fmt: skip
        """A run of a workflow file on a branch's head, as an event would start it."""
        self.add_user(actor)
        one = self.world.repository(full_name)
        git = self.world.repository(head_repository or full_name).git
        now = self.now()
        run = WorkflowRun(
            self.world.next_id(), len(one.runs) + 1, path, event, branch,
            git.resolve(f"refs/heads/{branch}"), actor, now, now,
            head_repository=head_repository or full_name,
        )  # fmt: skip
        one.runs.append(run)
        return run

    def add_artifact(self, full_name: str, run_id: int, name: str, content: bytes) -> Artifact:
        """A zip that a run left."""
        one = Artifact(self.world.next_id(), name, run_id, content, self.now())
        self.world.repository(full_name).artifacts.append(one)
        return one

    def now(self) -> str:
        """The time by its clock, as GitHub writes it."""
        return timestamp(self.clock())

    def _violated(self, text: str, status: int) -> Response:
        self.violations.append(text)
        body = json.dumps({"message": text})
        return Response(body, status, content_type="application/json")


@contextmanager
def serve_github(
    folder: Path, seed: LocalGithub | None = None
) -> Iterator[tuple[Server, LocalGithub]]:
    """A local GitHub on loopback, empty or a copy of `seed`.

    Leaving the block checks that all exchanges were as described.
    """
    github = seed.copy(folder) if seed else LocalGithub(folder)
    try:
        with Server(github) as server:
            yield server, github
    except BaseException as error:
        for violation in github.violations:
            error.add_note(violation)
        raise
    github.check()
