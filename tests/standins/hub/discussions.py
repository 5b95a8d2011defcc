"""Discussions and pull requests: listed, opened, talked in, closed, merged."""

from werkzeug import Response

from tests.standins.hub import access, errors
from tests.standins.hub.answers import as_json
from tests.standins.hub.call import Call
from tests.standins.hub.conversation import (
    checked_comment,
    checked_title,
    happen,
    open_discussion,
    say,
    set_status,
    shown,
    summary,
    text_shown,
)
from tests.standins.hub.merging import conflicts, shares_history
from tests.standins.hub.merging import merge as merge_pull
from tests.standins.hub.revisions import commit_of
from tests.standins.hub.state import MAIN, Discussion, Event, Repository

PAGE = 10


def listed(call: Call, repository: Repository) -> Response:
    """`GET /discussions`: newest first, ten a page."""
    query = call.query("p", "type", "status", "author", "search", "sort")
    wanted = [
        discussion
        for _, discussion in sorted(repository.discussions.items(), reverse=True)
        if _of_type(discussion, query.get("type", "all"))
        and _of_status(discussion, query.get("status", "all"))
        and query.get("author", discussion.author) == discussion.author
        and query.get("search", "").lower() in discussion.title.lower()
    ]
    start = int(query.get("p", "0")) * PAGE
    return as_json({
        "discussions": [summary(repository, each) for each in wanted[start : start + PAGE]],
        "count": len(wanted),
        "start": start,
        "numClosedDiscussions": sum(_of_status(each, "closed") for each in wanted),
    })  # fmt: skip


def detailed(call: Call, repository: Repository, number: str) -> Response:
    """`GET /discussions/N`."""
    call.query("diff")
    discussion = _find(repository, number)
    answer = {
        **summary(repository, discussion),
        "_id": f"{discussion.number:024x}",
        "collection": "discussions",
        "locked": False,
        "events": [shown(event) for event in discussion.events],
    }
    if discussion.is_pull:
        answer["changes"] = {"base": discussion.base}
        if discussion.merge_commit:
            answer["changes"]["mergeCommitId"] = repository.shown(discussion.merge_commit)
        answer["diffUrl"] = f"{call.base}/{repository.url_path}/discussions/{number}.diff"
        answer["filesWithConflicts"] = conflicts(repository, discussion)
        if call.flag("diff") and shares_history(repository, discussion):
            span = f"{discussion.base}...{discussion.ref}"
            answer["diff"] = repository.git.git("diff", span).decode(errors="replace")
    return as_json(answer)


def opened(call: Call, repository: Repository) -> Response:
    """`POST /discussions`: a pull request opened so is a draft whose ref is where main is."""
    call.query()
    author = access.require_discuss(call.visitor)
    body = call.json({"title": str, "description": str, "pullRequest": bool})
    discussion = open_discussion(
        call.hub,
        repository,
        author,
        body["title"],
        body["description"],
        is_pull=body["pullRequest"],
        status="draft" if body["pullRequest"] else "open",
    )
    if discussion.is_pull:
        head = commit_of(repository, MAIN)
        repository.git.git("update-ref", discussion.ref, head)
    url = f"{call.base}/{repository.url_path}/discussions/{discussion.number}"
    return as_json({"num": discussion.number, "url": url, "pullRequest": discussion.is_pull})


def commented(call: Call, repository: Repository, number: str) -> Response:
    """`POST /discussions/N/comment`."""
    author = access.require_discuss(call.visitor)
    body = call.json({"comment": str})
    event = say(call.hub, _find(repository, number), author, body["comment"])
    return as_json({"newMessage": shown(event)})


def edited(call: Call, repository: Repository, number: str, comment: str) -> Response:
    """`POST /discussions/N/comment/ID/edit`."""
    author = access.require_discuss(call.visitor)
    body = call.json({"content": str})
    event = _comment(_find(repository, number), comment)
    if author != event.author and not access.may_write(call.visitor, repository):
        raise errors.forbidden("You cannot edit this comment")
    event.data["history"].append(event.data["latest"])
    event.data.update(
        latest=text_shown(call.hub, author, checked_comment(body["content"])),
        edited=True,
        numEdits=event.data["numEdits"] + 1,
    )
    return as_json({"updatedComment": shown(event)})


def hidden(call: Call, repository: Repository, number: str, comment: str) -> Response:
    """`POST /discussions/N/comment/ID/hide`."""
    author = access.require_discuss(call.visitor)
    event = _comment(_find(repository, number), comment)
    if author != event.author and not access.may_write(call.visitor, repository):
        raise errors.forbidden("You cannot hide this comment")
    event.data.update(hidden=True, latest=text_shown(call.hub, author, ""), history=[])
    return as_json({"updatedComment": shown(event)})


def renamed(call: Call, repository: Repository, number: str) -> Response:
    """`POST /discussions/N/title`."""
    discussion = _find(repository, number)
    author = _require_moderator(call, repository, discussion)
    title = checked_title(call.json({"title": str})["title"])
    data = {"from": discussion.title, "to": title}
    discussion.title = title
    return as_json({"newTitle": shown(happen(call.hub, discussion, "title-change", author, data))})


def status_changed(call: Call, repository: Repository, number: str) -> Response:
    """`POST /discussions/N/status`: close, reopen, or publish a draft."""
    discussion = _find(repository, number)
    author = _require_moderator(call, repository, discussion)
    body = call.json({"status": str}, {"comment": str})
    if body["status"] not in {"open", "closed"}:
        raise errors.Refused(400, '"status" must be one of [open, closed]')
    if body["status"] == discussion.status or discussion.status == "merged":
        raise errors.Refused(400, f"Discussion is already {discussion.status}")
    if "comment" in body:
        say(call.hub, discussion, author, body["comment"])
    event = set_status(call.hub, discussion, author, body["status"])
    return as_json({"newStatus": shown(event)})


def merged(call: Call, repository: Repository, number: str) -> Response:
    """`POST /discussions/N/merge`: one squashed commit on the base."""
    discussion = _find(repository, number)
    author = access.require_ref(call.visitor, repository, discussion.base)
    comment = call.json({}, {"comment": str}) if call.request.get_data() else {}
    merge_pull(call.hub, repository, discussion, author)
    if "comment" in comment:
        say(call.hub, discussion, author, comment["comment"])
    set_status(call.hub, discussion, author, "merged")
    return as_json({})


def _find(repository: Repository, number: str) -> Discussion:
    discussion = repository.discussions.get(int(number) if number.isdigit() else 0)
    if discussion is None:
        raise errors.Refused(404, "Discussion not found")
    return discussion


def _comment(discussion: Discussion, comment: str) -> Event:
    for event in discussion.comments:
        if event.id == comment:
            return event
    raise errors.Refused(404, "Comment not found")


def _require_moderator(call: Call, repository: Repository, discussion: Discussion) -> str:
    name = access.require_user(call.visitor)
    if not access.may_moderate(call.visitor, repository, discussion):
        raise errors.forbidden("You are neither its author nor have write access")
    return name


def _of_type(discussion: Discussion, wanted: str) -> bool:
    return wanted == "all" or (wanted == "pull_request") == discussion.is_pull


def _of_status(discussion: Discussion, wanted: str) -> bool:
    closed = discussion.status in {"closed", "merged"}
    return wanted == "all" or (wanted == "closed") == closed
