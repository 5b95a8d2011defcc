"""How an estimate is told: as a range in round numbers, because it is no more than that."""

from bot.planning.estimate import FACTOR_ABOVE, FACTOR_BELOW
from bot.quote import Cost, Quote

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_ROUND = (
    *(_MINUTE * count for count in (1, 2, 3, 5, 10, 15, 20, 30, 45)),
    *(_HOUR * count for count in (1, 2, 3, 4, 6, 8, 12, 18)),
    *(_DAY * count for count in (1, 2, 3, 4, 7, 10, 14, 21, 30, 60, 90, 180, 365)),
)
_UNITS = ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"))
_CENT = 0.01


def time_and_cost(quote: Quote) -> str:
    """What is known of how long it takes and what it costs, in a few sentences."""
    if quote.seconds is None:
        return "How long that takes is not estimated yet."
    machines = f" on {quote.machines} machines" if quote.machines > 1 else ""
    training = f", training of {quote.trains} models included" if quote.trains > 1 else ", training included"  # fmt: skip
    took = f"{time_span(quote.seconds)}{machines}{_at(quote.cost)}"
    said = [f"That takes about {took}{training if quote.trains else ''}."]
    if quote.limit is not None and quote.seconds * FACTOR_ABOVE > quote.limit:
        said.append(f"A machine is stopped after {_length(quote.limit)}.")
    if quote.assumed is not None:
        millions = f"{quote.assumed / 1e6:,.0f} million"
        said.append(f"(The model's size is not known; {millions} parameters are assumed.)")
    return " ".join(said)


def time_span(seconds: float) -> str:
    """`10 minutes to 1 hour`: the range that an estimate stands for, in round numbers."""
    low = max((step for step in _ROUND if step <= seconds / FACTOR_BELOW), default=0)
    high = min((step for step in _ROUND if step >= seconds * FACTOR_ABOVE), default=0)
    if not high:
        return f"more than {_length(_ROUND[-1])}"
    if not low:
        return f"{_length(high)} at most"
    (count, unit), (_, other) = _parts(low), _parts(high)
    return f"{count} to {_length(high)}" if unit == other else f"{_length(low)} to {_length(high)}"


def cost_span(cost: Cost) -> str:
    """`0.40 to 2.00 EUR`: the same of money."""
    low, high = cost.amount / FACTOR_BELOW, cost.amount * FACTOR_ABOVE
    if high < _CENT:
        return f"less than {_CENT} {cost.currency}"
    digits = 0 if low >= 10 else 2  # noqa: PLR2004 - cents of tens mean nothing here
    return f"{low:,.{digits}f} to {high:,.{digits}f} {cost.currency}"


def _at(cost: Cost | None) -> str:
    return f" and costs about {cost_span(cost)}" if cost else ""


def _length(seconds: float) -> str:
    """`45 minutes`, `1 hour`; what is no whole number of them, with one digit."""
    count, unit = _parts(seconds)
    return f"{count} {unit}" if count == "1" else f"{count} {unit}s"


def _parts(seconds: float) -> tuple[str, str]:
    size, unit = next((pair for pair in _UNITS if seconds >= pair[0]), _UNITS[-1])
    return f"{seconds / size:.1f}".removesuffix(".0"), unit
