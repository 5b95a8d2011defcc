"""How a report's scores were measured, as the rows of one folded table."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.bounded import Section
from bot.markdown import code, fenced, table_head, table_row
from bot.report import Report

_SOURCES = {
    "hub": "from the Hub",
    "local_folder": "from a local folder",
    "registry": "as mteb's registry loads them",
    "entry_point": "by an installed encoder class",
}
_MOST_WEIGHTS = 20
_LONGEST = 360_000_000  # seconds; nobody measures that long, and what is larger may not fit a float
_LARGEST = 10**18  # bytes
_MOST_ENERGY = 10**9  # kWh


def how_measured(report: Report) -> Section:
    """The folded section that lets a reader repeat the measurement."""
    return Section(
        intro="",
        table_head=table_head(["what", "value"]),
        items=tuple(table_row(row) for row in _rows(report, report.provenance)),
        outro=f"The command that repeats it:\n\n{fenced(report.provenance['command'])}",
        importance=5,
        fold="How it was measured",
        where="; `report.json` has all",
    )


def duration(seconds: float) -> str:
    """`2 h 52 min`, `4 min 5 s` or `3.2 s`."""
    if seconds > _LONGEST:
        return f"more than {duration(_LONGEST)}"
    if seconds < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours:,} h {minutes_left} min" if hours else f"{minutes} min {rest} s"


def size(count: int) -> str:
    """`90.9 MB`, in powers of 1,000 as the Hub shows sizes."""
    if count > _LARGEST:
        return f"more than {size(_LARGEST)}"
    amount, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:  # noqa: PLR2004 - powers of 1,000
        amount /= 1000
        units.pop(0)
    return f"{amount:.0f} {units[0]}" if units[0] == "B" else f"{amount:,.1f} {units[0]}"


def _rows(report: Report, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "model", f"{code(report.model)} at {code(report.revision)}"
    yield "weights", "trained for it" if report.finetuned else _SOURCES[found["model_source"]]
    for file in found["weights"][:_MOST_WEIGHTS]:
        yield "", f"{code(file['file'])}, {size(file['bytes'])}, sha256 {code(file['sha256'])}"
    if (more := len(found["weights"]) - _MOST_WEIGHTS) > 0:
        yield "", f"{more:,} more files"
    yield "loaded with", code(found["loader"])
    yield "pooling", _or(found["pooling"], "as the loader decides")
    yield "normalised", _or(found["normalize"], "as the loader decides")
    for name, text in found["prompts"].items():
        yield f"prompt {code(name, 60)}", code(text)
    yield (
        "longest input",
        "unknown" if found["max_length"] is None else f"{found['max_length']:,} tokens",
    )
    yield "inputs cut there", _share(found["truncated_share"])
    yield "number format", _or(found["dtype"], "unknown")
    yield "attention", _or(found["attention"], "unknown")
    yield "batch size", f"{found['batch_size']:,}"
    yield from _machine(found)
    yield from _shards(found)
    yield "time", _time(found)
    if found["energy_kwh"] is not None:
        yield "energy", _energy(found["energy_kwh"])
    yield "finished", code(report.finished_at)
    yield "config", f"sha256 {code(found['config_sha256'])}"
    if found["head_sha"]:
        yield "pull request at", code(found["head_sha"])
    yield "seeds", ", ".join(f"{code(task, 60)} {seed}" for task, seed in _first(found["seeds"]))


def _machine(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    hardware = found["hardware"]
    times = f"{hardware['count']} of " if hardware["count"] > 1 else ""
    memory = f", {size(hardware['memory_bytes'])}" if hardware["memory_bytes"] else ""
    yield "machine", f"{times}{code(hardware['name'])}{memory}, {code(hardware['device'])}"
    if hardware["driver"] or hardware["cuda"]:
        yield "driver, CUDA", f"{_or(hardware['driver'], '?')}, {_or(hardware['cuda'], '?')}"
    yield "processor threads", f"{hardware['cpu_threads']:,}"
    yield "system", f"{code(found['platform'])}, Python {code(found['python'])}"
    yield (
        "packages",
        ", ".join(
            f"{code(name, 60)} {code(version, 60)}" for name, version in _first(found["packages"])
        ),
    )


def _shards(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """How many machines shared the tasks, and each way in which one was not as the first."""
    shards = found.get("shards", [])
    if not shards:
        return
    yield "shards", f"{len(shards):,}; the rows above are of one of them"
    for shard in shards:
        if others := ", ".join(_otherwise(shard, found)):
            yield f"shard {shard['number']}", others


def _otherwise(shard: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """What a shard measured with, as far as it is not what the report says of all."""
    name = shard["hardware"]["name"]
    if name != found["hardware"]["name"]:
        yield f"on {code(name)}"
    for key in ("dtype", "attention", "python"):
        if shard[key] != found[key]:
            yield f"{key} {_or(shard[key], 'unknown')}"
    for package, version in _first(shard["packages"]):
        if version != found["packages"].get(package):
            yield f"{code(package, 60)} {code(version, 60)}"


def _first(mapping: Mapping[str, Any], most: int = 30) -> list[tuple[str, Any]]:
    return list(mapping.items())[:most]


def _time(found: Mapping[str, Any]) -> str:
    runs = f" in the last of {found['runs']:,} runs" if found["runs"] > 1 else ""
    return duration(found["seconds"]) + runs


def _energy(kwh: float) -> str:
    return f"{kwh:.3f} kWh" if kwh <= _MOST_ENERGY else f"more than {_MOST_ENERGY:,} kWh"


def _share(share: float | None) -> str:
    return "unknown" if share is None else f"{100 * share:.1f}% of the texts"


def _or(value: Any, otherwise: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return otherwise if value is None else code(str(value))
