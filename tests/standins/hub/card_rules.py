"""What the Hub refuses in a README's front matter; messages as it was seen to answer.

Seen in: huggingface_hub issue 4218, MDEL issue 34, datasets issue 5090.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from tests.standins.hub.card import block, parse
from tests.standins.hub.licenses import LICENSES

_SPECIAL_LANGUAGES = frozenset({"code", "multilingual"})
_MODEL_ID = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")
EMPTY = (
    "empty or missing yaml metadata in repo card "
    "(https://huggingface.co/docs/hub/model-cards#model-card-metadata)"
)


def problems(readme: str) -> tuple[list[str], list[str]]:
    """Errors, for which a commit is refused, and warnings."""
    source = block(readme)
    if not source.strip():
        return [], [EMPTY]
    try:
        data = parse(source)
    except (yaml.YAMLError, ValueError) as error:
        return [f"Invalid YAML: {error}"], []
    if not isinstance(data, dict):
        return ["Invalid YAML: metadata must be an object"], []
    return list(_errors(data)), []


def _errors(data: dict[str, Any]) -> Iterator[str]:
    yield from _license(data.get("license"))
    yield from _languages(data.get("language"))
    for name in ("tags", "datasets", "metrics", "base_model", "library_name", "pipeline_tag"):
        yield from _strings(name, data.get(name), many=name not in {"library_name", "pipeline_tag"})
    if isinstance(data.get("tags"), str):
        yield '"tags" must be an array'
    for model in _several(data.get("base_model")):
        if isinstance(model, str) and not _MODEL_ID.fullmatch(model):
            yield f'"base_model" with value "{model}" is not valid. Use a model id from https://hf.co/models.'
    if "model-index" in data:
        yield from _model_index(data["model-index"])


def _license(value: Any) -> Iterator[str]:
    for each in _several(value):
        if each not in LICENSES:
            yield f'"license" must be one of [{", ".join(LICENSES)}, array]'


def _languages(value: Any) -> Iterator[str]:
    for each in _several(value):
        if not isinstance(each, str):
            yield '"language" must be a string'
        elif each != each.lower():
            yield '"language" must only contain lowercase characters'
        elif not re.fullmatch("[a-z]{2,3}", each) and each not in _SPECIAL_LANGUAGES:
            yield (
                f'"language" with value "{each}" is not valid. It must be an ISO 639-1, 639-2 or 639-3 '
                'code (two/three letters), or a special value like "code", "multilingual". '
                "If you want to use BCP-47 identifiers, you can specify them in language_bcp47."
            )


def _strings(name: str, value: Any, *, many: bool) -> Iterator[str]:
    if isinstance(value, list) and many:
        for index, each in enumerate(value):
            if not isinstance(each, str):
                yield f'"{name}[{index}]" must be a string'
    elif value is not None and not isinstance(value, str):
        yield f'"{name}" must be a string'


def _model_index(value: Any) -> Iterator[str]:
    if not isinstance(value, list):
        yield '"model-index" must be an array'
        return
    for i, model in enumerate(value):
        where = f"model-index[{i}]"
        yield from _required(model, where, {"name": str, "results": list})
        results = model.get("results") if isinstance(model, dict) else None
        for j, result in enumerate(results if isinstance(results, list) else []):
            yield from _result(result, f"{where}.results[{j}]")


def _result(result: Any, where: str) -> Iterator[str]:
    yield from _required(result, where, {"task": dict, "metrics": list})
    if not isinstance(result, dict):
        return
    if isinstance(result.get("task"), dict):
        yield from _required(result["task"], f"{where}.task", {"type": str})
    if "dataset" in result:
        wanted = {"type": str, "name": str}
        yield from _required(result["dataset"], f"{where}.dataset", wanted)
        yield from _optional_strings(result["dataset"], f"{where}.dataset")
    metrics = result.get("metrics")
    for k, metric in enumerate(metrics if isinstance(metrics, list) else []):
        yield from _required(metric, f"{where}.metrics[{k}]", {"type": str, "value": object})


def _optional_strings(value: Any, where: str) -> Iterator[str]:
    for name in ("config", "split", "revision"):
        if isinstance(value, dict) and not isinstance(value.get(name, ""), str):
            yield f'"{where}.{name}" must be a string'


def _required(value: Any, where: str, wanted: dict[str, type]) -> Iterator[str]:
    names = {str: "a string", list: "an array", dict: "of type object"}
    if not isinstance(value, dict):
        yield f'"{where}" must be of type object'
        return
    for name, kind in wanted.items():
        if value.get(name) is None:
            yield f'"{where}.{name}" is required'
        elif not isinstance(value[name], kind):
            yield f'"{where}.{name}" must be {names[kind]}'


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
