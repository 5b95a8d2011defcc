"""Freezing the lowest layers of the base, as far as it has them."""

from typing import Any

import pytest
from transformers import AlbertConfig, AutoModel, BertConfig, DistilBertConfig, ModernBertConfig

from runners.failures import Failure
from runners.finetuning.flag_training.freezing import freeze

SHAPE = {"vocab_size": 20, "hidden_size": 8, "intermediate_size": 16, "num_attention_heads": 2, "pad_token_id": 0}  # fmt: skip
BASES = {
    "bert": BertConfig(**SHAPE, num_hidden_layers=3),
    "distilbert": DistilBertConfig(vocab_size=20, dim=8, hidden_dim=16, n_heads=2, n_layers=3),
    "modernbert": ModernBertConfig(**SHAPE, num_hidden_layers=3),
    "albert": AlbertConfig(**SHAPE, embedding_size=8, num_hidden_layers=3),
}


def base(name: str) -> Any:
    return AutoModel.from_config(BASES[name])


@pytest.mark.parametrize("name", ["bert", "distilbert", "modernbert"])
def test_embeddings_and_the_lowest_layers_keep_their_weights(name: str):
    encoder = base(name)
    freeze(encoder, 2)
    frozen = {name for name, weight in encoder.named_parameters() if not weight.requires_grad}
    expected = {
        name
        for name, _ in encoder.named_parameters()
        if name.startswith("embeddings") or ".0." in f".{name}" or ".1." in f".{name}"
    }
    assert frozen == expected


@pytest.mark.parametrize("name", ["bert", "albert"])
def test_nothing_is_frozen_where_nothing_is_asked_for(name: str):
    encoder = base(name)
    freeze(encoder, 0)
    assert all(weight.requires_grad for weight in encoder.parameters())


@pytest.mark.parametrize("layers", [3, 12])
def test_to_freeze_as_many_layers_as_there_are_is_refused(layers: int):
    with pytest.raises(
        Failure, match=f"freeze_layers: {layers}, but the base has 3 layers"
    ) as told:
        freeze(base("bert"), layers)
    assert (told.value.kind, told.value.advice) == ("submission", "write 2 or less")


def test_a_base_whose_layers_cannot_be_told_apart_is_refused():
    with pytest.raises(
        Failure, match=r"no layers are found by name in the base \(AlbertModel\)"
    ) as told:
        freeze(base("albert"), 1)
    assert (told.value.kind, told.value.advice) == ("submission", "leave `freeze_layers` out")
