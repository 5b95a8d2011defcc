"""Commits over HTTP: which way each file goes, then all of them at once, to a branch or a pull request."""

from fnmatch import fnmatchcase

from werkzeug import Response

from tests.standins.hub import access, card_rules, contents, large_files
from tests.standins.hub.answers import as_json
from tests.standins.hub.call import Call, check_object
from tests.standins.hub.conversation import happen, open_discussion
from tests.standins.hub.errors import Refused
from tests.standins.hub.operations import Asked, from_base64, read_commit
from tests.standins.hub.revisions import commit_of, ref_of
from tests.standins.hub.state import Discussion, Hub, Repository


def preupload(call: Call, repository: Repository, rev: str) -> Response:
    """`POST /preupload/{rev}`: regular or lfs, for each file."""
    call.query("create_pr")
    ref = ref_of(repository, rev)
    _require(call, repository, ref)
    body = call.json({"files": list}, {"gitIgnore": str})
    commit = commit_of(repository, ref)
    known = contents.files(repository, commit)
    attributes = contents.text_of(repository, commit, ".gitattributes") or b""
    ignored = [line.strip() for line in body.get("gitIgnore", "").splitlines()]
    answers = []
    for each in body["files"]:
        check_object(each, {"path": str, "sample": str, "size": int}, {}, "file")
        path, sample = each["path"], from_base64(each["sample"])
        large = large_files.is_large(path, each["size"], sample, attributes)
        answers.append({
            "path": path,
            "uploadMode": "lfs" if large else "regular",
            "shouldIgnore": any(line and fnmatchcase(path, line) for line in ignored),
            "oid": known[path].etag if path in known else None,
        })  # fmt: skip
    return as_json({"files": answers, "commitOid": repository.shown(commit)})


def commit(call: Call, repository: Repository, rev: str) -> Response:
    """`POST /commit/{rev}[?create_pr=1]`."""
    call.query("create_pr")
    base = ref_of(repository, rev)
    author = _require(call, repository, base)
    asked = read_commit(call, repository, base)
    _refuse_bad_card(asked)
    if call.flag("create_pr"):
        return _answer(call, repository, *_open_pull(call.hub, repository, author, asked, base))
    if asked.parent and commit_of(repository, asked.parent) != commit_of(repository, base):
        raise Refused(412, "A commit has happened since. Please refresh and try again.")
    oid = _apply(call.hub, repository, base, author, asked)
    return _answer(call, repository, oid)


def _open_pull(
    hub: Hub, repository: Repository, author: str, asked: Asked, base: str
) -> tuple[str, Discussion]:
    """A pull request and its first commit."""
    if not base.startswith("refs/heads/"):
        raise Refused(400, "A pull request can only be opened against a branch")
    parent = commit_of(repository, asked.parent or base)
    title, description = asked.summary, asked.description
    pull = open_discussion(hub, repository, author, title, description, base=base, status="open")
    repository.git.git("update-ref", pull.ref, parent)
    return _apply(hub, repository, pull.ref, author, asked), pull


def _apply(hub: Hub, repository: Repository, ref: str, author: str, asked: Asked) -> str:
    message = f"{asked.summary}\n\n{asked.description}".strip()
    return add_commit(hub, repository, ref, asked.changes, author, message)


def _answer(
    call: Call, repository: Repository, oid: str, pull: Discussion | None = None
) -> Response:
    url = f"{call.base}/{repository.url_path}"
    commit_url = f"{url}/commit/{oid}"
    answer = {"success": True, "commitOid": oid, "commitUrl": commit_url, "hookOutput": ""}
    if pull:
        answer["pullRequestUrl"] = f"{url}/discussions/{pull.number}"
    return as_json(answer)


def add_commit(
    hub: Hub,
    repository: Repository,
    ref: str,
    changes: dict[str, bytes | None],
    author: str,
    message: str,
) -> str:
    """Commit on top of `ref`; a pull request's ref says so in its discussion. Returns the SHA."""
    oid = repository.git.commit(ref, changes, message)
    record(hub, repository, ref, oid, author, message)
    return oid


def record(hub: Hub, repository: Repository, ref: str, oid: str, author: str, message: str) -> None:
    """Remember who made a commit and when."""
    repository.authors[oid] = author
    repository.dates[oid] = hub.tick()
    pull = pull_of(repository, ref)
    if pull:
        data = {"subject": message.splitlines()[0], "oid": oid}
        happen(hub, pull, "commit", author, data)


def pull_of(repository: Repository, ref: str) -> Discussion | None:
    """The pull request whose commits are at `ref`."""
    number = ref.removeprefix("refs/pr/")
    return repository.discussions.get(int(number)) if number.isdigit() else None


def _require(call: Call, repository: Repository, ref: str) -> str:
    if call.flag("create_pr"):
        return access.require_discuss(call.visitor)
    return access.require_ref(call.visitor, repository, ref)


def _refuse_bad_card(asked: Asked) -> None:
    readme = asked.changes.get("README.md")
    if readme is not None:
        found, _ = card_rules.problems(readme.decode(errors="replace"))
        if found:
            raise Refused(400, "\n".join(found))
