"""Front matter of a README: read it, and find in it what the Hub refuses.

The messages and the licences are those the Hub was seen to answer with: huggingface_hub issue 4218
(licences, May 2026), MDEL issue 34, datasets issue 5090.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

LICENSES = [
    "apache-2.0",
    "mit",
    "openrail",
    "bigscience-openrail-m",
    "creativeml-openrail-m",
    "bigscience-bloom-rail-1.0",
    "bigcode-openrail-m",
    "afl-3.0",
    "artistic-2.0",
    "bsl-1.0",
    "bsd",
    "bsd-2-clause",
    "bsd-3-clause",
    "bsd-3-clause-clear",
    "c-uda",
    "cc",
    "cc0-1.0",
    "cc-by-2.0",
    "cc-by-2.5",
    "cc-by-3.0",
    "cc-by-4.0",
    "cc-by-sa-3.0",
    "cc-by-sa-4.0",
    "cc-by-nc-2.0",
    "cc-by-nc-3.0",
    "cc-by-nc-4.0",
    "cc-by-nd-4.0",
    "cc-by-nc-nd-3.0",
    "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0",
    "cc-by-nc-sa-4.0",
    "cdla-sharing-1.0",
    "cdla-permissive-1.0",
    "cdla-permissive-2.0",
    "wtfpl",
    "ecl-2.0",
    "epl-1.0",
    "epl-2.0",
    "etalab-2.0",
    "eupl-1.1",
    "eupl-1.2",
    "agpl-3.0",
    "gfdl",
    "gpl",
    "gpl-2.0",
    "gpl-3.0",
    "lgpl",
    "lgpl-2.1",
    "lgpl-3.0",
    "isc",
    "h-research",
    "intel-research",
    "lppl-1.3c",
    "ms-pl",
    "apple-ascl",
    "apple-amlr",
    "mpl-2.0",
    "odc-by",
    "odbl",
    "openmdw-1.0",
    "openrail++",
    "osl-3.0",
    "postgresql",
    "ofl-1.1",
    "ncsa",
    "unlicense",
    "zlib",
    "pddl",
    "lgpl-lr",
    "deepfloyd-if-license",
    "fair-noncommercial-research-license",
    "llama2",
    "llama3",
    "llama3.1",
    "llama3.2",
    "llama3.3",
    "llama4",
    "grok2-community",
    "gemma",
    "unknown",
    "other",
]
_BLOCK = re.compile(r"^(\s*---[\r\n]+)([\S\s]*?)([\r\n]+---(\r\n|\r|\n|$))")
_SPECIAL_LANGUAGES = frozenset({"code", "multilingual"})
_MODEL_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")
EMPTY = (
    "empty or missing yaml metadata in repo card "
    "(https://huggingface.co/docs/hub/model-cards#model-card-metadata)"
)


class _Loader(yaml.SafeLoader):
    """As the Hub's parser: a key may not occur twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        self._refuse_twins(node)
        return super().construct_mapping(node, deep)

    def _refuse_twins(self, node: yaml.MappingNode) -> None:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, "duplicated mapping key", key.start_mark
                    )
                seen.add(key.value)


def front_matter(readme: str) -> dict[str, Any]:
    """The front matter; empty where it is missing or wrong."""
    found = _BLOCK.match(readme)
    try:
        data = yaml.load(found[2], _Loader) if found else {}  # noqa: S506 -- a SafeLoader
    except (yaml.YAMLError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def problems(readme: str) -> tuple[list[str], list[str]]:
    """Errors, for which a commit is refused, and warnings."""
    found = _BLOCK.match(readme)
    if not found or not found[2].strip():
        return [], [EMPTY]
    try:
        data = yaml.load(found[2], _Loader)  # noqa: S506 -- a SafeLoader
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
