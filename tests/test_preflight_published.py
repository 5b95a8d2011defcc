"""`mteb-bot check --hub` on repositories laid out as widely used models are: nothing honest is an error."""

import json
from pathlib import Path

import pytest

from bot.cli import main
from bot.preflight.card import read_card
from tests.open_model import FILES, World, as_json, enter_project, modules, open_hub, safetensors


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with open_hub(tmp_path_factory.mktemp("hub")) as opened:
        yield opened


@pytest.fixture
def check(hub, tmp_path, monkeypatch, capsys):
    """Exit code and output of the check of a world."""
    enter_project(tmp_path, hub[0].url, monkeypatch)

    def check_world(world):
        world.save(hub[1], Path())
        code = main(["check", "--hub", "config.yaml"])
        return code, "".join(capsys.readouterr())

    return check_world


def test_a_static_model_whose_root_is_called_dot_has_its_tokenizer(check):
    world = World("potion")
    for path in set(FILES) - {"README.md", "LICENSE", "tokenizer.json", "model.safetensors"}:
        del world.files[path]
    static = json.loads(modules("StaticEmbedding", "Normalize"))
    static[0]["path"] = "."  # as model2vec writes it
    world.write("modules.json", as_json(static))
    world.write("config.json", as_json({"model_type": "model2vec", "seq_length": 1_000_000}))
    world.configure(("  pooling: mean\n  max_length: 128\n", ""))
    assert check(world) == (0, "1 file checked, no problems\n")


def test_a_licence_in_capitals_is_the_same_licence(check):
    world = World("capitals")
    world.edit("README.md", ("license: mit", "license: MIT"))
    assert check(world) == (0, "1 file checked, no problems\n")


def test_exports_for_openvino_are_no_pickles(check):
    world = World("openvino")
    world.write("openvino/openvino_model.bin", b"weights")
    assert check(world) == (0, "1 file checked, no problems\n")


@pytest.mark.parametrize(
    "front",
    [
        "license: mit\nlanguage: no\ntags: &tags\n- sentence-transformers\nkeywords: *tags",
        "license: !!str mit\nlanguage: [no, ~]",
        "license: mit\nlanguage: no\ndatasets:\n? [a, b]\n: c",
        'license: mit\nlanguage: no\nwidget:\n- text: "a\\x01b"',
        "license: mit\nlanguage: no\nwidget:\n- text: " + "word " * 60_000,
    ],
    ids=["anchor", "tag", "odd key", "control character", "large"],
)
def test_valid_yaml_that_no_config_may_use_is_no_broken_card(front):
    card = read_card(f"---\n{front}\n---\n".encode())
    assert card.problem == ""
    assert (card.texts("license"), card.texts("language")[:1]) == (("mit",), ("no",))


def test_front_matter_of_remarks_alone_is_empty_not_broken():
    card = read_card(b"---\n# nothing yet\n---\n")
    assert (card.problem, card.front) == ("", {})


def test_numbers_of_thousands_of_digits_are_none(check):
    world = World("digits")
    world.set("config.json", hidden_size=int("9" * 4300), pad_token_id=int("9" * 4300))
    world.set("1_Pooling/config.json", pooling_mode_max_tokens=True, word_embedding_dimension=None)
    world.write("modules.json", modules("Transformer", "Pooling", "Dense", "Normalize"))
    world.write("2_Dense/config.json", as_json({"in_features": 16, "out_features": 16}))
    world.write("2_Dense/model.safetensors", safetensors(weight=[16, 16]))
    code, said = check(world)
    assert code == 1
    assert "9999" not in said


def test_a_thousand_flagged_files_do_not_bury_the_rest(check):
    world = World("flagged")
    for number in range(30):
        world.write(f"bad/{number:02}.txt", b"x")
        world.scan[f"bad/{number:02}.txt"] = "unsafe"
    code, said = check(world)
    assert code == 1
    assert said.count("scan-unsafe") == 21
    assert "the Hub's scan objects to more files: 10" in said
