"""What decides on whether a run may go on, as GitHub has it now."""

from bot.commanding.authorization import Approval, AuthorizationFacts, Started
from bot.commanding.config_facts import config_facts
from bot.commanding.grammar import parse
from bot.github_api.asked import written_comment
from bot.github_api.configs import config_files
from bot.github_api.connection import GithubConnection
from bot.github_api.people import may_command
from bot.github_api.pulls import pull_now


def authorization_facts(
    connection: GithubConnection, repository: str, started: Started
) -> AuthorizationFacts:
    """Who asked, and what the pull request holds. Its head is looked at last: a push in between is seen.

    Raises:
        CommandError: it may not be read, or there is no answer within the policy's tries.
    """
    approval = _approval(connection, repository, started.comment) if started.comment else None
    who = approval.by if approval else started.label_by or started.actor
    asked = started.comment is None or approval is not None
    may = asked and bool(who) and may_command(connection, repository, who)
    subject = started.subject
    files = config_files(connection, repository, subject.sha, subject.config)
    revision = config_facts(subject.config, files).revision
    pull = pull_now(connection, repository, subject.pull)
    return AuthorizationFacts(pull, revision, who, may, approval)


def _approval(connection: GithubConnection, repository: str, comment: int) -> Approval | None:
    found = written_comment(connection, repository, comment)
    if found is None:
        return None
    command = parse(found.comment.body)
    return Approval(found.comment.author, found.pull, found.edited, found.by_app, command)
