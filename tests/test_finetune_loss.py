"""The label-aware loss: what it counts, and that it is FlagEmbedding's own where only a query's group is looked at."""

import math

import pytest
import torch
from FlagEmbedding.finetune.embedder.encoder_only.base.modeling import BiEncoderOnlyEmbedderModel

from runners.finetuning.flag_training.loss import (
    contrastive_loss,
    each_positive_loss,
    label_aware_loss,
    label_masks,
)
from schemas.finetuning import Recipe

Rows = list[list[float]]


def _embeddings(rows: int, dimensions: int = 6, seed: int = 0) -> torch.Tensor:
    drawn = torch.randn(
        rows, dimensions, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )
    return torch.nn.functional.normalize(drawn, dim=-1)


def _plain_loss(rows: Rows, labels: list[int], temperature: float, how: str) -> float:
    """The same by the books, text by text: no matrix, no mask."""

    def alike(one: list[float], other: list[float]) -> float:
        return math.exp(sum(a * b for a, b in zip(one, other, strict=True)) / temperature)

    losses = []
    for anchor, row in enumerate(rows):
        others = [number for number in range(len(rows)) if number != anchor]
        liked = [number for number in others if labels[number] == labels[anchor]]
        if liked:
            apart = [number for number in others if labels[number] != labels[anchor]]
            each = []
            for number in liked:
                against = others if how == "batch" else [number, *apart]
                all_of_them = sum(alike(row, rows[other]) for other in against)
                each.append(-math.log(alike(row, rows[number]) / all_of_them))
            losses.append(sum(each) / len(each))
    return sum(losses) / len(losses)


@pytest.mark.parametrize(
    "labels", [[0, 0, 1, 1, 2, 2], [0, 0, 0, 0, 1, 1], [0, 0, 1, 2, 3, 0], [0, 0, 0, 0, 0, 0]]
)
@pytest.mark.parametrize("temperature", [0.05, 0.1, 1.0])
@pytest.mark.parametrize("how", ["each", "batch"])
def test_the_loss_is_that_of_its_paper_text_by_text(
    labels: list[int], temperature: float, how: str
):
    embeddings, classes = _embeddings(len(labels)), torch.tensor(labels)
    recipe = Recipe(temperature=temperature, positives=how)  # type: ignore[arg-type]  # of a schema's enum
    found = label_aware_loss(embeddings, classes, (embeddings, classes, 0), recipe)
    assert found.item() == pytest.approx(
        _plain_loss(embeddings.tolist(), labels, temperature, how), abs=1e-9
    )


def test_with_groups_alone_it_is_the_loss_of_flag_embedding():
    queries, passages, group = _embeddings(5, 16, 1).float(), _embeddings(40, 16, 2).float(), 8
    theirs = BiEncoderOnlyEmbedderModel(torch.nn.Identity(), temperature=0.02)
    _, expected = theirs._compute_no_in_batch_neg_loss(queries, passages)
    own = torch.arange(40)[None, :] // group == torch.arange(5)[:, None]
    positives = own & (torch.arange(40)[None, :] % group == 0)
    found = contrastive_loss(queries @ passages.T / 0.02, positives, own & ~positives)
    assert found.item() == pytest.approx(expected.item(), abs=1e-6)


def test_with_one_positive_and_every_other_passage_it_is_their_loss_with_in_batch_negatives():
    queries, passages = _embeddings(4, 16, 1).float(), _embeddings(12, 16, 2).float()
    theirs = BiEncoderOnlyEmbedderModel(torch.nn.Identity(), temperature=0.05)
    _, expected = theirs._compute_in_batch_neg_loss(queries, passages)
    positives = torch.arange(12)[None, :] == 3 * torch.arange(4)[:, None]
    found = contrastive_loss(queries @ passages.T / 0.05, positives, ~positives)
    assert found.item() == pytest.approx(expected.item(), abs=1e-6)


def test_each_positive_by_itself_is_what_one_that_is_drawn_comes_to_on_average():
    scores = _embeddings(1, 7) / 0.1
    negatives = torch.tensor([[False, False, False, True, True, True, False]])
    alone = [torch.arange(7)[None, :] == positive for positive in range(3)]
    drawn = [contrastive_loss(scores, positive, negatives).item() for positive in alone]
    found = each_positive_loss(scores, alone[0] | alone[1] | alone[2], negatives)
    assert found.item() == pytest.approx(sum(drawn) / 3, abs=1e-9)


@pytest.mark.parametrize("labels", [[0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 1, 2], [0, 0, 0, 0]])
@pytest.mark.parametrize("how", ["each", "batch"])
def test_its_gradient_is_right(labels: list[int], how: str):
    classes = torch.tensor(labels)
    recipe = Recipe(temperature=0.5, positives=how)  # type: ignore[arg-type]

    def loss(embeddings: torch.Tensor) -> torch.Tensor:
        return label_aware_loss(embeddings, classes, (embeddings, classes, 0), recipe)

    assert torch.autograd.gradcheck(loss, _embeddings(4).requires_grad_())


@pytest.mark.parametrize("how", ["each", "batch", "one"])
def test_a_batch_in_which_no_text_has_its_like_teaches_nothing_and_breaks_nothing(how: str):
    embeddings, classes = _embeddings(4).requires_grad_(), torch.tensor([0, 1, 2, 3])
    recipe = Recipe(positives=how)  # type: ignore[arg-type]
    loss = label_aware_loss(embeddings, classes, (embeddings, classes, 0), recipe)
    loss.backward()  # type: ignore[no-untyped-call]  # untyped upstream
    assert loss.item() == 0.0
    assert embeddings.grad is not None
    assert embeddings.grad.abs().sum() == 0


def test_a_text_of_its_own_label_is_never_a_negative_nor_itself_a_positive():
    labels = torch.tensor([0, 0, 1, 0])
    positives, negatives = label_masks(labels, labels, 0, "batch")
    assert positives.tolist() == [
        [False, True, False, True],
        [True, False, False, True],
        [False, False, False, False],
        [True, True, False, False],
    ]
    assert negatives.tolist() == [
        [False, False, True, False],
        [False, False, True, False],
        [True, True, False, True],
        [False, False, True, False],
    ]


def test_with_one_positive_the_others_of_its_label_are_not_looked_at():
    labels = torch.tensor([0, 0, 0, 0, 1])
    drawn = set()
    for seed in range(30):
        torch.manual_seed(seed)
        positives, negatives = label_masks(labels, labels, 0, "one")
        assert positives.sum(dim=1).tolist() == [1, 1, 1, 1, 0]
        assert not (positives & negatives).any()
        assert not (negatives & (labels[:, None] == labels[None, :])).any()
        drawn.add(int(positives[0].int().argmax()))
    assert drawn == {1, 2, 3}


def test_texts_of_other_processes_are_compared_with_too():
    embeddings, classes = _embeddings(6), torch.tensor([0, 1, 0, 1, 2, 0])
    whole = label_aware_loss(embeddings, classes, (embeddings, classes, 0), Recipe())
    parts = [
        label_aware_loss(
            embeddings[at : at + 3], classes[at : at + 3], (embeddings, classes, at), Recipe()
        )
        for at in (0, 3)
    ]
    # Of the second three texts one has no like, so it does not count there.
    assert whole.item() == pytest.approx((3 * parts[0].item() + 2 * parts[1].item()) / 5, abs=1e-9)
