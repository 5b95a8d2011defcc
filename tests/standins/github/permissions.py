"""Whether a token may do what it asks."""

from tests.standins.github.refusals import Refused, not_found
from tests.standins.github.routing import Endpoint
from tests.standins.github.tokens import Token
from tests.standins.github.world import ROLES, Repository

_LEVELS = ("none", "read", "write", "admin")


def visible(repository: Repository, caller: Token | None) -> bool:
    """Whether the caller may know of a repository."""
    if not repository.private:
        return True
    if caller is None or not _reaches(repository, caller):
        return False
    return caller.of_app or repository.role(caller.login) != "none"


def authorize(endpoint: Endpoint, repository: Repository | None, caller: Token | None) -> None:
    """Raises Refused (401, 403 or 404) where the token or its user may not do this."""
    if repository is None:
        return
    if not visible(repository, caller):
        raise not_found()
    reads = endpoint.level == "read"
    if caller is None:
        if reads and "actions" not in endpoint.areas:
            return
        raise Refused(401, "Requires authentication")
    may = granted(caller, repository, endpoint.areas, endpoint.level)
    if not (may or (reads and not repository.private)):
        kind = "integration" if caller.of_app else "personal access token"
        raise Refused(403, f"Resource not accessible by {kind}")
    if not caller.of_app and not endpoint.anyone:
        require_role(repository, caller, endpoint.level)


def require_role(repository: Repository, caller: Token, role: str) -> None:
    """Raises Refused (403) where a person's role is less than `role`."""
    if not has_role(repository, caller, role):
        wanted = "admin rights" if role == "admin" else "push access"
        raise Refused(403, f"Must have {wanted} to Repository.")


def has_role(repository: Repository, caller: Token, role: str) -> bool:
    """Whether a person's role is `role` or more. Apps have no role: their permissions say it all."""
    return caller.of_app or ROLES.index(repository.role(caller.login)) >= ROLES.index(role)


def granted(caller: Token, repository: Repository, areas: tuple[str, ...], level: str) -> bool:
    """Whether the token itself, whoever holds it, has one of the areas at that level."""
    if not _reaches(repository, caller):
        return False
    if caller.permissions is None or areas == ("metadata",):
        return True
    wanted = _LEVELS.index(level)
    return any(_LEVELS.index(caller.permissions.get(area, "none")) >= wanted for area in areas)


def _reaches(repository: Repository, caller: Token) -> bool:
    return caller.repository in {None, repository.full_name}
