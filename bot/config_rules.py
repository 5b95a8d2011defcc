"""What a model config must keep besides its schema, rule by rule. Pure; each rule looks at what it can."""

from collections.abc import Callable, Iterator

from bot.evaluated import evaluated_tasks
from bot.finetune_rules.table import wrong_finetuning
from bot.licenses import nearly
from bot.surroundings import Surroundings, items, texts
from bot.task_rules import wrong_benchmarks, wrong_tasks
from schemas.problem import Names, Problem, shown
from schemas.yaml_document import YamlDocument

Rule = Callable[[YamlDocument, Surroundings], Iterator[Problem]]
_PROMPT_TYPES = ("query", "document")
_LOADER_SETTINGS = ("pooling", "max_length", "normalize", "dtype", "prompts")


def wrong_place(document: YamlDocument, around: Surroundings) -> Iterator[Problem]:
    """A config below models/ stands at models/<org>/<name>.yaml."""
    model = document.at("model")
    if around.place is None or not isinstance(model, str) or around.place == f"models/{model}.yaml":
        return
    message = f"the model is `{shown(model)}`, but the file stands at `{shown(around.place, 120)}`"
    fix = f"move the file to `models/{shown(model)}.yaml`, or correct `model`"
    yield document.problem(("model",), "path-differs-from-model", message, fix)


def unknown_languages(document: YamlDocument, around: Surroundings) -> Iterator[Problem]:
    """Languages are ISO 639-3."""
    for keys in (("languages",), ("evaluate", "languages")):
        for path, code in texts(document, *keys):
            if around.codes.is_known(code):
                continue
            meant = around.codes.meant(code, with_script=False)
            fix = (
                f"did you mean `{meant}`?"
                if meant
                else "look the code up at https://iso639-3.sil.org/code_tables/639/data"
            )
            message = f"`{shown(code)}` is no language code of ISO 639-3"
            yield document.problem(path, "unknown-language", message, fix)


def wrong_license(document: YamlDocument, _: Surroundings) -> Iterator[Problem]:
    """A licence that is nearly one of the Hub's is that one."""
    license_id = document.at("license")
    if isinstance(license_id, str) and (meant := nearly(license_id)):
        message = f"`{shown(license_id)}` is not how the Hub writes this licence"
        fix = f"did you mean `{meant}`?"
        yield document.problem(("license",), "misspelt-license", message, fix)


def own_base(document: YamlDocument, _: Surroundings) -> Iterator[Problem]:
    """A model is not adapted from itself."""
    base = document.at("adapted_from")
    if isinstance(base, str) and base == document.at("model"):
        message = "`adapted_from` names the model itself"
        fix = "name the model it was trained from, or delete the key"
        yield document.problem(("adapted_from",), "adapted-from-itself", message, fix)


def unknown_prompts(document: YamlDocument, around: Surroundings) -> Iterator[Problem]:
    """Prompts have the names under which mteb looks for them; it ignores any other in silence."""
    prompts = document.at("load", "prompts")
    if not isinstance(prompts, dict):
        return
    index = around.index
    known = {*_PROMPT_TYPES, *index.task_types, *index.task_names}
    names = Names([*_PROMPT_TYPES, *sorted(index.task_types), *index.task_names])
    custom = {task.name for task in around.custom_tasks.values()}
    for key in prompts:
        stem, dash, kind = key.rpartition("-")
        base = stem if dash and kind in _PROMPT_TYPES else key
        if base in known:
            continue
        fix = _prompt_fix(key, names)
        if base in custom:
            fix = "name it after the task's type instead, for example `Classification`"
        message = f"mteb looks for no prompt called `{shown(key)}`, so it would be ignored"
        yield document.key_problem(("load", "prompts", key), "unknown-prompt", message, fix)


def _prompt_fix(key: str, names: Names) -> str:
    for old, new in (("passage", "document"), ("corpus", "document"), ("queries", "query")):
        if key.endswith(old):
            return f"did you mean `{shown(key.removesuffix(old) + new)}`?"
    guess = names.nearest(key)
    return (
        f"did you mean `{guess}`?"
        if guess
        else "use `query`, `document`, a task type such as `STS` or a task name; `-query` may follow the last two"
    )


def wrong_loader(document: YamlDocument, around: Surroundings) -> Iterator[Problem]:
    """mteb's own loaders exist for registered models and take no settings."""
    load, model = document.at("load"), document.at("model")
    if not isinstance(load, dict) or load.get("with") != "mteb" or document.at("finetune"):
        return  # what is trained here has no loader of mteb's, and a rule of its own
    if isinstance(model, str) and model not in around.index.models:
        message = f"mteb {around.index.mteb_version} has no loader for `{shown(model)}`"
        fix = "write `with: sentence-transformers` or `with: flag-embedding`"
        yield document.problem(("load", "with"), "not-in-mteb", message, fix)
    for key in _LOADER_SETTINGS:
        if key in load:
            message = f"`{key}` has no effect with `with: mteb`, which loads the model its own way"
            fix = "delete it, or write `with: sentence-transformers`"
            yield document.key_problem(("load", key), "setting-without-effect", message, fix)


def wrong_claims(document: YamlDocument, around: Surroundings) -> Iterator[Problem]:
    """Claims are about tasks that are evaluated, each once."""
    evaluated = evaluated_tasks(document, around)
    names = Names(evaluated or ())
    first: dict[str, int] = {}
    for number, claim in enumerate(items(document, "claims")):
        name = claim.get("task") if isinstance(claim, dict) else None
        if not isinstance(name, str):
            continue
        path = ("claims", number, "task")
        if first.setdefault(name, number) < number:
            message = f"the score of `{shown(name)}` is claimed in item {first[name] + 1} already"
            yield document.problem(path, "repeated-claim", message, "keep one of the two")
        elif evaluated is not None and name not in evaluated:
            guess = names.nearest(name)
            fix = (
                f"did you mean `{guess}`?"
                if guess
                else "add it to `evaluate.tasks`, or delete the claim"
            )
            message = f"a score of `{shown(name)}` is claimed, but the task is not evaluated"
            yield document.problem(path, "claim-not-evaluated", message, fix)


RULES: tuple[Rule, ...] = (
    wrong_place,
    unknown_languages,
    wrong_license,
    own_base,
    unknown_prompts,
    wrong_loader,
    wrong_benchmarks,
    wrong_tasks,
    wrong_claims,
    wrong_finetuning,
)
