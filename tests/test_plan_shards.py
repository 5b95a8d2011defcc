"""Tasks over machines: nothing is lost, the last machine ends early, and no machine is set up for little."""

from hypothesis import given
from hypothesis import strategies as st

from bot.planning.shards import USEFUL, split

HOUR = 3600.0


def loads(shards):
    return [(shard.tasks, shard.seconds) for shard in shards]


def test_the_longest_task_goes_first_and_each_to_the_machine_with_least_to_do():
    seconds = {"a": 1 * HOUR, "b": 3 * HOUR, "c": 2 * HOUR, "d": 2 * HOUR}
    assert loads(split(seconds, most=2)) == [(("a", "b"), 4 * HOUR), (("c", "d"), 4 * HOUR)]


def test_what_is_done_in_minutes_stays_on_one_machine():
    assert loads(split({"a": 60, "b": 60, "c": 60}, most=4)) == [(("a", "b", "c"), 180)]


def test_no_machine_is_added_beside_one_task_that_takes_longest_anyway():
    seconds = {"long": 5 * HOUR, **{f"t{n}": HOUR for n in range(5)}}
    assert loads(split(seconds, most=4)) == [
        (("long",), 5 * HOUR),
        (("t0", "t1", "t2", "t3", "t4"), 5 * HOUR),
    ]


def test_every_machine_needs_some_seconds_besides():
    assert loads(split({"a": HOUR, "b": HOUR}, most=2, each=60)) == [
        (("a",), HOUR + 60),
        (("b",), HOUR + 60),
    ]


def test_the_settings_limit_holds():
    assert len(split({f"t{n}": HOUR for n in range(10)}, most=3)) == 3
    assert len(split({f"t{n}": HOUR for n in range(10)}, most=1)) == 1


tasks = st.dictionaries(
    st.integers(0, 10**6).map("t{}".format),
    st.floats(0, 10 * HOUR, allow_nan=False).map(lambda seconds: round(seconds, 1)),
    min_size=1,
    max_size=40,
)


@given(tasks, st.integers(1, 16))
def test_every_task_runs_once_in_order_on_a_machine_that_counts_it(seconds, most):
    shards = split(seconds, most)
    assert [shard.number for shard in shards] == list(range(1, len(shards) + 1))
    assert sorted(name for shard in shards for name in shard.tasks) == sorted(seconds)
    order = list(seconds)
    for shard in shards:
        assert list(shard.tasks) == sorted(shard.tasks, key=order.index)
        assert abs(shard.seconds - sum(seconds[name] for name in shard.tasks)) < 0.1


@given(tasks, st.integers(1, 16))
def test_balance(seconds, most):
    shards = split(seconds, most)
    loads = [shard.seconds for shard in shards]
    assert len(shards) <= min(most, len(seconds))
    assert loads == sorted(loads, reverse=True)
    if len(shards) > 1:
        assert min(loads) >= USEFUL - 0.1
        # The fullest machine has one task, or its last one began when no machine had done more than the mean.
        ranked = sorted(seconds.values(), reverse=True)
        last = ranked[len(shards)] if len(shards) < len(ranked) else 0
        mean = sum(ranked) / len(shards)
        assert max(loads) <= max(ranked[0], mean + last * (1 - 1 / len(shards))) + 0.1


@given(tasks, st.integers(1, 16), st.randoms())
def test_machines_do_not_depend_on_the_order_of_tasks(seconds, most, random):
    shuffled = list(seconds.items())
    random.shuffle(shuffled)
    again = split(dict(shuffled), most)
    assert [set(shard.tasks) for shard in again] == [
        set(shard.tasks) for shard in split(seconds, most)
    ]
