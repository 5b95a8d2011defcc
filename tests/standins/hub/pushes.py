"""git clone, fetch and push, and what the Hub's hooks refuse.

The rules, as their messages were seen: datasets issue 5090 (front matter), huggingface_hub issue 1404 and
pull request 657 (binaries), and fast-forwards only.
"""

from collections.abc import Mapping

from werkzeug import Response

from tests.standins import git_http
from tests.standins.git_repository import ZERO, NoSuchRevision
from tests.standins.hub import access, card_rules, large_files
from tests.standins.hub.call import Call
from tests.standins.hub.commits import record
from tests.standins.hub.contents import blobs, listing
from tests.standins.hub.state import Hub, Repository

_DECLINED = "pre-receive hook declined"


def git_asked(call: Call, repository: Repository, git: str) -> Response:
    """`/[datasets/]{id}[.git]/info/refs`, `git-upload-pack` and `git-receive-pack`."""
    call.query("service")
    asked = "info/refs" if git == "refs" else git
    if not git_http.is_push(call.request):
        access.require_contents(call.request, call.visitor, repository)
        return git_http.serve(call.request, repository.git.path, asked)
    if not call.visitor.token:
        return git_http.ask_for_password("Hugging Face")
    access.require_discuss(call.visitor)
    updates = git_http.ref_updates(call.request)
    if reasons := _not_allowed(call, repository, updates):
        return git_http.refuse(call.request, _all_refused(updates, reasons))
    before = repository.git.refs()
    response = git_http.serve(call.request, repository.git.path, asked, call.visitor.name)
    moved = {r: sha for r, sha in repository.git.refs().items() if before.get(r) != sha}
    reasons = {ref: "non-fast-forward" for ref in moved if _is_rewritten(repository, before, ref)}
    problems = [line for ref in moved for line in _problems(call.hub, repository, ref, moved[ref])]
    if reasons or problems:
        _move_back(repository, before, moved)
        reasons = {ref: reasons.get(ref, _DECLINED) for ref in moved}
        return git_http.refuse(call.request, reasons, "\n".join(problems))
    for ref, sha in moved.items():
        _record(call, repository, ref, before.get(ref, ZERO), sha)
    return response


def _not_allowed(
    call: Call, repository: Repository, updates: list[git_http.RefUpdate]
) -> dict[str, str]:
    reasons = {}
    for update in updates:
        if not access.may_move(call.visitor, repository, update.ref):
            reasons[update.ref] = "you cannot push to this ref"
        elif update.new == ZERO and not update.ref.startswith("refs/tags/"):
            reasons[update.ref] = "deletion prohibited"
    return reasons


def _is_rewritten(repository: Repository, before: Mapping[str, str], ref: str) -> bool:
    """Whether commits that `ref` had are gone; git itself looks at branches alone."""
    words = ("merge-base", "--is-ancestor", before.get(ref, ref), ref)
    try:
        repository.git.git(*words)
    except NoSuchRevision:
        return True
    return False


def _all_refused(updates: list[git_http.RefUpdate], reasons: Mapping[str, str]) -> dict[str, str]:
    return {update.ref: reasons.get(update.ref, "another ref was refused") for update in updates}


def _problems(hub: Hub, repository: Repository, ref: str, sha: str) -> list[str]:
    """Why a hook would decline the commit; of the files, only those that no other ref has."""
    new = [entry for entry in repository.git.tree(sha) if entry.kind == "blob"]
    known = {
        entry.blob
        for other, commit in repository.git.refs().items()
        if other != ref
        for entry in listing(repository, commit)
        if hasattr(entry, "blob")
    }
    new = [entry for entry in new if entry.sha not in known]
    found = blobs(repository.git, [entry.sha for entry in new])
    problems = []
    for entry in new:
        content = found[entry.sha]
        pointer = large_files.pointer_in(content)
        if pointer and pointer.sha256 not in hub.large_files:
            problems.append(f"LFS pointer pointed to a file that does not exist: {entry.path}")
        if len(content) > large_files.LARGE:
            problems.append("Your push was rejected because it contains files larger than 10 MiB.")
            problems.append(f" - {entry.path} (ref: {ref})")
        elif large_files.is_binary(content) and len(content) > large_files.LARGE_BINARY:
            problems.append("Your push was rejected because it contains binary files.")
            problems.append(f"Offending files:\n - {entry.path} (ref: {ref})")
        if entry.path == "README.md" and (
            wrong := card_rules.problems(content.decode(errors="replace"))[0]
        ):
            problems.append("Sorry, your push was rejected during YAML metadata verification:")
            problems += [f" - Error: {each}" for each in wrong]
    return problems


def _move_back(repository: Repository, before: Mapping[str, str], moved: Mapping[str, str]) -> None:
    for ref in moved:
        words = ("update-ref", ref, before[ref]) if ref in before else ("update-ref", "-d", ref)
        repository.git.git(*words)


def _record(call: Call, repository: Repository, ref: str, old: str, new: str) -> None:
    span = new if old == ZERO else f"{old}..{new}"
    log = repository.git.git("log", "--reverse", "--topo-order", "--format=%H %s", span).decode()
    for line in log.splitlines():
        sha, _, subject = line.partition(" ")
        if sha not in repository.authors:
            name = access.require_user(call.visitor)
            record(call.hub, repository, ref, sha, name, subject or "(no message)")
