"""The documentation of submitting, generated from the table of rules."""

from bot.markdown import table
from bot.results_repository.rules import RULES

_HEAD = """\
# Getting onto the public MTEB leaderboard: `mteb-bot submit`

<!-- Generated: `mteb-bot submit --list-rules > docs/submit.md` writes this page from the table of rules. -->

The leaderboard reads no model cards. It reads a results repository on GitHub
(`embeddings-benchmark/results`: `results/<org>__<name>/<revision>/<Task>.json` with `model_meta.json` and
`run_settings.jsonl`) and the `ModelMeta` of each model in mteb's own code. So two pull requests lead there:

1. `mteb-runner model-meta CONFIG --results DIR --output FILE.py` writes the `ModelMeta` to contribute to mteb and
   marks with TODO what only a person can know. mteb itself has tried the source by then.
2. `mteb-bot submit CONFIG --results DIR --repository embeddings-benchmark/results` opens the one with the results,
   or brings it up to date. Off by default: without `--repository` (or `MTEB_RESULTS_REPOSITORY`) nothing is sent.
   `--dry-run` shows what would be.

`GITHUB_TOKEN` must be a personal access token (classic, scopes `public_repo` and `workflow`) of the account whose
fork is used. No workflow is ever touched, but the branch starts from the repository's base, and GitHub lets nobody
without the second scope make a branch with workflows that the fork does not have yet. The fork is made where it is
missing. Nothing is cloned: of the repository only the model's folder is read.

## What is sent, and what never is

Only what the repository lacks. No score of others is changed: other subsets of the same task are merged
into it as mteb merges them, a score that is already there stays, and where two measurements disagree the task is
left out and said. There is one branch and one pull request a model: until it is merged it holds what the last run was
given and nothing else, so name the folder with all results of the revision. The bot edits its own part of the text alone,
so boxes that people tick stay ticked. A pull request that somebody closed stays closed. A branch with commits of
other people, or with an amended one of the bot's, is left alone.

Every file is checked beforehand by the rules that the repository's own checks apply. An **error** leaves the task
out. A **warning** is said in the pull request, for people to settle there: the bot deletes nothing. The box that
swears that no evaluation data was trained on is always left to a person.

Refused whole are a smoke run, results of another model or revision than the config names (a full commit SHA: never
`external` or `no_revision_available`), and a model_meta.json of another model or revision. That mteb does not know
the model yet is a warning: the repository's test_model_implementation.py fails until the `ModelMeta` is merged."""


def page() -> str:
    """The page, in Markdown."""
    headers = ("rule", "severity", "what must hold", "why", "what to do")
    rows = [
        (
            f"`{rule.id}`",
            rule.severity,
            rule.what,
            rule.why,
            f"{rule.fix[0].upper()}{rule.fix[1:]}.",
        )
        for rule in RULES
    ]
    return f"{_HEAD}\n\n{table(headers, rows)}\n"
