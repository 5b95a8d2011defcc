"""The preflight's judgement: licences, what a model's files say of it, languages, and what a card tells."""

from dataclasses import replace

import pytest

from bot.language_codes import LanguageCodes
from bot.preflight.architecture import (
    dimension_steps,
    longest_input,
    modules_in,
    most_positions,
    pooling_modes,
)
from bot.preflight.card import read_card
from bot.preflight.facts import Access, JsonFile, ModelFacts
from bot.preflight.languages import is_multilingual, iso_639_3, macrolanguage
from bot.preflight.licenses import adaptation, kind_of, recognised, same_license
from bot.preflight.outline import outline
from bot.preflight.rules.tuned import tuned_bytes
from schemas.mteb_index import mteb_index

MODULES = [{"path": "", "type": "sentence_transformers.models.Transformer"}]


def facts(**files):
    """A model with these JSON files; `1_Pooling__config` is 1_Pooling/config.json."""
    parsed = {f"{path.replace('__', '/')}.json": JsonFile(data) for path, data in files.items()}
    return ModelFacts("acme/tiny", Access.OPEN, json_files=parsed)


@pytest.mark.parametrize(
    ("text", "license_id"),
    [
        ("                                 Apache License\n                           Version 2.0, January 2004\n", "apache-2.0"),
        ('Copyright 2026 Acme\n\nLicensed under the Apache License, Version 2.0 (the "License");', "apache-2.0"),
        ("GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007 … use the GNU Affero General Public License", "gpl-3.0"),
        ("GNU AFFERO GENERAL PUBLIC LICENSE\n   Version 3, 19 November 2007", "agpl-3.0"),
        ("GNU LESSER GENERAL PUBLIC LICENSE\n   Version 2.1, February 1999", "lgpl-2.1"),
        ("# Attribution-NonCommercial-ShareAlike 4.0 International\n\nCreative Commons …", "cc-by-nc-sa-4.0"),
        ("Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International", "cc-by-nc-nd-4.0"),
        ("Creative Commons Attribution-NoDerivs 3.0 Unported", "cc-by-nd-3.0"),
        ("Creative Commons Attribution 4.0 International Public License", "cc-by-4.0"),
        ("LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\nLlama 3.1 Version Release Date: July 23, 2024", "llama3.1"),
        ("META LLAMA 3 COMMUNITY LICENSE AGREEMENT", "llama3"),
        ("Gemma Terms of Use\n\nLast modified: February 21, 2024", "gemma"),
        ("Redistribution and use in source and binary forms … Neither the name of the copyright holder", "bsd-3-clause"),
        ("Redistribution and use in source and binary forms, with or without modification", "bsd-2-clause"),
        ("You may use it on Sundays. This is not the Apache License, nor anything of the kind.", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_text_of_a_licence_says_which_one_it_is(text, license_id):
    assert recognised(text) == license_id


@pytest.mark.parametrize(
    ("base", "own", "verdict"),
    [
        ("mit", "cc-by-nc-4.0", "allowed"),
        ("apache-2.0", "llama3", "allowed"),
        ("cc-by-nc-4.0", "apache-2.0", "other-terms"),
        ("cc-by-nc-4.0", "cc-by-nc-sa-4.0", "allowed"),
        ("cc-by-nc-sa-4.0", "cc-by-nc-4.0", "other-terms"),
        ("cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "allowed"),
        ("cc-by-sa-4.0", "gpl-3.0", "allowed"),
        ("gpl-3.0", "mit", "other-terms"),
        ("gpl-3.0", "agpl-3.0", "allowed"),
        ("llama3", "llama3.1", "other-terms"),
        ("gemma", "gemma", "allowed"),
        ("gemma", "other", "unclear"),
        ("cc-by-nd-4.0", "cc-by-nd-4.0", "forbidden"),
        ("other", "mit", "unclear"),
        (None, "mit", "unclear"),
        ("acme-1.0", "acme-1.0", "unclear"),
    ],
)
def test_what_a_licence_asks_of_models_adapted_under_it(base, own, verdict):
    assert adaptation(base, own).verdict == verdict


def test_the_versions_of_a_licence_are_told_apart_unless_its_id_leaves_them_open():
    assert same_license("bsd", "bsd-3-clause")
    assert same_license("gpl-3.0", "gpl")
    assert not same_license("gpl-2.0", "gpl-3.0")
    assert not same_license("llama3", "llama3.1")
    assert not same_license("cc-by-4.0", "cc-by-nc-4.0")
    assert kind_of("other") == kind_of(None) == "unclear"


@pytest.mark.parametrize(
    ("parameters", "config", "size"),
    [
        (1_000, {"dtype": "bfloat16"}, 4_000),
        (None, {"dtype": "bfloat16"}, 600),
        (None, {"torch_dtype": "float16"}, 600),
        (None, {"dtype": "float32"}, 300),
        (None, {"dtype": ["float16"]}, 300),
        (None, {}, 300),
    ],
)
def test_tuned_weights_are_float32_whatever_the_base_is_saved_in(parameters, config, size):
    files = {"model-1.safetensors": 100, "model-2.safetensors": 200, "onnx/m.safetensors": 400}
    base = replace(facts(config=config), files=files, parameters=parameters)
    assert tuned_bytes(base) == size


def test_poolings_are_read_in_old_and_new_spellings():
    assert pooling_modes({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}) == (
        "cls",
    )
    assert pooling_modes({"pooling_mode": "lasttoken"}) == ("last-token",)
    assert pooling_modes({"pooling_mode": ["cls", "mean"]}) == ("cls", "mean")
    assert pooling_modes({"pooling_mode": {"cls": True}}) == ()


@pytest.mark.parametrize(
    ("config", "positions"),
    [
        ({"model_type": "bert", "max_position_embeddings": 512}, 512),
        ({"model_type": "xlm-roberta", "max_position_embeddings": 514, "pad_token_id": 1}, 512),
        ({"model_type": "mpnet", "max_position_embeddings": 514}, 512),
        ({"model_type": "qwen3", "max_position_embeddings": 32768, "rope_theta": 1e6}, None),
        ({"model_type": "bert", "max_position_embeddings": 512, "position_embedding_type": "alibi"}, None),
        ({"model_type": "deberta-v2", "max_position_embeddings": 512, "relative_attention": True}, None),
        ({"model_type": "t5"}, None),
        ({"max_position_embeddings": True}, None),
    ],
)  # fmt: skip
def test_positions_that_were_learnt_limit_the_input(config, positions):
    assert most_positions(facts(config=config)) == positions


def test_the_longest_input_is_what_the_model_s_files_say():
    both = {
        "sentence_bert_config": {"max_seq_length": 128},
        "tokenizer_config": {"model_max_length": 512},
    }
    assert longest_input(facts(**both)) == (128, "sentence_bert_config.json")
    del both["sentence_bert_config"]
    assert longest_input(facts(**both)) == (512, "tokenizer_config.json")
    assert longest_input(facts(tokenizer_config={"model_max_length": 10**30})) is None


def test_each_module_s_input_is_compared_with_what_it_is_given():
    kinds = ("Transformer", "Pooling", "Dense", "LayerNorm", "Normalize")
    model = facts(
        modules=[{"path": f"{i}_{kind}" if i else "", "type": f"sentence_transformers.models.{kind}"}
                 for i, kind in enumerate(kinds)],
        config={"hidden_size": 16},
        **{
            "1_Pooling__config": {"embedding_dimension": 16, "pooling_mode": ["cls", "mean"]},
            "2_Dense__config": {"in_features": 32, "out_features": 8},
            "3_LayerNorm__config": {"dimension": 4},
        },
    )  # fmt: skip
    assert list(dimension_steps(model)) == [
        ("1_Pooling/config.json", 16, 16),
        ("2_Dense/config.json", 32, 32),
        ("3_LayerNorm/config.json", 4, 8),
    ]


@pytest.mark.parametrize(
    "data", [None, {}, [1], [{"type": 1}], [{"type": "a", "path": 2}], "modules"]
)
def test_odd_modules_are_no_modules(data):
    assert modules_in(data) == ()


def test_languages_of_cards_become_codes_of_configs():
    codes = LanguageCodes(mteb_index())
    assert iso_639_3(["en", "de", "eng", "zh-Hans", "no", "French", "code"], codes) == (
        ("eng", "deu", "zho", "nor", "fra"),
        (),
    )
    assert iso_639_3(["xx", "tlhIngan Hol!"], codes) == ((), ("xx", "tlhIngan Hol!"))
    assert is_multilingual(["en", "Multilingual"])
    assert macrolanguage("cmn-Hans") == macrolanguage("zho") == "zho"


def test_a_card_keeps_norwegian_and_its_metadata_whatever_stands_in_the_model_index():
    card = read_card(
        b"---\nlanguage: no\nmodel-index:\n- name: x\n  results: &all [*all, {: broken\n\n- more\nlicense: mit\n---\n# Title\n"
    )
    assert (card.problem, card.texts("language"), card.text("license")) == ("", ("no",), "mit")
    assert card.model_index.startswith("model-index:\n- name: x")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff\xfe", "line 1: byte 0xff is not UTF-8 text"),
        (
            b"---\nlicense: mit\n",
            "line 1: `---` opens front matter that no second `---` line closes",
        ),
        (
            b"---\na: 1\na: 2\n---\n",
            "line 3: the key `a` stands here a second time (first in line 1)",
        ),
        (b"---\n- mit\n---\n", "`['mit']` is no `key: value`"),
        (
            b"---\na: &x 1\nb: *y\n---\n",
            "line 2: anchors (`&name`) and aliases (`*name`) are not accepted",
        ),
    ],
)
def test_a_card_that_cannot_be_read_says_where(content, problem):
    assert read_card(content).problem.startswith(problem)


GENERATED = """\
# SentenceTransformer based on acme/base

This is a [sentence-transformers](https://www.SBERT.net) model finetuned from [acme/base](https://huggingface.co/acme/base). It maps inputs to a 16-dimensional dense vector space.

## Model Details

### Full Model Architecture

```
SentenceTransformer((0): Transformer)
```

## Usage

```bash
pip install -U sentence-transformers
```

```python
model = SentenceTransformer("acme/tiny")
```

## Training Details

### Training Dataset

#### Unnamed Dataset

* Size: 1,000 training samples

## Citation

### BibTeX

```bibtex
@inproceedings{reimers-2019-sentence-bert}
```
"""
TEMPLATE = """\
# Model Card for Model ID

<!-- Provide a quick summary of what the model is/does. -->

## Model Details

- **Developed by:** [More Information Needed]

## How to Get Started with the Model

[More Information Needed]

### Training Data

[More Information Needed]

## Citation

**BibTeX:**

[More Information Needed]
"""
TERSE = """\
An embedding model for legal German that we trained on court decisions, see https://arxiv.org/abs/2401.00001.

    from FlagEmbedding import FlagModel
    FlagModel("acme/tiny").encode(["Urteil"])
"""


def told(text):
    said = outline(text)
    return said.has_overview, said.has_usage, said.has_training_data, said.has_citation


def test_a_card_is_read_as_it_stands_not_by_a_form():
    assert told(GENERATED) == (True, True, True, True)
    assert told(TERSE) == (True, True, True, True)


def test_a_template_that_nobody_filled_in_tells_nothing():
    assert told(TEMPLATE) == told("") == (False, False, False, False)
