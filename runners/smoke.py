"""Cut tasks down so that a model is tried in minutes before hours are spent on it."""

from typing import Any

_ROWS = 64
_QUERIES = 8
_DOCUMENTS = 128
_EXPERIMENTS = 2


def cut_down(task: Any) -> None:
    """Keep a handful of rows of every split of a loaded task; its scores then mean nothing."""
    for attribute in ("n_experiments", "n_clusters"):
        if hasattr(task, attribute):
            setattr(task, attribute, _EXPERIMENTS)
    if hasattr(task, "max_fraction_of_documents_to_embed"):
        task.max_fraction_of_documents_to_embed = None
        task.max_document_to_embed = None
        task.max_documents_per_cluster = _ROWS
    if hasattr(task, "convert_v1_dataset_format_to_v2"):
        task.convert_v1_dataset_format_to_v2(num_proc=None)
    training = getattr(task, "train_split", None)
    task.dataset = _cut(task.dataset, training)


def _cut(data: Any, training: str | None, name: str = "") -> Any:
    from datasets import Dataset

    if isinstance(data, Dataset):
        # the classifier draws from all training rows, so that every label has its samples
        return data if name == training else _cut_rows(data)
    if isinstance(data, dict) and {"queries", "corpus", "relevant_docs"} <= set(data):
        return _cut_retrieval(data)
    if isinstance(data, dict):
        cut = {key: _cut(value, training, str(key)) for key, value in data.items()}
        return type(data)(cut)
    return data


def _cut_rows(data: Any) -> Any:
    """Evenly spaced rows, because many data sets are sorted by label; long lists within a row are cut."""
    step = max(1, len(data) // _ROWS)
    rows = data.select(range(0, len(data), step)).select(range(min(_ROWS, len(data))))
    return rows.map(
        lambda row: {
            key: value[:_ROWS] if isinstance(value, list) else value for key, value in row.items()
        },
        load_from_cache_file=False,
    )


def _cut_retrieval(data: dict[str, Any]) -> dict[str, Any]:
    queries = data["queries"].select(range(min(_QUERIES, len(data["queries"]))))
    kept = set(queries["id"])
    relevant = {query: docs for query, docs in data["relevant_docs"].items() if query in kept}
    wanted = {document for docs in relevant.values() for document in docs}
    ranked = data["top_ranked"]
    if ranked is not None:
        ranked = {query: docs for query, docs in ranked.items() if query in kept}
        wanted |= {document for docs in ranked.values() for document in docs}
    ids = data["corpus"]["id"]
    rows = [row for row, document in enumerate(ids) if document in wanted]
    others = [row for row, document in enumerate(ids) if document not in wanted]
    corpus = data["corpus"].select(rows + others[: max(0, _DOCUMENTS - len(rows))])
    return {
        **data,
        "queries": queries,
        "corpus": corpus,
        "relevant_docs": relevant,
        "top_ranked": ranked,
    }
