"""Pull requests as they open, follow their branches, and close."""

from tests.standins.git_repository import GitRepository
from tests.standins.github.diffs import merged_tree
from tests.standins.github.refusals import custom, invalid
from tests.standins.github.world import Pull, Repository, World


def head_of(git: GitRepository, branch: str) -> str | None:
    """The commit of a branch, read from its file where it has one: this is asked at each request."""
    loose = git.path / "refs" / "heads" / branch
    if loose.is_file():
        return loose.read_text().strip()
    return git.refs(f"refs/heads/{branch}").get(f"refs/heads/{branch}")


def find_head(world: World, base: Repository, head: str) -> tuple[Repository, str]:
    """The repository and branch that `branch`, `owner:branch` or `owner:repository:branch` name.

    Raises:
        Refused: there is none in the network.
    """
    *whose, branch = head.split(":", 2)
    owner = whose[0] if whose else base.owner
    found = [
        one
        for one in world.network(base)
        if one.owner.lower() == owner.lower() and whose[1:] in ([], [one.name])
    ]
    if not found or head_of(found[0].git, branch) is None:
        raise invalid("PullRequest", "head", "invalid")
    return found[0], branch


def open_pull(
    world: World, base: Repository, head: str, author: str, wanted: dict[str, object], now: str
) -> Pull:
    """Open a pull request; `wanted` has title, body, base, draft as the API takes them.

    Raises:
        Refused: one is open already, there is nothing to merge, or a branch is missing.
    """
    source, branch = find_head(world, base, head)
    target = str(wanted.get("base") or base.default_branch)
    base_sha, head_sha = head_of(base.git, target), head_of(source.git, branch)
    if base_sha is None:
        raise invalid("PullRequest", "base", "invalid")
    assert head_sha is not None
    _refuse_second(base, source, branch, target)
    if not base.git.git("rev-list", "--max-count=1", f"{base_sha}..{head_sha}"):
        sides = f"{base.owner}:{target} and {source.owner}:{branch}"
        raise custom("PullRequest", f"No commits between {sides}")
    base.last_number += 1
    pull = Pull(
        id=world.next_id(),
        number=base.last_number,
        title=str(wanted["title"]),
        body=str(wanted["body"]) if wanted.get("body") is not None else None,
        author=author,
        head_repository=source.full_name,
        head_owner=source.owner,
        head_ref=branch,
        head_sha=head_sha,
        base_ref=target,
        base_sha=base_sha,
        base_tip=base_sha,
        created_at=now,
        updated_at=now,
        draft=bool(wanted.get("draft", False)),
        maintainer_can_modify=bool(wanted.get("maintainer_can_modify", True)),
    )
    base.pulls[pull.number] = pull
    _keep_refs(base, pull)
    return pull


def _refuse_second(base: Repository, source: Repository, branch: str, target: str) -> None:
    for pull in base.pulls.values():
        same = (pull.head_repository, pull.head_ref, pull.base_ref)
        if pull.state == "open" and same == (source.full_name, branch, target):
            raise custom(
                "PullRequest", f"A pull request already exists for {source.owner}:{branch}."
            )


def follow_branches(world: World, now: str) -> None:
    """Bring open pull requests up to their branches, whoever moved them; a deleted head closes."""
    for repository in world.repositories.values():
        for pull in repository.pulls.values():
            if pull.state == "open" and pull.head_repository:
                _follow(world, repository, pull, now)


def _follow(world: World, repository: Repository, pull: Pull, now: str) -> None:
    assert pull.head_repository
    head = head_of(world.repository(pull.head_repository).git, pull.head_ref)
    base = head_of(repository.git, pull.base_ref)
    if head is None or base is None:
        close(pull, now)
        return
    if head != pull.head_sha:
        pull.head_sha, pull.base_sha, pull.updated_at = head, base, now
    elif base == pull.base_tip:
        return
    pull.base_tip = base
    _keep_refs(repository, pull)


def close(pull: Pull, now: str) -> None:
    """Close it without merging."""
    pull.state, pull.closed_at, pull.updated_at = "closed", now, now


def reopen(world: World, repository: Repository, pull: Pull, now: str) -> None:
    """Open it again, at where its branch is now.

    Raises:
        Refused: the branch is gone, it was merged, or another one is open for it.
    """
    source = pull.head_repository and world.repository(pull.head_repository)
    if pull.merged_at or not source or head_of(source.git, pull.head_ref) is None:
        raise invalid("PullRequest", "state", "invalid", "state cannot be changed.")
    _refuse_second(repository, source, pull.head_ref, pull.base_ref)
    pull.state, pull.closed_at, pull.updated_at = "open", None, now


def _keep_refs(base: Repository, pull: Pull) -> None:
    """refs/pull/N/head and, where both sides merge, refs/pull/N/merge."""
    git = base.git
    git.git("update-ref", f"refs/pull/{pull.number}/head", pull.head_sha)
    merge = f"refs/pull/{pull.number}/merge"
    tree = merged_tree(git, pull.base_tip, pull.head_sha)
    if tree is None:
        pull.merge_commit_sha = None
        if merge in git.refs(merge):
            git.git("update-ref", "-d", merge)
        return
    text = f"Merge {pull.head_sha} into {pull.base_tip}".encode()
    made = git.git("commit-tree", "-p", pull.base_tip, "-p", pull.head_sha, tree, stdin=text)
    pull.merge_commit_sha = made.decode().strip()
    git.git("update-ref", merge, pull.merge_commit_sha)
