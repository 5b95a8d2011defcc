"""What a drafted config evaluates, by the model's languages, and the scores its card states. Pure."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.evaluated import tasks_left
from bot.preflight.languages import macrolanguage
from bot.surroundings import Surroundings
from schemas.mteb_index import MtebIndex
from schemas.yaml_document import parse_yaml

_OF_ONE_LANGUAGE = re.compile(
    r"(?:VN-)?MTEB ?\((?P<code>[a-z]{3}), v(?P<version>\d+(?:\.\d+)?)\)\Z"
)
_MULTILINGUAL = "MTEB(Multilingual, v2)"
_TASK = re.compile(r"MTEB (?P<task>[\w.-]+)")
_PERCENT = 100
_MOST_CLAIMS = 200


def evaluation_of(
    languages: Sequence[str], around: Surroundings
) -> tuple[dict[str, Any] | None, str]:
    """The keys of `evaluate`, None where nothing can be proposed, and a remark."""
    if len(languages) == 1 and (own := _benchmark(languages[0], around.index)):
        return {
            "benchmarks": [own]
        }, "TODO: mteb's benchmark of the language; other tasks may be added"
    benchmark = around.index.benchmark(_MULTILINGUAL)
    known = [code for code in languages if around.codes.is_known(code)]
    if benchmark and known and tasks_left(benchmark, frozenset(known), around):
        says = "TODO: the tasks of the multilingual benchmark that have one of these languages"
        return {"benchmarks": [_MULTILINGUAL], "languages": known}, says
    return None, "TODO: names of mteb's tasks (or `benchmarks:` with names of benchmarks)"


def _benchmark(language: str, index: MtebIndex) -> str | None:
    """The newest benchmark of one language."""
    versions = {
        float(found["version"]): name
        for name in index.benchmark_names
        if (found := _OF_ONE_LANGUAGE.match(name))
        and macrolanguage(found["code"]) == macrolanguage(language)
    }
    return versions[max(versions)] if versions else None


def stated_claims(
    model_index: str, evaluate: Mapping[str, Any], around: Surroundings
) -> list[tuple[str, float]]:
    """Main scores, as fractions, that a card's model-index states once for a task that is evaluated.

    Published cards write percent. A task with several results is left out: its claim would be their mean.
    """
    evaluated = {
        task
        for name in evaluate.get("benchmarks", ())
        if (benchmark := around.index.benchmark(name))
        for task in tasks_left(benchmark, frozenset(evaluate.get("languages", ())), around)
    }
    document = parse_yaml(model_index.encode(), "README.md")
    scores: dict[str, list[float]] = {}
    for result in _results(document.at("model-index")):
        for task, score in _main_score(result, around.index):
            scores.setdefault(task, []).append(score)
    once = {task: values[0] for task, values in scores.items() if len(values) == 1}
    return sorted((task, score) for task, score in once.items() if task in evaluated)[:_MOST_CLAIMS]


def _results(models: object) -> Iterator[Mapping[str, Any]]:
    for model in models if isinstance(models, list) else ():
        results = model.get("results") if isinstance(model, dict) else None
        for result in results if isinstance(results, list) else ():
            if isinstance(result, dict) and isinstance(result.get("dataset"), dict):
                yield result


def _main_score(result: Mapping[str, Any], index: MtebIndex) -> Iterator[tuple[str, float]]:
    found = _TASK.match(str(result["dataset"].get("name")))
    task = index.task(found["task"]) if found else None
    metrics = result.get("metrics")
    if task is None or not isinstance(metrics, list):
        return
    values = {
        metric["type"]: metric.get("value")
        for metric in metrics
        if isinstance(metric, dict) and isinstance(metric.get("type"), str)
    }
    value = values.get("main_score", values.get(task.main_score))
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        score = round(value / _PERCENT, 6)
        if -1 <= score <= 1:
            yield task.name, score
