"""How the Hub says no: a status, a message, and the headers that clients tell the reasons apart by."""

from werkzeug import Response

from tests.standins.hub.answers import as_json


class Refused(Exception):
    """An answer that is not what was asked for. `code` becomes X-Error-Code."""

    def __init__(self, status: int, message: str, code: str | None = None, **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def response(self) -> Response:
        """The Hub puts the message in a header as well as in the body."""
        said = " ".join(self.message.split()).encode("ascii", "backslashreplace").decode()
        headers = {"X-Error-Message": said, **self.headers}
        if self.code:
            headers["X-Error-Code"] = self.code
        return as_json({"error": self.message}, self.status, headers)


class Violation(Refused):
    """A request that no faithful client sends. Answered with 400 (404 for unknown routes) and remembered."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(status, message)


def bad_credentials() -> Refused:
    """A token the Hub does not know."""
    return Refused(401, "Invalid credentials in Authorization header")


def repository_not_found(*, known_visitor: bool) -> Refused:
    """Missing, or private and not the visitor's: indistinguishable on purpose."""
    if known_visitor:
        return Refused(404, "Repository not found", "RepoNotFound")
    return Refused(
        401,
        "Invalid username or password.",
        "RepoNotFound",
        WWW_Authenticate='Bearer realm="Authentication required", charset="UTF-8"',
    )


def revision_not_found(revision: str) -> Refused:
    """No such branch, tag, ref or commit."""
    return Refused(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def entry_not_found(commit: str, message: str = "Entry not found") -> Refused:
    """The revision exists, the path does not: clients remember that for the commit named in the header."""
    return Refused(404, message, "EntryNotFound", X_Repo_Commit=commit)


def gated(name: str, url: str, *, known_visitor: bool) -> Refused:
    """Public to look at, contents only for those who were accepted."""
    if known_visitor:
        return Refused(
            403,
            f"Access to model {name} is restricted and you are not in the authorized list. "
            f"Visit {url} to ask for access.",
            "GatedRepo",
        )
    return Refused(
        401,
        f"Access to model {name} is restricted. "
        "You must have access to it and be authenticated to access it. Please log in.",
        "GatedRepo",
    )


def disabled() -> Refused:
    """Taken away by the Hub's moderators; clients know it by this very message (hf_raise_for_status)."""
    return Refused(403, "Access to this resource is disabled.")


def forbidden(message: str) -> Refused:
    """The visitor is known and may not do this."""
    return Refused(403, message)


def log_in() -> Refused:
    """A write without a token."""
    return Refused(401, "Invalid username or password.")
