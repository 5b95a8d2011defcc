"""Folders and files at a revision, its refs, and the commits behind it."""

from html import escape
from typing import Any

from werkzeug import Response

from tests.standins.hub import errors, scans
from tests.standins.hub.answers import as_json, moment, page
from tests.standins.hub.call import Call, check_object
from tests.standins.hub.contents import File, Folder, listing
from tests.standins.hub.revisions import commit_of, shown
from tests.standins.hub.state import Repository

PAGE, EXPANDED_PAGE, COMMITS_PAGE = 1000, 50, 50
_FIELD, _RECORD = "\x1f", "\x1e"


def tree(call: Call, repository: Repository, rev: str, path: str = "") -> Response:
    """`GET /tree/{rev}[/{path}]`: a folder's entries, or all below it."""
    query = call.query("recursive", "expand", "limit", "cursor")
    commit = commit_of(repository, rev)
    path = path.strip("/")
    entries = listing(repository, commit)
    if path and not any(isinstance(e, Folder) and e.path == path for e in entries):
        message = f'{path} does not exist on "{rev}"'
        raise errors.entry_not_found(shown(repository, commit, rev), message)
    below = [e for e in entries if not path or e.path.startswith(f"{path}/")]
    if not call.flag("recursive"):
        depth = path.count("/") + 1 if path else 0
        below = [e for e in below if e.path.count("/") == depth]
    expand = call.flag("expand")
    most = EXPANDED_PAGE if expand else PAGE
    size = min(int(query.get("limit", most)), most)
    return page(call.request, [_entry(repository, commit, e, expand=expand) for e in below], size)


def paths_info(call: Call, repository: Repository, rev: str) -> Response:
    """`POST /paths-info/{rev}`: what of the asked paths exists; the rest is left out."""
    call.query()
    commit = commit_of(repository, rev)
    paths, expand = _asked_paths(call)
    wanted = {path.strip("/") for path in paths}
    found = [entry for entry in listing(repository, commit) if entry.path in wanted]
    return as_json([_entry(repository, commit, entry, expand=expand) for entry in found])


def refs(call: Call, repository: Repository) -> Response:
    """`GET /refs`."""
    query = call.query("include_prs")
    known = repository.git.refs()
    kinds = {"branches": "refs/heads/", "tags": "refs/tags/", "converts": "refs/convert/"}
    if query.get("include_prs") == "1":
        kinds["pullRequests"] = "refs/pr/"
    return as_json({
        kind: [
            {
                "name": ref.removeprefix("refs/pr/" if kind == "pullRequests" else prefix),
                "ref": ref,
                "targetCommit": repository.shown(commit_of(repository, ref)),
            }
            for ref in known
            if ref.startswith(prefix)
        ]
        for kind, prefix in kinds.items()
    })  # fmt: skip


def commits(call: Call, repository: Repository, rev: str) -> Response:
    """`GET /commits/{rev}`: newest first."""
    call.query("p", "limit", "cursor", "expand[]")
    formatted = call.request.args.get("expand[]") == "formatted"
    commit = commit_of(repository, rev)
    fields = _FIELD.join(("%H", "%an", "%cI", "%s", "%b"))
    log = repository.git.git("log", "--topo-order", f"--format={fields}{_RECORD}", commit).decode()
    return page(
        call.request,
        [
            _commit(repository, *record.strip("\n").split(_FIELD), formatted=formatted)
            for record in log.split(_RECORD)[:-1]
        ],
        COMMITS_PAGE,
        count=True,
    )


def _commit(  # noqa: PLR0913 -- the fields of a log line
    repository: Repository,
    sha: str,
    person: str,
    when: str,
    title: str,
    body: str,
    *,
    formatted: bool,
) -> dict[str, Any]:
    date = repository.dates.get(sha)
    facts: dict[str, Any] = {
        "id": repository.shown(sha),
        "title": title,
        "message": body.strip(),
        "authors": [{"user": repository.authors.get(sha, person), "avatar": ""}],
        "date": moment(date) if date else when,
    }
    if formatted:
        facts["formatted"] = {"title": title, "message": f"<p>{escape(body.strip())}</p>"}
    return facts


def _asked_paths(call: Call) -> tuple[list[str], bool]:
    if call.request.mimetype == "application/json":
        body = call.json({"paths": list}, {"expand": bool})
        return body["paths"], body.get("expand", False)
    form = call.request.form
    check_object(dict(form), {"paths": str}, {"expand": str}, "form")
    return form.getlist("paths"), form.get("expand", "false").lower() in {"true", "1"}


def _entry(
    repository: Repository, commit: str, entry: File | Folder, *, expand: bool
) -> dict[str, Any]:
    if isinstance(entry, Folder):
        facts: dict[str, Any] = {"type": "directory", "oid": entry.tree, "size": 0}
    else:
        facts = {"type": "file", "oid": entry.blob, "size": entry.size}
        if entry.pointer:
            facts["lfs"] = {
                "oid": entry.pointer.sha256,
                "size": entry.size,
                "pointerSize": entry.pointer_size,
            }
    facts["path"] = entry.path
    if expand:
        facts["lastCommit"] = _last_commit(repository, commit, entry.path)
        if isinstance(entry, File):
            facts["securityFileStatus"] = scans.file_status(repository, entry)
    return facts


def _last_commit(repository: Repository, commit: str, path: str) -> dict[str, str]:
    words = ("log", "-1", f"--format=%H{_FIELD}%s{_FIELD}%cI", commit, "--", path)
    sha, title, when = repository.git.git(*words).decode().strip().split(_FIELD)
    date = repository.dates.get(sha)
    return {"id": repository.shown(sha), "title": title, "date": moment(date) if date else when}
