"""What people do on GitHub; everything takes them a minute of its clock, and is an event."""

from collections.abc import Mapping
from datetime import timedelta

from tests.harness import payloads
from tests.harness.runs import Run
from tests.harness.sources import Sources
from tests.harness.state import State
from tests.standins.github.clients import ask
from tests.standins.github.world import Comment, Pull

Files = Mapping[str, str | bytes | None]
_PAUSE = timedelta(minutes=1)


class Refused(Exception):
    """GitHub does not let a person do that."""


class People:
    """The hands of people; `World` is one. `passed` is how far GitHub's clock is from the real one."""

    state: State
    sources: Sources
    passed: timedelta

    def wait(self, time: timedelta) -> None:
        """Let GitHub's clock go on."""
        self.passed += time

    def token_of(self, login: str) -> str:
        """A person's own token, which may all that they may."""
        tokens = self.state.github.world.tokens.values()
        mine = [one.secret for one in tokens if one.login == login and one.permissions is None]
        if mine:
            return mine[0]
        with self.state.still():
            return self.state.github.add_token(login)

    def open_pull(
        self, author: str, files: Files, title: str, branch: str = "submission", body: str | None = None
    ) -> Pull:  # fmt: skip
        """Somebody proposes files: from their fork, or from the repository where they may write there."""
        self._begin(author, f"opens a pull request: {title}")
        github, board = self.state.github, self.state.board
        with self.state.still():
            inside = board.role(author) in {"write", "maintain", "admin"}
            source = board if inside else github.fork(board.full_name, author)
            source.git.git("update-ref", f"refs/heads/{branch}", self.state.tip)
            github.push(source.full_name, branch, _bytes(files), title)
            head = f"{source.owner}:{branch}"
            pull = github.open_pull(board.full_name, head, title, author, body)
        self.sources.of_pull(pull, "opened", author)
        return pull

    def push(
        self, pull: Pull, files: Files, login: str | None = None, message: str = "Change files"
    ) -> str:
        """Somebody pushes to the branch of a pull request. Returns the SHA."""
        login = login or pull.author
        self._begin(login, f"pushes to #{pull.number}")
        assert pull.head_repository
        with self.state.still():
            before = pull.head_sha
            github, changed = self.state.github, _bytes(files)
            sha = github.push(pull.head_repository, pull.head_ref, changed, message)
        if pull.state == "open":
            self.sources.of_pull(pull, "synchronize", login, before=before, after=sha)
        return sha

    def push_main(self, files: Files, login: str = "maintainer") -> str:
        """Somebody pushes to the default branch. Returns the SHA."""
        self._begin(login, "pushes to main")
        with self.state.still():
            before = self.state.tip
            sha = self.state.github.push(self.state.repository, "main", _bytes(files))
        self.sources.of_push(before, login)
        return sha

    def comment(self, pull: Pull, login: str, body: str) -> Comment:
        """Somebody comments."""
        self._begin(login, f"comments on #{pull.number}: {body}")
        with self.state.still():
            one = self.state.github.comment(self.state.repository, pull.number, login, body)
        self._commented(pull, one, "created", login)
        return one

    def edit_comment(self, pull: Pull, comment: Comment, login: str, body: str) -> None:
        """Somebody edits a comment, their own or, with permission, another's."""
        self._begin(login, f"edits a comment on #{pull.number}: {body}")
        with self.state.still():
            before, comment.body, comment.updated_at = comment.body, body, self.state.github.now()
        self._commented(pull, comment, "edited", login, before)

    def review(self, pull: Pull, login: str, body: str, state: str = "COMMENTED") -> None:
        """Somebody reviews."""
        self._begin(login, f"reviews #{pull.number}: {body}")
        with self.state.still():
            one = self.state.github.review(self.state.repository, pull.number, login, state, body)
            payload = payloads.of_review(self.sources.call(login), pull, one, login)
        self.sources.of_merge("pull_request_review", pull, "submitted", login, payload)

    def label(self, pull: Pull, login: str, name: str) -> None:
        """Somebody adds a label, which the repository has from then on."""
        self._begin(login, f"labels #{pull.number}: {name}")
        self._ask(login, "POST", f"issues/{pull.number}/labels", {"labels": [name]})
        with self.state.still():
            call = self.sources.call(login)
            payload = payloads.of_label(call, "labeled", pull, name, login)
        self.sources.of_pull(pull, "labeled", login, payload)

    def unlabel(self, pull: Pull, login: str, name: str) -> None:
        """Somebody takes a label away."""
        self._begin(login, f"takes the label {name} from #{pull.number}")
        with self.state.still():
            call = self.sources.call(login)
            payload = payloads.of_label(call, "unlabeled", pull, name, login)
        self._ask(login, "DELETE", f"issues/{pull.number}/labels/{name}")
        self.sources.of_pull(pull, "unlabeled", login, payload)

    def close(self, pull: Pull, login: str | None = None) -> None:
        """Somebody closes a pull request without merging it."""
        login = login or pull.author
        self._begin(login, f"closes #{pull.number}")
        self._ask(login, "PATCH", f"pulls/{pull.number}", {"state": "closed"})
        self.sources.of_pull(pull, "closed", login)

    def reopen(self, pull: Pull, login: str | None = None) -> None:
        """Somebody opens it again."""
        login = login or pull.author
        self._begin(login, f"reopens #{pull.number}")
        self._ask(login, "PATCH", f"pulls/{pull.number}", {"state": "open"})
        self.sources.of_pull(pull, "reopened", login)

    def merge(self, pull: Pull, login: str = "maintainer", method: str = "merge") -> None:
        """Somebody merges it: a pull request that closes, and a push."""
        self._begin(login, f"merges #{pull.number}")
        before = self.state.tip
        self._ask(login, "PUT", f"pulls/{pull.number}/merge", {"merge_method": method})
        self.sources.of_pull(pull, "closed", login)
        self.sources.of_push(before, login)

    def dispatch(self, login: str, file: str, inputs: Mapping[str, str] | None = None, ref: str = "main") -> None:  # fmt: skip
        """Somebody starts a workflow by hand."""
        self._begin(login, f"starts {file} by hand")
        body = {"ref": ref, "inputs": dict(inputs or {})}
        self._ask(login, "POST", f"actions/workflows/{file}/dispatches", body)

    def cancel(self, run: Run, login: str = "maintainer") -> None:
        """Somebody presses cancel."""
        self._begin(login, f"cancels {run.file}")
        self._ask(login, "POST", f"actions/runs/{run.id}/cancel")

    def tick(self, file: str, login: str = "maintainer") -> None:
        """The schedule of a workflow comes round; GitHub names who last changed it."""
        self._begin(login, f"is named by the schedule of {file}")
        self.sources.of_schedule(file, login)

    def _commented(self, pull: Pull, one: Comment, action: str, login: str, before: str | None = None) -> None:  # fmt: skip
        with self.state.still():
            call = self.sources.call(login)
            payload = payloads.of_comment(call, action, pull, one, login, before)
        self.sources.of_main("issue_comment", payload, login, action, pull.title)

    def _begin(self, login: str, what: str) -> None:
        self.passed += _PAUSE
        with self.state.still():
            self.state.github.add_user(login)
        self.state.narrate("person", f"{login} {what}")

    def _ask(self, login: str, method: str, path: str, body: object = None) -> None:
        url = f"{self.sources.url}/repos/{self.state.repository}/{path}"
        answer = ask(url, self.token_of(login), method, body)
        if not answer.ok:
            raise Refused(f"{login}: {method} {path}: {answer.status_code} {answer.text}")


def _bytes(files: Files) -> dict[str, bytes | None]:
    return {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
