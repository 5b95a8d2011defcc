"""Whether the repository asks anyone to run its code, and what the Hub's security scan says."""

from collections.abc import Iterator

from bot.preflight.architecture import modules, transformer
from bot.preflight.rule import Finding, Rule, Submitted
from bot.preflight.rules.weights import named
from schemas.problem import shown

_MODEL = ("model",)
_MOST_SCANNED = 20  # findings; a repository may hold thousands of such files


def _custom_code(submitted: Submitted) -> Iterator[Finding]:
    if submitted.config.load.with_ == "entry-point" or submitted.code_is_approved:
        return
    facts, module = submitted.facts, transformer(submitted.facts)
    place = ("load", "with") if submitted.document.at("load", "with") else _MODEL
    for name in ("config.json", "tokenizer_config.json") if module else ():
        path = module.file(name) if module else name
        if facts.mapping(path).get("auto_map"):
            yield Finding(place, f"`{shown(path)}` asks for code of the repository (`auto_map`)")
    for found in modules(facts):
        if not found.is_library:
            message = f"`modules.json` asks for code of the repository (`{shown(found.type)}`)"
            yield Finding(place, message)


def _python_files(submitted: Submitted) -> Iterator[Finding]:
    if found := sorted(path for path in submitted.facts.files if path.endswith(".py")):
        yield Finding(_MODEL, f"the repository holds Python files: {named(found)}")


def _unsafe_files(submitted: Submitted) -> Iterator[Finding]:
    yield from _scanned(submitted, unsafe=True)


def _suspicious_files(submitted: Submitted) -> Iterator[Finding]:
    yield from _scanned(submitted, unsafe=False)


def _scanned(submitted: Submitted, *, unsafe: bool) -> Iterator[Finding]:
    issues = sorted(submitted.facts.scan.issues.items())
    found = [(path, level) for path, level in issues if (level == "unsafe") is unsafe]
    for path, level in found[:_MOST_SCANNED]:
        yield Finding(_MODEL, f"the Hub's scan calls `{shown(path)}` {shown(level, 30)}")
    if (more := len(found) - _MOST_SCANNED) > 0:
        yield Finding(_MODEL, f"the Hub's scan objects to more files: {more:,}")


def _not_scanned(submitted: Submitted) -> Iterator[Finding]:
    if not submitted.facts.scan.done:
        yield Finding(_MODEL, "the Hub has not finished scanning this commit")


RULES: tuple[Rule[Submitted], ...] = (
    Rule(
        "custom-code",
        "error",
        "The model loads without code of its repository.",
        "The runners run such code only where a maintainer approved this very revision (`custom_code` in the settings). A class that a maintainer installed is declared with `load.with: entry-point`.",
        "publish the model in a format its library knows, or ask a maintainer to approve its code or to install its class",
        _custom_code,
    ),
    Rule(
        "python-files",
        "note",
        "The repository holds no Python files.",
        "They are never run here; readers of the scores should know that the model works without them.",
        "nothing to do if they are scripts for training or examples",
        _python_files,
    ),
    Rule(
        "scan-unsafe",
        "error",
        "The Hub's security scan calls no file unsafe.",
        "Nobody should be led to a repository with malware in it.",
        "delete the file from the repository, or have the Hub correct its verdict",
        _unsafe_files,
    ),
    Rule(
        "scan-suspicious",
        "warning",
        "The Hub's security scan objects to no file.",
        "A maintainer should look before anything is run.",
        "look at the scan's report on the file's page; delete the file if nothing needs it",
        _suspicious_files,
    ),
    Rule(
        "scan-pending",
        "warning",
        "The Hub's security scan is done.",
        "Until then the Hub lists no file as unsafe, whatever it holds.",
        "check again in some minutes",
        _not_scanned,
    ),
)
