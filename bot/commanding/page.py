"""docs/commands.md, written from the table: `mteb-bot respond --list-commands > docs/commands.md`."""

from bot.commanding.command import MOST_TASKS
from bot.commanding.decide import MOST_STRANGERS
from bot.commanding.event import START_LABEL
from bot.commanding.wording import command_table
from bot.markdown import table

_INTRO = """\
# Commands

What people with write permission ask the bot for, in comments on a pull request. This page is written from
the table in `bot/commanding/command.py`.
"""
_RULES = f"""\
## What counts as a command

- The first line of a new comment that is not blank, if it begins with the command, with at most three blanks
  before it. So nothing in a quote, a list, a code block or an HTML comment is one, nor anything below the first
  line: there you may write what you like.
- Exactly as it stands above, in small letters. A line that nearly is a command gets a short answer with the
  nearest one; any other line that begins with a slash is none of the bot's business.
- As it was written: a comment that was edited is no command, and neither is a review.
- `TASK…` are up to {MOST_TASKS} names of tasks that the config asks for. Without `org/name` a command is about every
  model of the pull request; `/evaluate` then about those that have not been evaluated.

The label `{START_LABEL}` does what `/evaluate` does, and is taken off again.

## Who may

People with the permission `write`, `maintain` or `admin`, looked up when the command is read and again when the
evaluation starts. Anybody else is told so once, and {MOST_STRANGERS} people in one pull request at most.

## What is evaluated

The commit that the bot's comment on the model names, if that comment had not changed since before the command
was written and the pull request has no newer commit. Otherwise nothing starts, and the answer says why. The
evaluation checks the same again when it starts, together with the model's revision; a later push stops it.

A command that is read twice, as when its job is run again, does nothing the second time.

## When something got stuck

A machine may go away at any moment, also the one that was to say so; then a comment says "running" of a run that
has ended, or nothing comes at all. `/retry` goes on from what is there, at the head of the pull request:
"""
_STUCK = (
    ("nothing, or is about an older commit", "checks the pull request again"),
    ("`invalid`", "checks again: what was wrong on the Hub may be mended by now"),
    (
        "anything, and a run has ended of which it says nothing, or not how it ended",
        "reads what the run left, which costs no machine's time; one that was cancelled it evaluates again",
    ),
    ("`queued` or `running`, and there is no such run", "evaluates again as was asked"),
    ("`failed` or `cancelled`", "evaluates again as was asked"),
    (
        "`validated` or `tried`, and an `/evaluate` after that came to nothing",
        "evaluates as that command asked, in the name of who retries",
    ),
    (
        "`evaluated` and nothing of the Hub, though the settings say `on: evaluated` or a `/publish` came after that",
        "publishes",
    ),
    (
        "anything, and the pull request is merged",
        "brings the results to the default branch, and publishes where the settings say `on: merged`",
    ),
)


def commands_page() -> str:
    """The page."""
    stuck = table(["what the bot's comment on a model says", "what `/retry` does"], _STUCK)
    return f"{_INTRO}\n{command_table()}\n\n{_RULES}\n{stuck}\n"
