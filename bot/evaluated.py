"""What a model config asks to have evaluated, as far as its names are right."""

from bot.surroundings import Surroundings, task_names, texts
from schemas.mteb_index import IndexedBenchmark
from schemas.yaml_document import YamlDocument


def language_filter(document: YamlDocument, around: Surroundings) -> frozenset[str]:
    """`evaluate.languages`; empty (everything) when one is wrong, as that is a problem of its own."""
    codes = frozenset(code for _, code in texts(document, "evaluate", "languages"))
    return codes if all(map(around.codes.is_known, codes)) else frozenset()


def tasks_left(
    benchmark: IndexedBenchmark, wanted: frozenset[str], around: Surroundings
) -> list[str]:
    """Names of the benchmark's tasks that keep a subset in the languages `wanted`."""
    return [
        item.task
        for item in benchmark.tasks
        if (task := around.index.task(item.task))
        and not around.subsets_in(task, wanted).isdisjoint(item.subsets)
    ]


def evaluated_tasks(document: YamlDocument, around: Surroundings) -> set[str] | None:
    """Names of all tasks that will be evaluated; None when a wrong name leaves that open."""
    wanted = language_filter(document, around)
    evaluated: set[str] = set()
    for name in dict.fromkeys(name for _, name in texts(document, "evaluate", "benchmarks")):
        benchmark = around.index.benchmark(name)
        if benchmark is None:
            return None
        evaluated.update(tasks_left(benchmark, wanted, around))
    for number, name in task_names(document):
        custom = around.custom_tasks.get(number)
        known = custom.name if custom else name if around.index.task(name) else None
        if known is None:
            return None
        evaluated.add(known)
    return evaluated or None
