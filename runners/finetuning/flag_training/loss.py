"""Contrastive losses over a whole matrix of scores, with masks for who is like whom."""

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


def each_positive_loss(scores: Any, positives: Any, negatives: Any) -> Any:
    """Cross entropy of each positive by itself against the negatives, averaged over an anchor's, then over anchors.

    As `contrastive_loss`, but for what a positive competes with: for an anchor with positives P and negatives N the
    loss is the mean over p in P of log(exp(s_p) + sum over n in N of exp(s_n)) - s_p, so that no two positives push
    each other away: SINCERE of Feeney and Hughes, 2023 (arXiv:2309.14277). It is what drawing one positive comes to
    on average.
    """
    import torch

    counts = positives.sum(dim=1)
    # Without negatives it would be log(0), whose gradient is no number: then there is nothing to tell apart.
    compared = positives & negatives.any(dim=1)[:, None]
    against = scores.masked_fill(~negatives, -torch.inf)
    against = against.masked_fill(~negatives.any(dim=1)[:, None], 0.0).logsumexp(dim=1)
    losses = torch.nn.functional.softplus(against[:, None] - scores).masked_fill(~compared, 0.0)
    return (losses.sum(dim=1) / counts.clamp(min=1)).sum() / (counts > 0).sum().clamp(min=1)


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
    and where these texts begin among them.
    """
    others, their_labels, first = everyone
    scores = embeddings @ others.T / recipe.temperature
    loss = each_positive_loss if recipe.positives == "each" else contrastive_loss
    return loss(scores, *label_masks(labels, their_labels, first, recipe.positives))


def _one_of(mask: Any) -> Any:
    """A mask with one of each row's, drawn evenly; rows without any stay empty."""
    import torch

    drawn = torch.rand(mask.shape, device=mask.device).masked_fill(~mask, -1.0).argmax(dim=1)
    chosen = torch.zeros_like(mask)
    chosen[torch.arange(len(mask), device=mask.device), drawn] = True
    return chosen & mask
