"""How long tasks may take: a first estimate from the size of data and model, right to a factor of two or three.

A forward pass takes about two operations for every parameter and token: a multiplication and an addition
(Kaplan and others, "Scaling Laws for Neural Language Models", 2020, arXiv:2001.08361, section 2.1, which also says why
attention may be left out for inputs of usual length). Hence, for each task,

    seconds = OVERHEAD + texts / TEXTS_PER_SECOND + 2 * parameters * tokens / operations a second

`operations a second` is what the maintainers say of their GPU (`quote.gpu_teraflops`). Tokens are characters
divided by what a token holds, at most the model's longest input for a text. The other constants are round numbers.
Held against the evaluation times in mteb's public results of eight models (22 to 560 million parameters, 8 to 41
tasks each, on machines nobody names), the sums came out between half and two and a half times what was measured.
That is with the model's size known; where it is assumed, a small model comes out far too slow.
"""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import fmean

from bot.planning.selection import ChosenPart, ChosenTask

OVERHEAD = 20.0  # seconds of a task: loading data, scoring
# Told as a range, from the estimate divided to the estimate multiplied.
FACTOR_BELOW, FACTOR_ABOVE = 2.5, 2.0
LOADING = 60.0  # seconds of a shard: libraries and model
TEXTS_PER_SECOND = 2000.0  # what tokenizing and moving batches allows a small model
ASSUMED_PARAMETERS = 300_000_000  # where nobody asked the Hub; most submitted models are smaller
ASSUMED_SIZE = 5_000, 2_000_000  # texts and characters of a custom task: the median of mteb's
ASSUMED_LENGTH = 512  # longest input in tokens, where the config does not say
CHARACTERS = 4.0  # of a token in Latin script
# In other scripts, which tokenizers know less well; Chinese has fewer still.
_CHARACTERS_ELSEWHERE = 2.0
_SMOKE_TEXTS = 200  # of a subset, about what the runner leaves


@dataclass(frozen=True)
class Machine:
    """What the model needs and the GPU gives. `parameters` None: not known, and a stated size assumed."""

    teraflops: float
    parameters: int | None = None
    max_length: int | None = None

    @property
    def seconds_per_token(self) -> float:
        """Time of one token's forward pass."""
        parameters = ASSUMED_PARAMETERS if self.parameters is None else self.parameters
        return 2 * parameters / (self.teraflops * 1e12)


def seconds_of(task: ChosenTask, machine: Machine, *, smoke: bool = False) -> float:
    """Estimated seconds of one task, rounded to tenths."""
    loads = [_load(part) for part in task.parts] or [_Load(*ASSUMED_SIZE, CHARACTERS)]
    if smoke:
        loads = [load.cut_to(_SMOKE_TEXTS * task.subsets) for load in loads]
    return round(sum(OVERHEAD + _encoding(load, machine) for load in loads), 1)


@dataclass(frozen=True)
class _Load:
    """Texts to encode, their characters, and how many of these a token holds."""

    texts: float
    characters: float
    per_token: float

    def cut_to(self, texts: float) -> "_Load":
        """The same with no more than so many texts."""
        share = min(1, texts / self.texts) if self.texts else 1
        return _Load(self.texts * share, self.characters * share, self.per_token)


def _encoding(load: _Load, machine: Machine) -> float:
    """Seconds to encode it; what is longer than the model's longest input is cut."""
    longest = load.texts * (machine.max_length or ASSUMED_LENGTH)
    tokens = min(load.characters / load.per_token, longest)
    return load.texts / TEXTS_PER_SECOND + tokens * machine.seconds_per_token


def _load(part: ChosenPart) -> _Load:
    """The splits and subsets of a part that run, as if all were alike."""
    task = part.task
    languages = {code for subset in part.subsets for code in task.subsets[subset]}
    share = len(part.subsets) / len(task.subsets)
    if any(len(task.subsets[subset]) > 1 for subset in part.subsets):
        # translation: every language may be encoded although few pairs are left
        share = max(share, len(languages) / len(task.languages))
    share *= len(part.splits) / len(task.splits)
    texts, characters = task.encodes or ASSUMED_SIZE
    return _Load(texts * share, characters * share, _characters_per_token(languages))


def _characters_per_token(codes: Collection[str]) -> float:
    """On average over languages with their scripts (`eng-Latn`)."""
    held = [CHARACTERS if code.endswith("-Latn") else _CHARACTERS_ELSEWHERE for code in codes]
    return fmean(held) if held else CHARACTERS
