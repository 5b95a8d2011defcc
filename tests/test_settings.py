"""The maintainers' settings: defaults without a file, every problem at its line, approvals bound to one commit."""

import re
from pathlib import Path

import pytest
from broken import edited
from conftest import ROOT

from bot.check import check_file
from bot.cli import main
from bot.problem_formats import as_text
from schemas.errors import ExitCode
from schemas.settings import (
    BrokenSettings,
    CodeApproval,
    Limits,
    QuoteSettings,
    Settings,
    load_settings,
    read_settings,
)

FULL = """\
schema_version: 1
publish:
  on: evaluated
limits:
  weights_gb: 2.5
  hours: 3
  shards: 2
  memory_gb: 32
  disk_gb: 50
  processes: 512
compare_with: [acme/base]
custom_code:
  - model: acme/odd
    revision: 0123456789abcdef0123456789abcdef01234567
    approved_by: maintainer
    reason: its own pooling; read line by line
canaries: [models/acme/base.yaml]
quote:
  gpu_teraflops: 100
  price_per_hour: 2.5
  currency: USD
bot_login: our-app[bot]
"""
REVISION = "0123456789abcdef0123456789abcdef01234567"


def written(folder: Path, text: str) -> Path:
    path = folder / ".github" / "mteb-bot.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_without_a_file_all_are_defaults(tmp_path):
    assert read_settings(tmp_path / ".github" / "mteb-bot.yml") == Settings()


def test_a_file_that_says_nothing_more_changes_nothing(tmp_path):
    assert read_settings(written(tmp_path, "schema_version: 1\n")) == Settings()


def test_every_key_arrives(tmp_path):
    assert read_settings(written(tmp_path, FULL)) == Settings(
        publish_on="evaluated",
        limits=Limits(weights_gb=2.5, hours=3, shards=2, memory_gb=32, disk_gb=50, processes=512),
        compare_with=("acme/base",),
        custom_code=(
            CodeApproval("acme/odd", REVISION, "maintainer", "its own pooling; read line by line"),
        ),
        canaries=("models/acme/base.yaml",),
        quote=QuoteSettings(gpu_teraflops=100, price_per_hour=2.5, currency="USD"),
        bot_login="our-app[bot]",
    )


def test_the_defaults_that_the_schema_tells_are_those_that_apply():
    from schemas.validate import schema

    properties = schema("settings")["properties"]
    told = {key: part["default"] for key, part in properties["limits"]["properties"].items()}
    assert Limits(**told) == Limits()
    told = {
        key: part["default"]
        for key, part in properties["quote"]["properties"].items()
        if "default" in part
    }
    assert QuoteSettings(**told) == QuoteSettings()
    assert properties["publish"]["properties"]["on"]["default"] == Settings().publish_on
    assert properties["bot_login"]["default"] == Settings().bot_login


def test_this_projects_own_settings_are_right_and_spell_out_the_defaults():
    assert read_settings(ROOT / ".github" / "mteb-bot.yml") == Settings()


@pytest.mark.parametrize(
    ("model", "revision", "approved"),
    [
        ("acme/odd", REVISION, True),
        ("acme/odd", REVISION[::-1], False),
        ("acme/other", REVISION, False),
        ("Acme/odd", REVISION, False),
    ],
)
def test_code_is_approved_for_exactly_one_commit_of_one_model(model, revision, approved, tmp_path):
    settings = read_settings(written(tmp_path, FULL))
    assert (settings.approval(model, revision) is not None) is approved


BROKEN = {
    "a moment that does not exist": (
        ("on: evaluated", "on: approved"),
        """
3:7 not-allowed: `publish.on` is `approved`, which is none of the choices
  fix: choose `evaluated`, `merged` or `never`
""",
    ),
    "misspelt keys": (
        ("  currency: USD\nbot_login:", "  curency: USD\nbot_logn:"),
        """
21:3 unknown-key: unknown key `curency` in `quote`
  fix: did you mean `currency`?
22:1 unknown-key: unknown key `bot_logn` in the file
  fix: did you mean `bot_login`?
""",
    ),
    "limits out of reach": (
        ("hours: 3\n  shards: 2", "hours: 1000\n  shards: 0"),
        """
6:10 out-of-range: `limits.hours` is 1000, but must be at most 120
  fix: write a number of at most 120
7:11 out-of-range: `limits.shards` is 0, but must be at least 1
  fix: write a number of at least 1
""",
    ),
    "a branch instead of a commit, nobody who approved, and no reason": (
        (
            f"revision: {REVISION}\n    approved_by: maintainer\n    reason: its own pooling; read line by line",
            'revision: main\n    approved_by: "@maintainer"\n    reason: ""',
        ),
        """
14:15 revision-not-a-commit: `revision` in item 1 of `custom_code` is `main`: that is no full commit SHA
  fix: write the full commit SHA of the code that was read, 40 hexadecimal digits; a branch or a tag can move
15:18 malformed-login: `approved_by` in item 1 of `custom_code` is `@maintainer`: that is no GitHub login
  fix: write the maintainer's login, without `@`
16:13 too-short: `reason` in item 1 of `custom_code` is empty
  fix: write something
""",
    ),
    "an approval that names no commit": (
        (f"    revision: {REVISION}\n", ""),
        """
13:5 missing-key: the key `revision` is missing in item 1 of `custom_code`
  fix: add `revision:`. The commit whose code was read.
""",
    ),
    "canaries elsewhere": (
        ("[models/acme/base.yaml]", "[examples/base.yaml, models/../../x/y.yaml]"),
        """
17:12 malformed-config-path: item 1 of `canaries` is `examples/base.yaml`: that is no path of a model config
  fix: write it from the repository's root on: `models/<org>/<name>.yaml`
17:32 malformed-config-path: item 2 of `canaries` is `models/../../x/y.yaml`: that is no path of a model config
  fix: write it from the repository's root on: `models/<org>/<name>.yaml`
""",
    ),
    "a price in words": (
        ("price_per_hour: 2.5\n  currency: USD", "price_per_hour: cheap\n  currency: $"),
        """
20:19 wrong-type: `quote.price_per_hour` is the text `cheap`, but must be a number
  fix: write a number
21:13 malformed-currency: `quote.currency` is `$`: that is no currency code
  fix: use three letters (ISO 4217): `EUR`, `USD`
""",
    ),
    "a version of the future": (
        ("schema_version: 1", "schema_version: 2"),
        """
1:17 not-allowed: `schema_version` is the number 2, but must be the number 1
  fix: write `1`
""",
    ),
    "a key twice": (
        ("bot_login:", "bot_login: a\nbot_login:"),
        """
23:1 duplicate-key: the key `bot_login` stands here a second time (first in line 22)
  fix: delete one of the two
""",
    ),
}


def said_about(path: Path) -> str:
    said = as_text(check_file(path), files=1).splitlines()[:-1]
    return "\n".join(line.removeprefix(f"{path}:") for line in said)


@pytest.mark.parametrize(("edit", "expected"), BROKEN.values(), ids=BROKEN)
def test_exactly_this_is_said_about(edit, expected, tmp_path):
    path = written(tmp_path, edited(FULL, edit))
    assert said_about(path) == expected.strip("\n")


def test_check_takes_the_file_by_its_place_and_says_all_of_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, FULL)
    assert main(["check", ".github/mteb-bot.yml"]) == ExitCode.OK
    written(tmp_path, edited(FULL, ("on: evaluated", "on: approved")))
    assert main(["check", ".github/mteb-bot.yml"]) == ExitCode.SUBMISSION
    assert ".github/mteb-bot.yml:3:7" in capsys.readouterr().out


def test_a_command_that_needs_broken_settings_stops_and_names_the_line(tmp_path):
    path = written(tmp_path, edited(FULL, ("shards: 2", "shards: 0")))
    with pytest.raises(
        BrokenSettings, match=re.escape("mteb-bot.yml:7:11 `limits.shards` is 0")
    ) as caught:
        read_settings(path)
    assert caught.value.exit_code == ExitCode.INFRASTRUCTURE


def test_settings_that_cannot_be_read_are_not_taken_for_missing_ones(tmp_path):
    path = tmp_path / "mteb-bot.yml"
    path.symlink_to(tmp_path / "gone.yml")
    with pytest.raises(BrokenSettings, match="No such file"):
        read_settings(path)
    folder = tmp_path / "folder.yml"
    folder.mkdir()
    with pytest.raises(BrokenSettings, match="not a regular file"):
        read_settings(folder)


def test_an_empty_file_is_a_problem_not_a_default(tmp_path):
    settings, _, problems = load_settings(written(tmp_path, "# nothing\n"))
    assert settings is None
    assert [problem.rule for problem in problems] == ["empty-file"]
