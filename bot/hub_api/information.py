"""What the Hub says about a repository, as the JSON it sends.

huggingface_hub's own ModelInfo builds the model card's metadata on the way and fails on some (a key `self` is
enough); this must read any repository.
"""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

from huggingface_hub.errors import (
    DisabledRepoError,
    GatedRepoError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import (
    build_hf_headers,
    get_session,
    hf_raise_for_status,
    validate_repo_id,
)

from bot.hub_api.connection import HubConnection, HubRefused
from bot.preflight.facts import Access

Kind = Literal["models", "datasets"]
_REFUSALS: Mapping[type[Exception], Access] = {  # in this order: a gated one is also "not found"
    RevisionNotFoundError: Access.NO_REVISION,
    GatedRepoError: Access.GATED,
    DisabledRepoError: Access.DISABLED,
    RepositoryNotFoundError: Access.MISSING,
}


def information(
    connection: HubConnection, kind: Kind, name: str, revision: str | None, **query: Any
) -> dict[str, Any] | Access:
    """A repository at a revision (None: the head of main), in one request; why not, where it cannot be seen.

    Raises:
        HubRefused: the Hub does not take the token.
        ServiceAtFault: the Hub does not answer.
    """
    if not is_repository_id(name):
        return Access.MISSING
    path = f"{kind}/{name}" + (f"/revision/{quote(revision, safe='')}" if revision else "")
    url = f"{connection.endpoint}/api/{path}"
    try:
        return connection.read(lambda: _fetched(url, connection.token, query))
    except HubRefused as refused:
        for error, access in _REFUSALS.items():
            if isinstance(refused.__cause__, error):
                return access
        raise


def is_repository_id(name: str) -> bool:
    """Whether the Hub could have a repository of this name."""
    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return True


def access(found: Mapping[str, Any]) -> Access:
    """Who may read a repository that was found."""
    if found.get("private"):
        return Access.PRIVATE
    if found.get("disabled"):
        return Access.DISABLED
    return Access.GATED if found.get("gated") else Access.OPEN


def _fetched(url: str, token: str | None, query: Mapping[str, Any]) -> dict[str, Any]:
    response = get_session().get(url, headers=build_hf_headers(token=token or False), params=query)
    hf_raise_for_status(response)
    data = response.json()
    if not isinstance(data, dict):
        raise ValueError("the Hub's answer is no object")  # noqa: TRY004 -- counts as a garbled answer
    return data
