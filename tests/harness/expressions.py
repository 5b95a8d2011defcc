"""GitHub's expressions, as far as they decide something outside of act: names, groups, conditions, limits."""

import json
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.harness.unsupported import Unsupported

Functions = Mapping[str, Callable[..., Any]]
_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?)|'(?P<string>(?:[^']|'')*)'|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<mark>&&|\|\||==|!=|<=|>=|[()\[\].,!<>*]))"
)
_WHOLE = re.compile(r"\s*\$\{\{(?P<inside>(?:(?!\}\}).)*)\}\}\s*", re.DOTALL)
_PART = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_COMPARISONS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORDS = {"true": True, "false": False, "null": None}


def interpolate(text: str, contexts: Mapping[str, Any], functions: Functions | None = None) -> str:
    """The text with every `${{ … }}` replaced by what it says."""
    return _PART.sub(lambda match: shown(evaluate(match[1], contexts, functions)), text)


def value_of(raw: Any, contexts: Mapping[str, Any]) -> Any:
    """A YAML value that may be one expression, be it of any type, or a text with some."""
    if not isinstance(raw, str):
        return raw
    whole = _WHOLE.fullmatch(raw)
    return evaluate(whole["inside"], contexts) if whole else interpolate(raw, contexts)


def condition_holds(text: str, contexts: Mapping[str, Any], functions: Functions) -> bool:
    """Whether an `if` lets something run; without a status function `success()` is meant too."""
    whole = _WHOLE.fullmatch(text)
    inside = whole["inside"] if whole else text
    explicit = re.search(r"\b(success|failure|always|cancelled)\s*\(", inside)
    if not explicit and not functions["success"]():
        return False
    return not inside.strip() or truth(evaluate(inside, contexts, functions))


def evaluate(text: str, contexts: Mapping[str, Any], functions: Functions | None = None) -> Any:
    """The value of one expression, without `${{ }}`.

    Raises:
        Unsupported: a function or a notation that is not known here.
    """
    parser = _Parser(text, contexts, {**_FUNCTIONS, **(functions or {})})
    found = parser.either()
    if parser.tokens:
        raise Unsupported(f"expression {text!r}: what is {parser.tokens[0][1]!r}?")
    return found


def truth(value: Any) -> bool:
    """As `if` sees it: '', 0, null, false and NaN are false."""
    return not (value in ("", None, False) or value == 0 or _is_nan(value))


def shown(value: Any) -> str:
    """As text within a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise Unsupported(f"expression {text!r}: cannot read {text[at:]!r}")
        at = match.end()
        kind = match.lastgroup or ""
        yield kind, match[kind]


class _Parser:
    """Reads and evaluates at once; both sides of && and || are read, as nothing here has effects."""

    def __init__(self, text: str, contexts: Mapping[str, Any], functions: Functions) -> None:
        self.text, self.contexts, self.functions = text, contexts, functions
        self.tokens = list(_tokens(text))

    def take(self, *marks: str) -> str | None:
        if self.tokens and self.tokens[0][0] == "mark" and self.tokens[0][1] in marks:
            return self.tokens.pop(0)[1]
        return None

    def need(self, mark: str) -> None:
        if not self.take(mark):
            raise Unsupported(f"expression {self.text!r}: {mark!r} is missing")

    def either(self) -> Any:
        left = self.both()
        while self.take("||"):
            right = self.both()
            left = left if truth(left) else right
        return left

    def both(self) -> Any:
        left = self.compared()
        while self.take("&&"):
            right = self.compared()
            left = right if truth(left) else left
        return left

    def compared(self) -> Any:
        left = self.single()
        while mark := self.take("==", "!=", "<", "<=", ">", ">="):
            left = _compare(mark, left, self.single())
        return left

    def single(self) -> Any:  # noqa: PLR0911 -- one for each kind of token
        if self.take("!"):
            return not truth(self.single())
        if self.take("("):
            found = self.either()
            self.need(")")
            return self.reached(found)
        if not self.tokens:
            raise Unsupported(f"expression {self.text!r} ends too early")
        kind, text = self.tokens.pop(0)
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "string":
            return text.replace("''", "'")
        if kind != "name":
            raise Unsupported(f"expression {self.text!r}: unexpected {text!r}")
        if self.take("("):
            return self.reached(self.called(text))
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if text not in self.contexts:
            raise Unsupported(f"expression {self.text!r}: no context {text!r} here")
        return self.reached(self.contexts[text])

    def called(self, name: str) -> Any:
        arguments = []
        while not self.take(")"):
            arguments.append(self.either())
            if not self.take(","):
                self.need(")")
                break
        if name not in self.functions:
            raise Unsupported(f"expression {self.text!r}: function {name}")
        return self.functions[name](*arguments)

    def reached(self, value: Any) -> Any:
        """Follow `.name`, `.*` and `[…]`; what is not there is null."""
        while mark := self.take(".", "["):
            if mark == "[":
                key = self.either()
                self.need("]")
                value = _item(value, key)
            elif self.take("*"):
                inside = value.values() if isinstance(value, Mapping) else value or []
                value = _Filtered(inside)
            else:
                key = self.tokens.pop(0)[1]
                filtered = isinstance(value, _Filtered)
                value = _Filtered(_item(x, key) for x in value) if filtered else _item(value, key)
        return value


class _Filtered(list[Any]):
    """What `.*` found; a name after it is looked up in each."""


def _item(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping):
        wanted = str(key).lower()
        return next((x for name, x in value.items() if str(name).lower() == wanted), None)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    return None


def _compare(mark: str, left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        left, right = left.lower(), right.lower()
    elif type(left) is not type(right):
        left, right = _number(left), _number(right)
    return bool(_COMPARISONS[mark](left, right))


def _number(value: Any) -> float:
    if value is None or value == "":
        return 0.0
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _contains(where: Any, what: Any) -> bool:
    if isinstance(where, list):
        return any(_compare("==", one, what) for one in where)
    return shown(what).lower() in shown(where).lower()


def _format(text: str, *values: Any) -> str:
    return re.sub(r"\{(\d+)\}", lambda match: shown(values[int(match[1])]), text)


_FUNCTIONS: Functions = {
    "contains": _contains,
    "startsWith": lambda text, start: shown(text).lower().startswith(shown(start).lower()),
    "endsWith": lambda text, end: shown(text).lower().endswith(shown(end).lower()),
    "format": _format,
    "join": lambda items, by=",": by.join(shown(x) for x in items),
    "toJSON": lambda value: json.dumps(value, indent=2),
    "fromJSON": lambda text: json.loads(shown(text)),
}
