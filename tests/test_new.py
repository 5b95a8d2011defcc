"""`mteb-bot new`: a config from what the Hub knows, which the check refuses where a person must decide."""

from pathlib import Path

import pytest

from bot.check import check_file
from bot.cli import main
from tests.new_world import draft, hub, project
from tests.open_model import FILES, World

__all__ = ["draft", "hub", "project"]

HEAD = (
    "# yaml-language-server: $schema=../../schemas/model-config.schema.json\n"
    "# Written by `mteb-bot new` from what the Hub says. Each TODO is for you to decide.\n"
)


def test_of_an_open_model_everything_is_known(hub, draft, capsys):
    text, broken = draft(World("known"))
    assert broken == []
    assert text == HEAD + (
        "schema_version: 1\n"
        "model: acme/known\n"
        f"revision: {hub[1].hub.find('acme/known').revision}\n"
        "license: mit\n"
        "languages: [eng]\n"
        "load:\n"
        "  with: sentence-transformers\n"
        "  pooling: mean\n"
        "  max_length: 128\n"
        "  normalize: true\n"
        "  # the model's own prompts are used: query\n"
        "# TODO: is this all, as far as it is evaluated here too?\n"
        "training_data: [acme/pairs]\n"
        "adapted_from: acme/base\n"
        "# TODO: mteb's benchmark of the language; other tasks may be added\n"
        "evaluate:\n"
        '  benchmarks: ["MTEB(eng, v2)"]\n'
    )
    said = capsys.readouterr().out
    assert said == (
        "wrote models/acme/known.yaml; for you to decide, by line:\n"
        "  14: TODO: is this all, as far as it is evaluated here too?\n"
        "  17: TODO: mteb's benchmark of the language; other tasks may be added\n"
        "then: mteb-bot check --hub models/acme/known.yaml\n"
    )


def test_what_it_writes_passes_the_preflight_too(draft, capsys):
    draft(World("open-too"))
    capsys.readouterr()
    assert main(["check", "--hub", "models/acme/open-too.yaml"]) == 0
    assert capsys.readouterr().out == "1 file checked, no problems\n"


@pytest.mark.parametrize(
    ("written", "remark"),
    [
        ("license: acme-1.0", "# TODO: the licence; the model card says `acme-1.0`"),
        (
            "license: [mit, apache-2.0]",
            "# TODO: the licence; the model card says `mit`, `apache-2.0`",
        ),
        ("license: unknown", "# TODO: the licence; the model card says `unknown`"),
        (
            "tags: []",
            "# TODO: the licence; the model card states none, its LICENSE is the text of mit",
        ),
    ],
)
def test_an_unknown_licence_is_a_placeholder_that_the_check_refuses(draft, written, remark):
    world = World(f"license-{len(written)}-{len(remark)}")
    world.edit("README.md", ("license: mit", written), ("\ntags:\n- sentence-transformers", ""))
    text, broken = draft(world)
    assert broken == ["malformed-license"]
    assert f"\n{remark}\nlicense: TODO\n" in text


def test_a_licence_of_its_own_is_kept_and_remarked(draft):
    world = World("license-other")
    world.edit("README.md", ("license: mit", "license: other\nlicense_name: acme-terms"))
    text, broken = draft(world)
    assert broken == []
    assert (
        "\n# a licence of its own (`acme-terms`): a maintainer will read it\nlicense: other\n"
        in text
    )


def test_several_languages_get_the_multilingual_benchmark_in_these_languages(draft):
    world = World("multilingual")
    world.edit("README.md", ("language: en", "language: [en, de, no, zh, multilingual, tlhingan]"))
    text, broken = draft(world)
    assert broken == []
    assert "# TODO: no codes of ISO 639-3 for `tlhingan`\nlanguages: [eng, deu, nor, zho]\n" in text
    assert text.endswith(
        "# TODO: the tasks of the multilingual benchmark that have one of these languages\n"
        "evaluate:\n"
        '  benchmarks: ["MTEB(Multilingual, v2)"]\n'
        "  languages: [eng, deu, nor, zho]\n"
    )


@pytest.mark.parametrize(
    ("language", "benchmark"),
    [
        ("zh", "MTEB(cmn, v1)"),
        ("ru", "MTEB(rus, v1.1)"),
        ("ko", "MTEB(kor, v2)"),
        ("vi", "VN-MTEB (vie, v1)"),
    ],
)
def test_one_language_gets_its_newest_benchmark(draft, language, benchmark):
    world = World(f"language-{language}")
    world.edit("README.md", ("language: en", f"language: {language}"))
    text, broken = draft(world)
    assert broken == []
    assert f'benchmarks: ["{benchmark}"]' in text


@pytest.mark.parametrize("written", ["language: multilingual", "tags: []"])
def test_unknown_languages_and_tasks_are_placeholders(draft, written):
    world = World(f"languages-unknown-{len(written)}")
    world.edit("README.md", ("language: en", written), ("\ntags:\n- sentence-transformers", ""))
    text, broken = draft(world)
    assert broken == ["unknown-language", "unknown-task"]
    assert "\nlanguages: [TODO]\n" in text
    assert text.endswith("evaluate:\n  tasks: [TODO]\n")


def test_a_model_of_flag_embedding_says_how_it_pools(draft):
    world = World("flag")
    for path in ("modules.json", "1_Pooling/config.json", "sentence_bert_config.json"):
        del world.files[path]
    world.edit(
        "README.md",
        (
            "from sentence_transformers import SentenceTransformer",
            "from FlagEmbedding import FlagLLMModel",
        ),
        ('SentenceTransformer("acme/tiny")', 'FlagLLMModel("acme/tiny")'),
    )
    text, broken = draft(world)
    assert broken == []
    assert (
        "load:\n"
        "  # FlagEmbedding, as the model card's code does\n"
        "  with: flag-embedding\n"
        "  # TODO: cls, mean or last-token; no file of the repository says\n"
        "  pooling: last-token\n"
        "  max_length: 512\n"
        "  normalize: true\n"
        "  # TODO: texts put before inputs, if it was trained with any (query, document, or a task type)\n"
        '  # prompts: {query: "query: ", document: "passage: "}\n'
    ) in text


def test_a_bare_transformer_leaves_the_pooling_to_a_person(draft):
    world = World("bare")
    del world.files["modules.json"]
    world.set("config.json", torch_dtype="bfloat16", auto_map={"AutoModel": "modeling.Acme"})
    text, broken = draft(world)
    assert broken == []
    assert (
        "  # TODO: the repository asks for code of its own, which is never run; ask the maintainers\n"
        in text
    )
    assert (
        "  # TODO: the repository has no modules.json, so sentence-transformers takes mean pooling\n"
        "  # pooling: cls\n"
    ) in text
    assert (
        "  # the weights are bfloat16; left out, they are evaluated as float32\n  # dtype: bfloat16\n"
        in text
    )


def test_a_repository_without_any_of_it_still_gives_a_config(draft):
    world = World("empty")
    world.files = {"model.safetensors": FILES["model.safetensors"]}
    text, broken = draft(world)
    assert broken == ["malformed-license", "unknown-language", "unknown-task"]
    assert "# TODO: data the model was trained on" in text
    assert "\n# training_data: []\n" in text


def test_a_card_that_cannot_be_read_is_remarked(draft):
    world = World("broken-card")
    world.edit("README.md", ("license: mit", "license: mit: yes"))
    text, broken = draft(world)
    assert broken == ["malformed-license", "unknown-language", "unknown-task"]
    assert "# TODO: the model card cannot be read: line 3: not valid YAML: a second `: `" in text


MODEL_INDEX = """\
model-index:
- name: tiny
  results:
  - task: {type: STS}
    dataset: {type: mteb/stsbenchmark-sts, name: MTEB STSBenchmark, config: default, split: test}
    metrics: [{type: cos_sim_pearson, value: 80.1}, {type: main_score, value: 82.032}]
  - task: {type: Classification}
    dataset: {type: mteb/banking77, name: MTEB Banking77Classification, config: default, split: test}
    metrics: [{type: accuracy, value: 80.04}]
  - task: {type: STS}
    dataset: {type: mteb/sts22, name: "MTEB STS22.v2 (en)", config: en, split: test}
    metrics: [{type: main_score, value: 60}]
  - task: {type: STS}
    dataset: {type: mteb/sts22, name: "MTEB STS22.v2 (de)", config: de, split: test}
    metrics: [{type: main_score, value: 50}]
  - task: {type: STS}
    dataset: {type: x, name: "MTEB STS12\\nclaims: x"}
    metrics: [{type: main_score, value: 1e400}, 7, {value: 3}]
  - 7
tags:
"""


def test_scores_of_the_model_card_are_offered_as_claims(draft):
    world = World("claims")
    world.edit("README.md", ("tags:\n", MODEL_INDEX))
    text, broken = draft(world)
    assert broken == []
    assert text.endswith(
        "# TODO: scores of the model card, from percent; take those in that are to be checked\n"
        "# claims:\n"
        "#   - {task: Banking77Classification, main_score: 0.8004}\n"
        "#   - {task: STSBenchmark, main_score: 0.82032}\n"
    )
    uncommented = text.replace("# claims:", "claims:").replace("#   - {", "  - {")
    Path("models/acme/claims.yaml").write_text(uncommented)
    assert check_file(Path("models/acme/claims.yaml")) == []


def test_a_branch_or_tag_becomes_the_commit_it_means(hub, draft):
    def tag(_, model):
        model.git.git("tag", "-a", "v1", "-m", "first", "main")

    world = World("tagged", afterwards=tag)
    text, _ = draft(world, "--revision", "v1")
    assert f"revision: {hub[1].hub.find('acme/tagged').revision}\n" in text


def test_a_commit_of_somebody_s_pull_request_is_remarked(draft):
    def pull(local, model):
        local.open_pull(model.name, {"model.safetensors": b"x"}, "mallory", "Better weights")

    text, _ = draft(World("pulled", afterwards=pull), "--revision", "refs/pr/1")
    assert "# TODO: this commit is not in the history of the main branch\nrevision: " in text
