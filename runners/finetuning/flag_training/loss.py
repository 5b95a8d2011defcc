"""Contrastive loss over a whole matrix of scores, with a mask for who is like whom."""

from typing import Any

from schemas.finetuning import Recipe


def contrastive_loss(scores: Any, positives: Any, negatives: Any) -> Any:
    """Cross entropy of each anchor's positives against all that it is compared with, averaged over anchors.

    `scores` are similarities divided by the temperature, (anchors, candidates); `positives` and `negatives` are
    boolean masks of that shape without overlap, and what is in neither is not looked at. For an anchor with positives
    P and candidates A (P and negatives) its loss is the mean over p in P of log(sum over a in A of exp(s_a)) - s_p:
    L_out of Khosla and others, "Supervised Contrastive Learning", 2020 (arXiv:2004.11362, equation 2). With one
    positive it is the usual softmax loss. Anchors without positives count for nothing.
    """
    import torch

    counts = positives.sum(dim=1)
    compared = scores.masked_fill(~(positives | negatives), -torch.inf)
    # An anchor that is compared with nothing would be log(0); it is left out below, and must not spoil the gradient.
    compared = compared.masked_fill((counts == 0)[:, None], 0.0)
    liked = scores.masked_fill(~positives, 0.0).sum(dim=1) / counts.clamp(min=1)
    losses = (compared.logsumexp(dim=1) - liked).masked_fill(counts == 0, 0.0)
    return losses.sum() / (counts > 0).sum().clamp(min=1)


def label_masks(anchors: Any, candidates: Any, first: int, how: str) -> tuple[Any, Any]:
    """Who is like whom by label: (positives, negatives), each (anchors, candidates).

    `anchors` and `candidates` are labels; anchor i is candidate `first + i`, and never compared with itself. `how` is
    the recipe's `positives`: with `one`, one text of the same label is drawn, and the others are not looked at.
    """
    import torch

    own = torch.arange(len(anchors), device=anchors.device) + first
    same = anchors[:, None] == candidates[None, :]
    negatives = ~same
    same[torch.arange(len(anchors), device=anchors.device), own] = False
    return (_one_of(same) if how == "one" else same), negatives


def label_aware_loss(
    embeddings: Any, labels: Any, everyone: tuple[Any, Any, int], recipe: Recipe
) -> Any:
    """Loss of texts that are compared with everyone's.

    `embeddings` is (texts, dimensions), `labels` (texts,); `everyone` is the embeddings and labels of all processes,
    and where these texts begin among them. A text of the same label is never a negative.
    """
    others, their_labels, first = everyone
    scores = embeddings @ others.T / recipe.temperature
    return contrastive_loss(scores, *label_masks(labels, their_labels, first, recipe.positives))


def _one_of(mask: Any) -> Any:
    """A mask with one of each row's, drawn evenly; rows without any stay empty."""
    import torch

    drawn = torch.rand(mask.shape, device=mask.device).masked_fill(~mask, -1.0).argmax(dim=1)
    chosen = torch.zeros_like(mask)
    chosen[torch.arange(len(mask), device=mask.device), drawn] = True
    return chosen & mask
