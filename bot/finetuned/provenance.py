"""How a model was trained, as the rows of one folded table: enough to repeat it."""

from collections.abc import Iterator

from bot.bounded import Section
from bot.finetuned.data import DataSet, Finetuned, Training
from bot.finetuned.sentences import choice, contamination, recipe_changes
from bot.how_measured import duration
from bot.markdown import code, fenced, table_head, table_row
from bot.report import Report
from bot.sentences import counted, points

_PACKAGES = ("FlagEmbedding", "torch", "transformers", "sentence-transformers", "datasets")


def how_trained(report: Report) -> Section | None:
    """The folded section that lets a reader repeat the training; None where there was none."""
    tuned = report.finetuned
    if tuned is None:
        return None
    return Section(
        intro=choice(tuned),
        table_head=table_head(["what", "value"]),
        items=tuple(table_row(row) for row in _rows(report, tuned)),
        outro=f"The command that repeats it:\n\n{fenced(report.provenance['command'])}",
        importance=6,
        fold="How it was trained",
        where="; `report.json` has all",
    )


def _rows(report: Report, tuned: Finetuned) -> Iterator[tuple[str, str]]:
    yield "base model", f"{code(tuned.base_model)} at {code(tuned.base_revision)}"
    for data in tuned.data:
        yield "data set", data_set(data)
    if tuned.data:
        held = counted(tuned.held_out, "row")
        yield "held out", f"{held}, kept from training" if tuned.held_out else "nothing"
    if tuned.data or tuned.contamination.checked:
        yield "evaluation data in it", contamination(tuned)
    for variant in tuned.variants:
        recipe = next(run.recipe for run in tuned.runs if run.variant == variant)
        yield f"recipe of {code(variant, 40)}", recipe_changes(recipe)
    for run in tuned.runs:
        yield f"{code(run.variant, 40)}, seed {run.seed}", ", ".join(_training(run))
    found = report.provenance
    hardware, packages = found["hardware"], found["packages"]
    times = f"{hardware['count']} of " if hardware["count"] > 1 else ""
    yield "machine", f"{times}{code(hardware['name'])}, {code(hardware['device'])}"
    known = [f"{code(name)} {code(packages[name], 60)}" for name in _PACKAGES if name in packages]
    if known:
        yield "packages", ", ".join(known)


def data_set(data: DataSet) -> str:
    """One data set: which, how much of it, and its digest."""
    at = f" at {code(data.revision)}" if data.revision else ", a local file"
    split = f", split {code(data.split)}" if data.split else ""
    labels = f", {counted(data.labels, 'label')}" if data.labels is not None else ", no labels"
    rows = f"trained on {data.trained:,} of {counted(data.rows, 'row')}"
    return f"{code(data.name)}{at}{split}: {rows}{labels}; sha256 {code(data.sha256)}"


def _training(run: Training) -> Iterator[str]:
    if not run.ended:
        yield "failed" if run.failure else "not trained to its end"
    yield counted(run.steps, "step")
    yield f"{counted(run.texts_encoded, 'text')} encoded"
    yield duration(run.seconds)
    if run.held_out_score is not None:
        yield f"held-out score {points(run.held_out_score)}"
    if run.weights_sha256:
        yield f"weights sha256 {code(run.weights_sha256)}"
