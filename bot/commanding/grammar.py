"""From the text of a comment to a command: the first line that is not blank, read strictly.

What does not begin with a slash there is talk: quotes, lists, code, HTML comments and everything below
the first line. A slash that begins no word near one of ours is a path or another bot's command.
"""

import re

from bot.commanding.command import COMMANDS, MOST_TASKS, Command, Misunderstood, Syntax, Word
from bot.conversation.marker import LONGEST_REQUEST
from bot.markdown import code
from schemas.problem import nearest

_LONGEST_LINE = 2000
_INDENT = re.compile(r" {0,3}/")  # four blanks or a tab make a code block
_WORD = re.compile(r"/[^\s/]{1,40}")
_BLANKS = re.compile(r"[ \t]+")
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_TASK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_SMOKE = "--smoke"
_WORDS = {word.value: word for word in Word}


def parse(body: str) -> Command | Misunderstood | None:
    """The command that a comment begins with; None: it asks for nothing of ours."""
    line = _first_line(body)
    if not _INDENT.match(line):
        return None
    first, *rest = _BLANKS.split(line.strip(" \t"))
    if word := _WORDS.get(first):
        return _command(word, rest, len(line))
    if not _WORD.fullmatch(first):
        return None
    meant = nearest(first, _WORDS)
    return _meant(first, meant) if meant else None


def _first_line(body: str) -> str:
    """GitHub ends a line with CR, LF or both, and with nothing else."""
    for line in re.split(r"\r\n|\n|\r", body):
        if line.strip(" \t"):
            return line
    return ""


def _meant(said: str, meant: str) -> Misunderstood:
    return Misunderstood(f"{code(said, 60)} is no command. Did you mean {_shown(_WORDS[meant])}?")


def _command(word: Word, arguments: list[str], length: int) -> Command | Misunderstood:
    syntax = COMMANDS[word]
    if length > _LONGEST_LINE:
        return _refused(word, f"That line has more than {_LONGEST_LINE:,} characters.")
    models = [one for one in arguments if "/" in one]
    tasks = sorted({one for one in arguments if "/" not in one and one != _SMOKE})
    if (why := _wrong_models(syntax, models)) or (why := _wrong_tasks(syntax, tasks)):
        return _refused(word, why)
    smoke = _SMOKE in arguments
    if smoke and not syntax.takes_tasks:
        return _refused(word, f"It takes no {code(_SMOKE)}.")
    command = Command(word, next(iter(models), None), smoke, tuple(tasks))
    if len(command.request) > LONGEST_REQUEST:
        return _refused(word, f"The tasks take more than {LONGEST_REQUEST} characters.")
    return command


def _wrong_models(syntax: Syntax, models: list[str]) -> str:
    if models and not syntax.takes_model:
        return "It takes nothing after it."
    if len(models) > 1:
        return "It takes one model."
    wrong = next((one for one in models if not _MODEL.fullmatch(one)), None)
    return f"{code(wrong, 100)} is no model; write `org/name`." if wrong else ""


def _wrong_tasks(syntax: Syntax, tasks: list[str]) -> str:
    wrong = next((one for one in tasks if not _TASK.fullmatch(one)), None)
    if tasks and not syntax.takes_tasks:
        return f"It does not take {code(wrong or tasks[0], 100)}."
    if wrong:
        option = f" Did you mean {code(_SMOKE)}?" if nearest(wrong, [_SMOKE]) else ""
        return f"{code(wrong, 100)} is neither an option nor the name of a task.{option}"
    return f"It takes {MOST_TASKS} tasks at most." if len(tasks) > MOST_TASKS else ""


def _refused(word: Word, why: str) -> Misunderstood:
    return Misunderstood(f"{why} This is how it is written: {_shown(word)}")


def _shown(word: Word) -> str:
    return code(COMMANDS[word].shown(word))
