"""`mteb-bot new`: nothing that the Hub says writes a key, and nobody's file is lost."""

from pathlib import Path

import pytest

from bot.cli import main
from tests.new_world import draft, hub, project
from tests.open_model import World
from tests.standins.faults import Fault, Kind

__all__ = ["draft", "hub", "project"]


HOSTILE = {
    "injected": 'license: "mit\\nevaluate: {tasks: [STS12]}"',
    "comment": 'license: "mit # \\u2028load: {}"',
    "yes": "license: mit\nbase_model: !!python/object:os.system x",
    "merge": "license: mit\n<<: {license: gpl-3.0}",
    "number": "license: 1e3",
    "mapping": "license: {mit: yes}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_card_writes_no_key_of_its_own(draft, name):
    world = World(f"hostile-{name}")
    world.edit("README.md", ("license: mit", HOSTILE[name]), ("base_model: acme/base\n", ""))
    text, _ = draft(world)
    keys = [line.split(":")[0] for line in text.splitlines() if line[:1].isalpha()]
    expected = [
        "schema_version",
        "model",
        "revision",
        "license",
        "languages",
        "load",
        "training_data",
        "evaluate",
    ]
    assert keys in (expected, [key for key in expected if key != "training_data"])
    assert "STS12]" not in "".join(line for line in text.splitlines() if not line.startswith("#"))


@pytest.mark.parametrize(
    "names",
    [
        [
            '"x: y"',
            '"- z"',
            '"{"',
            '"a\\u2028b"',
            '"true"',
            '"1e3"',
            '"0o17"',
            '"#"',
            '"~"',
            '"*a"',
            '"\\u200f"',
        ],
        ["'a''b'", '"\\"\\\\"', "ünïcode/daten", "'@x'", "'%y'", '"\\ttab"', '"' + "l" * 200 + '"'],
    ],
)
def test_names_of_data_sets_are_quoted_until_they_are_only_names(draft, names):
    world = World(f"names-{len(names)}")
    world.edit("README.md", ("- acme/pairs", "\n".join(f"- {name}" for name in names)))
    text, broken = draft(world)
    assert broken == []
    assert "training_data:" in text
    assert "\u2028" not in text
    assert "\u200f" not in text


def test_a_revision_of_digits_stays_text(draft):
    world = World("digits")
    sha = "1" * 39 + "e"

    def alias(_, model):
        model.aliases[sha] = model.revision

    world.afterwards = alias
    text, broken = draft(world, "--revision", sha)
    assert broken == []
    assert f"revision: {sha}\n" in text or f'revision: "{sha}"\n' in text
    digits = World("only-digits")

    def numbered(_, model):
        model.aliases["1" * 40] = model.revision

    digits.afterwards = numbered
    text, broken = draft(digits, "--revision", "1" * 40)
    assert broken == []
    assert f'revision: "{"1" * 40}"\n' in text


def test_a_file_that_exists_is_kept_and_the_hub_not_asked(hub, capsys):
    path = Path("models/acme/kept.yaml")
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    World("kept").create(hub[1])
    assert main(["new", "acme/kept"]) == 2
    assert path.read_text() == "mine"
    assert hub[0].log == []
    assert capsys.readouterr().err == (
        "mteb-bot: models/acme/kept.yaml exists already\n"
        "  fix: pass --force to replace it, or another --output\n"
    )


def test_with_force_it_is_replaced_whole(draft):
    path = Path("models/acme/replaced.yaml")
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    assert draft(World("replaced"), "--force")[0].startswith("# yaml-language-server: ")
    assert [file.name for file in path.parent.iterdir()] == ["replaced.yaml"]


def test_a_file_that_appears_meanwhile_is_kept(hub, monkeypatch):
    """Another process writes the config while the Hub is asked."""
    path = Path("models/acme/raced.yaml")
    World("raced").create(hub[1])

    def appear(*_):
        path.parent.mkdir(parents=True)
        path.write_text("mine")

    monkeypatch.setattr("bot.draft.file.refuse_existing", appear)
    assert main(["new", "acme/raced"]) == 2
    assert path.read_text() == "mine"
    assert [file.name for file in path.parent.iterdir()] == ["raced.yaml"]


def test_another_place_finds_the_schema_from_there(hub, capsys):
    World("elsewhere").create(hub[1])
    assert main(["new", "acme/elsewhere", "--output", "a/b/c/d.yaml"]) == 0
    text = Path("a/b/c/d.yaml").read_text()
    assert text.startswith(
        "# yaml-language-server: $schema=../../../schemas/model-config.schema.json\n"
    )
    assert "wrote a/b/c/d.yaml" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("model", "code", "said"),
    [
        ("acme/nowhere", 1, "`acme/nowhere` is no public model on the Hub"),
        ("acme/no--where", 1, "`acme/no--where` is no public model on the Hub"),
        ("acme/../../etc", 2, "`acme/../../etc` is no model id"),
        ("acme/..", 2, "`acme/..` is no model id"),
        ("tiny", 2, "`tiny` is no model id"),
    ],
)
def test_what_is_no_model_on_the_hub_writes_nothing(project, capsys, model, code, said):
    assert main(["new", model]) == code
    assert said in capsys.readouterr().err
    assert list(project.iterdir()) == [project / ".git"]


@pytest.mark.parametrize(
    ("world", "said"), [({"gated": "auto"}, "is gated"), ({"private": True}, "is no public model")]
)
def test_a_closed_model_writes_nothing(hub, capsys, world, said):
    name = said.split()[-1]
    World(name, **world).create(hub[1])
    assert main(["new", f"acme/{name}"]) == 1
    assert said in capsys.readouterr().err
    assert not Path("models").exists()


def test_a_revision_that_does_not_exist_writes_nothing(hub, capsys):
    World("no-revision").create(hub[1])
    assert main(["new", "acme/no-revision", "--revision", "v9"]) == 1
    assert "`acme/no-revision` has no such revision" in capsys.readouterr().err
    assert not Path("models").exists()


def test_a_hub_that_does_not_answer_is_the_services_fault(hub):
    World("down").create(hub[1])
    hub[0].inject(Fault(Kind.ERROR_500, at=3, times=99))
    assert main(["new", "acme/down"]) == 4
    assert not Path("models").exists()


def test_the_hub_s_spelling_of_the_name_counts(hub):
    World("spelling").create(hub[1])
    assert main(["new", "ACME/Spelling"]) == 0
    assert "\nmodel: acme/spelling\n" in Path("models/acme/spelling.yaml").read_text()
