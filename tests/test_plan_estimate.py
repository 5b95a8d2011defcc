"""A first estimate: it grows with what makes an evaluation long, and is told as no more than it is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.estimate import Machine, seconds_of
from bot.planning.selection import ChosenPart, ChosenTask
from bot.planning.sentences import cost_span, time_and_cost, time_span
from bot.quote import Cost, Quote
from schemas.mteb_index import IndexedTask

MACHINE = Machine(teraflops=30, parameters=100_000_000, max_length=512)


def task(texts=10_000, characters=4_000_000, subsets=1, language="eng-Latn"):
    every = {f"s{n}": (language,) for n in range(4)} if subsets > 1 else {"default": (language,)}
    indexed = IndexedTask("T", "STS", splits=("test",), subsets=every, encodes=(texts, characters))
    return ChosenTask("T", (ChosenPart(indexed, ("test",), tuple(every)[:subsets]),))


def test_two_operations_for_each_parameter_and_token_on_top_of_texts_and_overhead():
    # 20 s overhead, 10,000 texts at 2,000 a second, 10^6 tokens * 2 * 10^8 operations at 3 * 10^13 a second
    assert seconds_of(task(), MACHINE) == round(20 + 5 + 2e14 / 3e13, 1)


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [
        ((task(), MACHINE), (task(texts=20_000), MACHINE)),
        ((task(), MACHINE), (task(characters=8_000_000), MACHINE)),
        ((task(), MACHINE), (task(language="cmn-Hans"), MACHINE)),
        ((task(), MACHINE), (task(), replace(MACHINE, parameters=10**9))),
        ((task(), replace(MACHINE, teraflops=300)), (task(), MACHINE)),
        ((task(), replace(MACHINE, max_length=32)), (task(), MACHINE)),
        ((task(), replace(MACHINE, parameters=30_000_000)), (task(), replace(MACHINE, parameters=None))),
        ((task(subsets=2), MACHINE), (task(subsets=4), MACHINE)),
        ((ChosenTask("custom"), MACHINE), (ChosenTask("custom"), replace(MACHINE, parameters=10**9))),
    ],
    ids=["texts", "characters", "script", "parameters", "gpu", "length", "assumed", "subsets", "custom"],
)  # fmt: skip
def test_longer(shorter, longer):
    assert seconds_of(*shorter) < seconds_of(*longer)


def test_few_pairs_of_a_translation_may_still_take_every_language():
    codes = ("deu-Latn", "eng-Latn", "fra-Latn", "ita-Latn")
    pairs = {f"{a}-{b}": (a, b) for a in codes for b in codes if a != b}
    indexed = IndexedTask(
        "T", "BitextMining", splits=("test",), subsets=pairs, encodes=(10**5, 10**8)
    )
    with_german = tuple(pair for pair in pairs if "deu-Latn" in pair)
    every = ChosenTask("T", (ChosenPart(indexed, ("test",), tuple(pairs)),))
    german = ChosenTask("T", (ChosenPart(indexed, ("test",), with_german),))
    one = ChosenTask("T", (ChosenPart(indexed, ("test",), with_german[:1]),))
    assert seconds_of(one, MACHINE) < seconds_of(german, MACHINE) == seconds_of(every, MACHINE)


def test_a_smoke_run_is_short_whatever_the_data():
    assert seconds_of(task(texts=10**7, characters=10**10), MACHINE, smoke=True) < 40
    assert seconds_of(ChosenTask("custom"), MACHINE, smoke=True) < 40


def test_texts_longer_than_the_models_longest_input_are_cut():
    long, longer = task(characters=100_000_000), task(characters=900_000_000)
    assert seconds_of(long, MACHINE) == seconds_of(longer, MACHINE)


def test_a_task_without_texts_takes_its_overhead():
    assert seconds_of(task(texts=0, characters=0), MACHINE) == 20


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 minute at most"),
        (100, "5 minutes at most"),
        (600, "3 to 20 minutes"),
        (1500, "10 minutes to 1 hour"),
        (20_000, "2 to 12 hours"),
        (60_000, "6 hours to 2 days"),
        (10**9, "more than 365 days"),
    ],
)
def test_time_is_told_as_a_range_of_round_numbers(seconds, said):
    assert time_span(seconds) == said


@given(st.floats(1, 10**7))
def test_the_range_holds_the_estimate(seconds):
    units = {"minute": 60, "hour": 3600, "day": 86400}
    words = time_span(seconds).removesuffix(" at most").split(" to ")
    count, unit = words[-1].split()
    assert int(count) * units[unit.removesuffix("s")] >= seconds


@pytest.mark.parametrize(
    ("amount", "said"),
    [(0.001, "less than 0.01 EUR"), (1, "0.40 to 2.00 EUR"), (100, "40 to 200 EUR")],
)
def test_cost_is_told_as_a_range(amount, said):
    assert cost_span(Cost(amount, "EUR")) == said


QUOTE = Quote(2, 2, 0, seconds=1500)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        (Quote(2, 2, 0), "How long that takes is not estimated yet."),
        (QUOTE, "That takes about 10 minutes to 1 hour."),
        (replace(QUOTE, machines=3), "That takes about 10 minutes to 1 hour on 3 machines."),
        (
            replace(QUOTE, cost=Cost(1, "EUR")),
            "That takes about 10 minutes to 1 hour and costs about 0.40 to 2.00 EUR.",
        ),
        (
            replace(QUOTE, limit=2000),
            "That takes about 10 minutes to 1 hour. A machine is stopped after 33.3 minutes.",
        ),
        (replace(QUOTE, limit=43_200), "That takes about 10 minutes to 1 hour."),
        (
            replace(QUOTE, assumed=300_000_000),
            "That takes about 10 minutes to 1 hour. (The model's size is not known; 300 million parameters are assumed.)",
        ),
    ],
)
def test_the_sentence(quote, said):
    assert time_and_cost(quote) == said
