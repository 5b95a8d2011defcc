"""`make bench-finetune`: what can be asked of it."""

import pytest

from examples.bench_finetune import main


def test_a_turn_of_one_step_is_refused_since_the_first_only_warms_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.argv", ["bench_finetune", "--steps", "1"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "argument --steps: a turn needs 2 steps" in capsys.readouterr().err
