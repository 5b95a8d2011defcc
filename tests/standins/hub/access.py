"""Who may do what."""

from werkzeug import Request

from tests.standins.git_http import token_of
from tests.standins.hub import errors
from tests.standins.hub.state import Discussion, Hub, Repository, Visitor


def visitor_of(hub: Hub, request: Request) -> Visitor:
    """Who sends a request.

    Raises:
        Refused: 401, the token is unknown.
    """
    value = token_of(request)
    if value is None:
        return Visitor()
    if value not in hub.tokens:
        raise errors.bad_credentials()
    return Visitor(hub.tokens[value])


def readable(hub: Hub, visitor: Visitor, kind: str, name: str) -> Repository:
    """A repository that the visitor may see.

    Raises:
        Refused: RepoNotFound, also for somebody else's private repository; 403 for a disabled one.
    """
    try:
        repository = hub.find(name, kind)
    except KeyError:
        raise errors.repository_not_found(known_visitor=bool(visitor.token)) from None
    if repository.private and not _may_read_private(visitor, repository):
        raise errors.repository_not_found(known_visitor=bool(visitor.token))
    if repository.disabled:
        raise errors.disabled()
    return repository


def require_contents(request: Request, visitor: Visitor, repository: Repository) -> None:
    """Past the gate of a gated repository.

    Raises:
        Refused: GatedRepo.
    """
    if not repository.gated or may_write(visitor, repository):
        return
    if visitor.name not in repository.accepted:
        url = f"{request.host_url}{repository.url_path}"
        raise errors.gated(repository.name, url, known_visitor=bool(visitor.token))


def may_write(visitor: Visitor, repository: Repository) -> bool:
    """Whether the visitor may commit to main."""
    return bool(visitor.token) and repository.owner in visitor.token.write


def may_discuss(visitor: Visitor) -> bool:
    """Whether the visitor may open discussions and pull requests, and comment."""
    return bool(visitor.token) and visitor.token.discuss


def may_moderate(visitor: Visitor, repository: Repository, discussion: Discussion) -> bool:
    """Whether the visitor may rename, close and reopen, and push to a pull request's ref."""
    own = may_discuss(visitor) and visitor.name == discussion.author
    return own or may_write(visitor, repository)


def require_user(visitor: Visitor) -> str:
    """The visitor's name.

    Raises:
        Refused: 401, nobody is logged in.
    """
    if not visitor.token:
        raise errors.log_in()
    return visitor.token.user


def require_discuss(visitor: Visitor) -> str:
    """The visitor's name, who may speak.

    Raises:
        Refused: 401 or 403.
    """
    name = require_user(visitor)
    if not may_discuss(visitor):
        raise errors.forbidden("Your token does not have the rights to take part in discussions")
    return name


def require_ref(visitor: Visitor, repository: Repository, ref: str) -> str:
    """The visitor's name, who may move `ref`.

    Raises:
        Refused: 401 or 403.
    """
    name = require_user(visitor)
    if not may_move(visitor, repository, ref):
        raise errors.forbidden(
            "Forbidden: pass `create_pr=1` as a query parameter to create a Pull Request"
        )
    return name


def may_move(visitor: Visitor, repository: Repository, ref: str) -> bool:
    """Whether the visitor may commit or push to `ref`: writers to branches and tags, authors to their pull's."""
    if ref.startswith("refs/pr/"):
        number = ref.removeprefix("refs/pr/")
        discussion = repository.discussions.get(int(number) if number.isdigit() else 0)
        return bool(discussion) and may_moderate(visitor, repository, discussion)
    return may_write(visitor, repository)


def _may_read_private(visitor: Visitor, repository: Repository) -> bool:
    token = visitor.token
    return bool(token) and repository.owner in token.read | token.write
