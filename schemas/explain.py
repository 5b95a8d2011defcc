"""What one failed keyword of a JSON Schema means, in words a stranger can act on.

A schema may help with keywords of its own: `x-rule` names the rule, `x-message` ends the sentence "`key` is
`value`: …", `x-fix` is the fix, and `x-unit: fraction` says that a number beyond 1 is likely a percentage.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from schemas.problem import nearest, shown

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a mapping (`key: value`)",
    "null": "nothing",
}
_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_PERCENT = 100


class Words(NamedTuple):
    """The rule that is broken, what is wrong, and what to do about it."""

    rule: str
    message: str
    fix: str


def explained(error: Any, root: Mapping[str, Any]) -> Words:
    """Words for one error of jsonschema under the schema `root`; a schema's own words come first."""
    own = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "not":
        return _not(error, root)
    words = _KEYWORDS.get(error.validator, _other)(error, own)
    if error.validator == "type":
        return words
    return Words(own.get("x-rule", words.rule), words.message, words.fix)


def named(path: Iterable[str | int]) -> str:
    """A place in a document as people say it: `main_score` in item 1 of `claims`."""
    said, keys = "", []
    for part in path:
        if isinstance(part, str):
            keys.append(shown(part))
            continue
        said = f"item {part + 1} of {_joined(keys, said)}"
        keys = []
    return _joined(keys, said) or "the file"


def listed(words: Iterable[object]) -> str:
    """`a`, `b` or `c`."""
    quoted = [f"`{shown(word)}`" for word in words]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def described(value: object) -> str:
    """A value with its kind, so that the number 1 and the text "1" are told apart."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping (`key: value`)"
    return f"the text `{shown(value)}`" if isinstance(value, str) else f"the number {shown(value)}"


def _joined(keys: list[str], rest: str) -> str:
    key = f"`{'.'.join(keys)}`" if keys else ""
    return f"{key} in {rest}" if key and rest else key or rest


def _where(error: Any) -> str:
    where = named(error.absolute_path)
    if "propertyNames" in error.absolute_schema_path:
        return f"the key `{shown(error.instance, 30)}` in {where}"
    return where


def _type(error: Any, own: Mapping[str, Any]) -> Words:
    value, kinds = error.instance, error.validator_value
    kinds = [kinds] if isinstance(kinds, str) else kinds
    wanted = " or ".join(_KINDS[kind] for kind in kinds)
    message = f"{_where(error)} is {described(value)}, but must be {wanted}"
    return Words(
        "wrong-type", message, _type_fix(value, kinds, own) or own.get("x-fix") or f"write {wanted}"
    )


def _type_fix(value: object, kinds: list[str], own: Mapping[str, Any]) -> str:
    if value is None:
        return "give it a value"
    if "array" in kinds and isinstance(value, str):
        return f"write a list: `[{shown(value, 40)}]`"
    if "string" in kinds and isinstance(value, int | float):
        if re.search(own.get("pattern", ""), str(value)):
            return "put quotes around it, so that YAML reads text"
        return f"{own.get('x-fix', 'write text')}; put it in quotes"
    if isinstance(value, str):
        return _unquoted(value, kinds, own)
    return ""


def _unquoted(text: str, kinds: list[str], own: Mapping[str, Any]) -> str:
    """What to do about text where a number or a yes/no is wanted."""
    if "boolean" in kinds and text.lower() in {*_BOOLEANS, "true", "false"}:
        return f"write `{_BOOLEANS.get(text.lower(), text.lower())}`, without quotes"
    percent = re.fullmatch(r"([-+]?\d{1,3}(?:\.\d{1,9})?) ?%", text)
    if percent and own.get("x-unit") == "fraction":
        return f"scores are fractions: write {float(percent[1]) / _PERCENT:.6g}"
    if {"number", "integer"} & set(kinds) and re.fullmatch(r"[-+]?\d{1,9}(\.\d+)?", text):
        return "delete the quotes, so that YAML reads a number"
    if own.get("x-unit") == "fraction":
        return "write a fraction such as 0.7446"
    return str(own.get("x-fix", ""))


def _const(error: Any, own: Mapping[str, Any]) -> Words:
    wanted = described(error.validator_value)
    message = f"{_where(error)} is {described(error.instance)}, but must be {wanted}"
    return Words("not-allowed", message, own.get("x-fix", f"write `{error.validator_value}`"))


def _enum(error: Any, _own: Mapping[str, Any]) -> Words:
    choices = [str(choice) for choice in error.validator_value]
    guess = nearest(str(error.instance), choices)
    value = error.instance
    said = f"`{shown(value)}`" if isinstance(value, str) else described(value)
    message = f"{_where(error)} is {said}, which is none of the choices"
    fix = f"did you mean `{guess}`?" if guess else f"choose {listed(choices)}"
    return Words("not-allowed", message, fix)


def _pattern(error: Any, own: Mapping[str, Any]) -> Words:
    value = error.instance
    message = (
        f"{_where(error)} is `{shown(value)}`: {own.get('x-message', 'that has the wrong form')}"
    )
    fix = own.get("x-fix") or f"write it like this: {own.get('description', 'as the schema says')}"
    for nearly, remedy in (
        (value.strip(), "without spaces"),
        (value.lower(), "in lower case"),
        (re.sub(r"^https?://[^/]+/(datasets/)?", "", value), "without the web address"),
    ):
        if nearly != value and re.search(error.validator_value, nearly):
            fix = f"write it {remedy}: `{shown(nearly)}`"
    return Words("malformed-value", message, fix)


def _bound(error: Any, own: Mapping[str, Any]) -> Words:
    value, limit = error.instance, error.validator_value
    side = "at least" if error.validator == "minimum" else "at most"
    message = f"{_where(error)} is {shown(value)}, but must be {side} {limit}"
    fix = own.get("x-fix", f"write a number of {side} {limit}")
    if own.get("x-unit") == "fraction" and 1 < abs(value) <= _PERCENT:
        fix = f"scores are fractions: write {value / _PERCENT:.6g}, not {shown(value)}"
    return Words("out-of-range", message, fix)


def _too_little(error: Any, _own: Mapping[str, Any]) -> Words:
    limit, where = error.validator_value, _where(error)
    if error.instance:
        unit = _unit(error.validator)
        message = f"{where} has {len(error.instance)} {unit}, at least {limit} are needed"
        return Words("too-short", message, f"give at least {limit}")
    fix = "write something" if error.validator == "minLength" else "name at least one"
    return Words("too-short", f"{where} is empty", fix)


def _too_much(error: Any, _own: Mapping[str, Any]) -> Words:
    limit, unit = error.validator_value, _unit(error.validator)
    message = f"{_where(error)} has {len(error.instance)} {unit}, at most {limit} are allowed"
    return Words("too-long", message, f"shorten it to at most {limit} {unit}")


def _unit(keyword: str) -> str:
    return {"Items": "items", "Length": "characters", "Properties": "keys"}[keyword[3:]]


def _any_of(error: Any, own: Mapping[str, Any]) -> Words:
    keys = [key for branch in error.validator_value for key in branch.get("required", ())]
    neither = " nor ".join(f"`{key}`" for key in keys)
    message = f"{_where(error)} has neither {neither}"
    return Words("missing-key", message, own.get("x-fix", f"add {listed(keys)}"))


def _one_of(error: Any, own: Mapping[str, Any]) -> Words:
    keys = [key for branch in error.validator_value for key in branch.get("required", ())]
    given = [key for key in keys if key in error.instance]
    if not given:
        return _any_of(error, own)
    both = " and ".join(f"`{key}`" for key in given)
    message = f"{_where(error)} has {both}, of which one is needed"
    return Words("key-does-not-fit", message, own.get("x-fix", f"keep {listed(given)}"))


def _not(error: Any, root: Mapping[str, Any]) -> Words:
    """A key that some other key rules out: `not` within the branch of an `if`."""
    condition, holds = _condition(error, root)
    key = next(iter(condition.get("required", [""])))
    wanted = condition.get("properties", {}).get(key, {}).get("const")
    setting = f"{key}: {wanted}" if wanted else key
    where = _where(error)
    if holds:
        message = f"{where} does not go with `{setting}`"
        fix = f"delete it, or change `{key}`" if wanted else f"delete it, or delete `{key}`"
        return Words("key-does-not-fit", message, fix)
    message = f"{where} goes with `{setting}` only"
    return Words("key-does-not-fit", message, f"delete it, or write `{setting}`")


def _condition(error: Any, root: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """The innermost `if` above the error's keyword, and whether it held."""
    path = list(error.absolute_schema_path)
    last = max(index for index, part in enumerate(path) if part in {"then", "else"})
    schema: Any = root
    for part in path[:last]:
        schema = schema[part]
    return schema["if"], path[last] == "then"


def _other(error: Any, own: Mapping[str, Any]) -> Words:
    message = f"{_where(error)}: {shown(error.message, 200)}"
    return Words("not-allowed", message, own.get("x-fix") or "see the schema's description")


_KEYWORDS: Mapping[str, Callable[[Any, Mapping[str, Any]], Words]] = {
    "anyOf": _any_of,
    "const": _const,
    "enum": _enum,
    "maximum": _bound,
    "maxItems": _too_much,
    "maxLength": _too_much,
    "maxProperties": _too_much,
    "minimum": _bound,
    "minItems": _too_little,
    "minLength": _too_little,
    "minProperties": _too_little,
    "oneOf": _one_of,
    "pattern": _pattern,
    "type": _type,
}
