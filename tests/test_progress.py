"""What a person sees while it runs: calm lines in a log, one live line in a terminal."""

import io

from runners.progress import Progress, duration


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_log_gets_a_line_every_half_minute_and_at_the_end():
    stream, clock = io.StringIO(), Clock()
    progress = Progress(stream, clock)
    progress.task(2, 5, "STS12")
    progress.phase("encoding texts (default/test)", 1000)
    for done in range(100, 1001, 100):
        clock.now += 10
        progress.encoded(done, 1000)
    progress.phase("scoring")
    progress.task_done("cosine_spearman 0.7237 in 100 s")
    assert stream.getvalue().splitlines() == [
        "[2/5] STS12",
        "[2/5] STS12  encoding texts (default/test): 300 of 1,000 texts, 10/s, about 70 s left",
        "[2/5] STS12  encoding texts (default/test): 600 of 1,000 texts, 10/s, about 40 s left",
        "[2/5] STS12  encoding texts (default/test): 900 of 1,000 texts, 10/s, about 10 s left",
        "[2/5] STS12  encoding texts (default/test): 1,000 of 1,000 texts, 10/s",
        "[2/5] STS12  cosine_spearman 0.7237 in 100 s",
    ]


def test_rows_are_counted_where_nobody_knows_how_many_there_are():
    stream, clock = io.StringIO(), Clock()
    progress = Progress(stream, clock)
    progress.phase("reading acme/news", unit="rows")
    for done in range(1000, 9000, 1000):
        clock.now += 10
        progress.counted(done)
    assert stream.getvalue().splitlines() == [
        "reading acme/news: 3,000 rows, 100/s",
        "reading acme/news: 6,000 rows, 100/s",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_task_phase_speed_and_time_left(monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    progress = Progress(stream)
    progress.task(1, 2, "[bold]Hostile[/bold]")
    progress.phase("encoding texts (default/test)", 50)
    progress.encoded(25, 50)
    progress.close()
    shown = stream.getvalue()
    assert "[1/2] [bold]Hostile[/bold]  encoding texts (default/test)" in shown
    assert "25/50" in shown
    assert "texts/s" in shown


def test_durations_read_as_people_say_them():
    assert [duration(s) for s in (0.4, 59, 99, 100, 3600, 9000)] == [
        "0 s", "59 s", "99 s", "2 min", "60 min", "2.5 h",
    ]  # fmt: skip
