"""What the bot says of publishing: where it stands, and in a dry run what it would do."""

from collections.abc import Iterator, Mapping, Sequence

from bot.markdown import code
from bot.publication.files import Content, size_of
from bot.publication.operations import (
    ClosePull,
    CommitToMain,
    CommitToPull,
    CreateRepository,
    EditDescription,
    MergeMain,
    OpenPull,
    Operation,
)
from bot.publication.outcome import Publication


def standing(publication: Publication, hub: str) -> str:
    """One Markdown sentence on where the results are; `hub` is the Hub's address.

    Whether this run or an earlier one brought them there makes no difference to a reader.
    """
    number, model = publication.pull, code(publication.model)
    pull = f"[pull request {number}]({hub}/{publication.model}/discussions/{number}) of {model}"
    match publication.state:
        case "opened" | "updated" | "unchanged":
            return f"The results are in {pull}, for the model's author to merge."
        case "conflict":
            return f"The results could not be brought into {pull}: that needs a person."
        case "closed":
            return f"A person closed {pull} without merging it: it stays closed, and the bot opens no other."
        case "merged":
            return f"The main branch of {model} holds these results."
        case "nothing-to-publish":
            return f"Nothing is to be published in the repository of {model}."


def planned(operations: Sequence[Operation]) -> Iterator[str]:
    """What would be done, line by line."""
    if not operations:
        yield "nothing would change"
    for operation in operations:
        yield from _planned(operation)


def _planned(operation: Operation) -> Iterator[str]:
    match operation:
        case CreateRepository(private):
            yield f"would create the model's repository, {'private' if private else 'public'}"
        case CommitToMain(main, files):
            yield f"would put on main at {main[:7]}, which is empty,"
            yield from _listed(files)
        case OpenPull(main, files):
            yield f"would open a pull request on main at {main[:7]} with"
            yield from _listed(files)
        case MergeMain(pull, _, main):
            yield f"would merge main at {main[:7]} into pull request {pull}"
        case CommitToPull(pull, _, _, files, deleted, restored):
            yield f"would commit to pull request {pull}"
            yield from _listed(files)
            yield from (f"  {path}, deleted" for path in deleted)
            yield from (f"  {path}, as on main" for path in restored)
        case EditDescription(pull):
            yield f"would edit the description of pull request {pull}"
        case ClosePull(pull):
            yield f"would close pull request {pull}, a duplicate"


def _listed(files: Mapping[str, Content]) -> Iterator[str]:
    return (f"  {path}, {size_of(content):,} bytes" for path, content in files.items())
