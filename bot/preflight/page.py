"""The documentation of the preflight, generated from its table."""

from bot.markdown import table
from bot.preflight.table import TABLE

_HEAD = """\
# What `mteb-bot check --hub` looks at

<!-- Generated: `mteb-bot check --list-rules > docs/preflight.md` writes this page from the table of rules. -->

Without `--hub` a config is checked on its own: its keys, names and values. With it the bot also asks the Hub whether
the submission is open and consistent: anonymously, or with the token in `HF_TOKEN`. Nothing is downloaded but small
text files, and nothing in the repository is run.

With `finetune:` the repository is that of `finetune.base_model`, which `revision` and `load` are about. What the rules
ask of a model's own card and licence text is then left out: publishing writes those.

An **error** makes the check fail (exit code 1). A **warning** is for the submitter and the maintainers to judge, a
**note** is for information. A Hub that does not answer is no fault of the submission (exit code 4), nor is a token
that it does not take (exit code 3)."""


def page() -> str:
    """The page, in Markdown."""
    parts = [_HEAD]
    for section in TABLE:
        rows = [
            (f"`{rule.id}`", rule.severity, rule.what, rule.why, _sentence(rule.fix))
            for rule in section.rules
        ]
        headers = ("rule", "severity", "what must hold", "why", "how to fix it")
        parts += [f"## {section.title}", table(headers, rows)]
    return "\n\n".join(parts) + "\n"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
