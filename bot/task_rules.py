"""What `evaluate` of a model config must keep: benchmarks, tasks, splits and subsets that exist, in its languages."""

from collections.abc import Collection, Iterator
from itertools import islice

from bot.evaluated import language_filter, tasks_left
from bot.surroundings import CustomTaskFile, Surroundings, task_names, texts
from schemas.explain import listed
from schemas.mteb_index import IndexedBenchmark, IndexedTask, any_wanted
from schemas.problem import Names, Problem, shown
from schemas.submission import is_task_file
from schemas.yaml_document import Path_, YamlDocument

_MOST_LISTED = 12


def wrong_benchmarks(document: YamlDocument, around: Surroundings) -> Iterator[Problem]:
    """Benchmarks exist, need text only, and keep a task in the languages asked for."""
    index = around.index
    first: set[str] = set()
    for path, name in texts(document, "evaluate", "benchmarks"):
        if name in first:  # the schema objects to a repetition
            continue
        first.add(name)
        if benchmark := index.benchmark(name):
            yield from _unusable_benchmark(document, path, benchmark, around)
        elif known := index.benchmark_aliases.get(name):
            message = f"`{name}` is another name of the benchmark `{known}`"
            yield document.problem(path, "unknown-benchmark", message, f"write `{known}`")
        elif index.task(name):
            message = f"`{shown(name)}` is a task, not a benchmark"
            fix = "move it to `evaluate.tasks`"
            yield document.problem(path, "unknown-benchmark", message, fix)
        else:
            guess = around.benchmarks.nearest(name)
            fix = f"did you mean `{guess}`?" if guess else "`mteb available-benchmarks` lists them"
            message = f"mteb {index.mteb_version} has no benchmark `{shown(name)}`"
            yield document.problem(path, "unknown-benchmark", message, fix)


def _unusable_benchmark(
    document: YamlDocument, path: Path_, benchmark: IndexedBenchmark, around: Surroundings
) -> Iterator[Problem]:
    tasks = [task for item in benchmark.tasks if (task := around.index.task(item.task))]
    beyond = [task for task in tasks if not task.is_text]
    if beyond:
        share = f"{len(beyond)} of its {len(tasks)} tasks"
        message = f"`{benchmark.name}` is no text benchmark: {share} need images, audio or video"
        fix = "choose a text benchmark such as `MTEB(eng, v2)`, or name single text tasks"
        yield document.problem(path, "needs-more-than-text", message, fix)
    elif not tasks_left(benchmark, language_filter(document, around), around):
        message = f"`evaluate.languages` leaves nothing of the benchmark `{benchmark.name}`"
        fix = "add a language of the benchmark to `evaluate.languages`, or delete the benchmark"
        yield document.problem(path, "nothing-left", message, fix)


def wrong_tasks(document: YamlDocument, around: Surroundings) -> Iterator[Problem]:
    """Tasks exist, need text only, are named once, and keep a subset; custom task files can be read."""
    wanted = language_filter(document, around)
    first: dict[str, int] = {}
    locations: set[str] = set()
    for number, name in task_names(document):
        path: Path_ = ("evaluate", "tasks", number)
        custom = around.custom_tasks.get(number)
        known_as = (custom.name or custom.location) if custom else name
        if custom:
            if custom.location not in locations:
                yield from _wrong_custom_task(document, path, custom, wanted)
            locations.add(custom.location)
        elif is_task_file(name):
            message = (
                f"`{shown(name)}` is a custom task file, whose split and subsets cannot be chosen"
            )
            fix = f"write it as plain text: `- {shown(name)}`"
            yield document.problem(path, "file-in-mapping", message, fix)
        else:
            yield from _wrong_task(document, path, name, wanted, around)
        if first.setdefault(known_as, number) < number:
            message = f"the task `{shown(known_as)}` stands in item {first[known_as] + 1} already"
            fix = "keep one of the two, with all the splits and subsets that are to run"
            if custom and custom.location != around.location(first[known_as]):
                fix = "change the `name` in one of the two files"
            yield document.problem(path, "repeated-task", message, fix)


def _wrong_custom_task(
    document: YamlDocument, path: Path_, custom: CustomTaskFile, wanted: frozenset[str]
) -> Iterator[Problem]:
    if custom.refusal:
        yield document.problem(path, *custom.refusal)
    yield from custom.problems
    if custom.languages and not any_wanted(custom.languages, wanted):
        yield _nothing_left(document, path, custom.name or custom.location, custom.languages)


def _wrong_task(
    document: YamlDocument, path: Path_, name: str, wanted: frozenset[str], around: Surroundings
) -> Iterator[Problem]:
    task = around.index.task(name)
    if task is None:
        yield _unknown_task(document, path, name, around)
    elif not task.is_text:
        message = f"`{name}` needs {_media(task)}; only text is evaluated here"
        yield document.problem(path, "needs-more-than-text", message, "choose a text task")
    elif not task.is_public:
        message = f"the data set of `{name}` is closed: only mteb's maintainers can evaluate it"
        yield document.problem(path, "closed-data-set", message, "delete it")
    else:
        yield from _wrong_parts(document, path, task, wanted, around)


def _media(task: IndexedTask) -> str:
    """`images and video`: what a task needs besides text."""
    return " and ".join(
        "images" if kind == "image" else kind for kind in task.modalities if kind != "text"
    )


def _unknown_task(document: YamlDocument, path: Path_, name: str, around: Surroundings) -> Problem:
    index = around.index
    message = f"mteb {index.mteb_version} has no task `{shown(name)}`"
    if name in index.benchmark_names or name in index.benchmark_aliases:
        fix = "it is a benchmark: move it to `evaluate.benchmarks`"
    elif guess := around.tasks.nearest(name):
        fix = f"did you mean `{guess}`?"
    else:
        fix = "`mteb available-tasks` lists them; a custom task file ends in `.yaml`"
    return document.problem(path, "unknown-task", message, fix)


def _wrong_parts(
    document: YamlDocument,
    path: Path_,
    task: IndexedTask,
    wanted: frozenset[str],
    around: Surroundings,
) -> Iterator[Problem]:
    """Splits and subsets that the task has, at least one of them in a language asked for."""
    unknown = [
        problem
        for kind in ("split", "subset")
        for problem in _unknown_parts(document, path, kind, task, around)
    ]
    yield from unknown
    left = around.subsets_in(task, wanted)
    chosen = [subset for _, subset in texts(document, *path, "subsets")]
    if chosen and not unknown:
        left = left.intersection(chosen)
    if not left:
        spoken = {code for subset in chosen for code in task.subsets.get(subset, ())}
        if not chosen:
            spoken = set(task.languages)
        yield _nothing_left(document, path, task.name, spoken)


def _unknown_parts(
    document: YamlDocument, path: Path_, kind: str, task: IndexedTask, around: Surroundings
) -> Iterator[Problem]:
    known: Collection[str] = task.splits if kind == "split" else task.subsets.keys()
    names = Names(known, around.part_guesses)
    for place, part in texts(document, *path, f"{kind}s"):
        if part in known:
            continue
        message = f"the task `{task.name}` has no {kind} `{shown(part)}`"
        guess = names.nearest(part)
        fix = f"did you mean `{guess}`?" if guess else f"choose {_some(known)}"
        yield document.problem(place, f"unknown-{kind}", message, fix)


def _nothing_left(
    document: YamlDocument, path: Path_, name: str, spoken: Collection[str]
) -> Problem:
    message = f"`evaluate.languages` leaves nothing of the task `{shown(name)}`"
    fix = f"add one of the task's languages to the filter ({_some(sorted(spoken))}), or delete the task"
    return document.problem(path, "nothing-left", message, fix)


def _some(words: Collection[str]) -> str:
    few = list(islice(words, _MOST_LISTED))
    more = len(words) - len(few)
    return (
        f"{', '.join(f'`{shown(word)}`' for word in few)} (and {more} more)"
        if more
        else listed(few)
    )
