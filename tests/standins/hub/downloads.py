"""`resolve`: the content of a file at a revision; a large one from the storage host next door."""

import hashlib
from mimetypes import guess_type
from urllib.parse import quote

from werkzeug import Response
from werkzeug.wsgi import wrap_file

from tests.standins.hub import access, contents
from tests.standins.hub.call import Call
from tests.standins.hub.contents import File
from tests.standins.hub.errors import Refused, Violation
from tests.standins.hub.revisions import commit_of, shown
from tests.standins.hub.state import Repository

_SECRET = b"stand-in"


def resolve(call: Call, repository: Repository, rev: str, path: str) -> Response:
    """`GET` and `HEAD /[datasets/]{id}/resolve/{rev}/{path}`."""
    call.query("download")
    access.require_contents(call.request, call.visitor, repository)
    commit = commit_of(repository, rev)
    named = shown(repository, commit, rev)
    try:
        file = contents.file_at(repository, commit, path)
    except Refused as refusal:
        refusal.headers["X-Repo-Commit"] = named
        raise
    headers = {"X-Repo-Commit": named, "Accept-Ranges": "bytes"}
    if file.pointer:
        headers |= {
            "Location": storage_url(call, file.pointer.sha256),
            "X-Linked-Size": str(file.size),
            "X-Linked-Etag": f'"{file.etag}"',
        }
        return Response("Found. Redirecting", 302, headers, mimetype="text/plain")
    if call.hub.redirects:
        headers["Location"] = _cache_path(repository, commit, path, file.etag)
        return Response("Temporary Redirect. Redirecting", 307, headers, mimetype="text/plain")
    return _whole(call, repository, file, headers)


def cached(call: Call, repository: Repository, rev: str, path: str) -> Response:
    """`GET` and `HEAD /api/resolve-cache/{kind}s/{id}/{sha}/{path}`: where `resolve` sends for small files."""
    access.require_contents(call.request, call.visitor, repository)
    commit = commit_of(repository, rev)
    file = contents.file_at(repository, commit, path)
    headers = {"X-Repo-Commit": shown(repository, commit, rev), "Accept-Ranges": "bytes"}
    return _whole(call, repository, file, headers)


def _cache_path(repository: Repository, commit: str, path: str, etag: str) -> str:
    where = f"{repository.kind}s/{repository.name}/{repository.shown(commit)}/{quote(path)}"
    return f"/api/resolve-cache/{where}?etag={quote(etag)}"


def _whole(call: Call, repository: Repository, file: File, headers: dict[str, str]) -> Response:
    name = file.path.rsplit("/", 1)[-1]
    headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}; filename=\"{name}\";"
    response = Response(contents.content(call.hub, repository, file), 200, headers)
    response.content_type = guess_type(name)[0] or "text/plain; charset=utf-8"
    response.set_etag(file.etag)
    return response.make_conditional(call.request, accept_ranges=True, complete_length=file.size)


def stored(call: Call, sha256: str) -> Response:
    """`GET` of a large file at its signed address; a token has no business there."""
    call.query("signature")
    require_signature(call, sha256)
    path = call.hub.large_files.get(sha256)
    if path is None:
        raise Refused(404, "NoSuchKey")
    size = path.stat().st_size
    stream = wrap_file(call.request.environ, path.open("rb"))
    response = Response(stream, 200, {"Content-Length": str(size)})
    response.content_type = "application/octet-stream"
    response.set_etag(sha256)
    return response.make_conditional(call.request, accept_ranges=True, complete_length=size)


def storage_url(call: Call, sha256: str) -> str:
    """The signed address of a large file, on a host of its own."""
    host = f"localhost:{call.request.host.rsplit(':', 1)[-1]}"
    return f"http://{host}/large-files/{sha256}?signature={_signature(sha256)}"


def require_signature(call: Call, sha256: str) -> None:
    """Only signed requests reach the storage.

    Raises:
        Refused: the signature is missing or wrong.
        Violation: a token was sent to the storage host.
    """
    if "Authorization" in call.request.headers:
        raise Violation("a token was sent to the storage host")
    if call.request.args.get("signature") != _signature(sha256):
        raise Refused(403, "AccessDenied")


def _signature(sha256: str) -> str:
    return hashlib.sha256(_SECRET + sha256.encode()).hexdigest()
