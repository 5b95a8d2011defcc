"""Git over HTTP: who may fetch and push."""

import re

from werkzeug import Request, Response

from tests.standins import git_http
from tests.standins.github.permissions import granted, has_role, visible
from tests.standins.github.refusals import Refused
from tests.standins.github.tokens import Token
from tests.standins.github.world import Repository, World

GIT_PATH = re.compile(r"/([^/]+)/([^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)")


def answer_git(world: World, request: Request) -> Response:
    """A fetch or a push. 401 asks git for a password; for others a hidden repository is 404."""
    match = GIT_PATH.fullmatch(request.path)
    assert match
    owner, name, asked = match.groups()
    try:
        caller = _caller(world, request)
        repository = _repository(world, f"{owner}/{name}", caller)
        if git_http.is_push(request):
            _authorize_push(repository, caller)
    except Refused as refused:
        if refused.status == 401:
            return git_http.ask_for_password("GitHub")
        return Response(f"{refused.message}\n", refused.status, mimetype="text/plain")
    user = caller.login if caller else None
    return git_http.serve(request, repository.git.path, asked, user)


def _repository(world: World, full_name: str, caller: Token | None) -> Repository:
    repository = world.repositories.get(full_name.lower())
    if repository is None or not visible(repository, caller):
        raise Refused(401 if caller is None else 404, "Repository not found.")
    return repository


def _authorize_push(repository: Repository, caller: Token | None) -> None:
    if caller is None:
        raise Refused(401, "No anonymous write access.")
    writes = granted(caller, repository, ("contents",), "write")
    if not (writes and has_role(repository, caller, "write")):
        raise Refused(403, f"Permission to {repository.full_name}.git denied to {caller.login}.")


def _caller(world: World, request: Request) -> Token | None:
    secret = git_http.token_of(request)
    if secret is not None and secret not in world.tokens:
        raise Refused(401, "Invalid username or token.")
    return None if secret is None else world.tokens[secret]
