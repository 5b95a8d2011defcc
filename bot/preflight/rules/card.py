"""Whether the model card tells a reader what they need, and the same languages as the config."""

from collections.abc import Callable, Iterator

from bot.preflight.card import Card
from bot.preflight.languages import is_multilingual, iso_639_3, macrolanguage
from bot.preflight.rule import Finding, Rule, Submitted
from schemas.problem import shown

_MODEL, _LANGUAGES = ("model",), ("languages",)
_MOST_NAMED = 5


def _no_card(submitted: Submitted) -> Iterator[Finding]:
    if submitted.facts.card is None:
        yield Finding(_MODEL, "the repository has no model card (`README.md`)")


def _broken(submitted: Submitted) -> Iterator[Finding]:
    card = submitted.facts.card
    if card and card.problem:
        yield Finding(
            _MODEL, f"the model card's front matter cannot be read: {shown(card.problem, 300)}"
        )


def _lacks(has: Callable[[Card], bool], what: str) -> Callable[[Submitted], Iterator[Finding]]:
    def check(submitted: Submitted) -> Iterator[Finding]:
        card = submitted.facts.card
        if card and not card.problem and not has(card):
            yield Finding(_MODEL, f"the model card {what}")

    return check


def _no_language(submitted: Submitted) -> Iterator[Finding]:
    card = submitted.facts.card
    if card and not card.problem and not card.texts("language"):
        yield Finding(_LANGUAGES, "the model card names no language")


def _other_languages(submitted: Submitted) -> Iterator[Finding]:
    card = submitted.facts.card
    written = card.texts("language") if card else ()
    if not written:
        return
    codes, unknown = iso_639_3(written, submitted.around.codes)
    if unknown:
        named = ", ".join(f"`{shown(word)}`" for word in unknown[:_MOST_NAMED])
        yield Finding(_LANGUAGES, f"the model card names languages that have no code: {named}")
    if is_multilingual(written):
        return
    on_card = {macrolanguage(code) for code in codes}
    in_config = {macrolanguage(code) for code in submitted.config.languages}
    for number, code in enumerate(submitted.config.languages):
        if macrolanguage(code) not in on_card:
            yield Finding(
                ("languages", number), f"the model card does not name the language `{code}`"
            )
    if more := [code for code in codes if macrolanguage(code) not in in_config]:
        named = ", ".join(f"`{code}`" for code in more[:_MOST_NAMED])
        yield Finding(
            _LANGUAGES, f"the model card names languages that the config does not: {named}"
        )


RULES: tuple[Rule[Submitted], ...] = (
    Rule(
        "card-missing",
        "error",
        "There is a model card.",
        "It is where readers learn what the model is, and where scores are published.",
        "write a `README.md`: https://huggingface.co/docs/hub/model-cards",
        _no_card,
        own=True,
    ),
    Rule(
        "card-unreadable",
        "error",
        "The model card's front matter is valid YAML.",
        "Neither the Hub nor anyone else can read licence and languages from it otherwise.",
        "correct it; the Hub's editor of the model card shows the place",
        _broken,
        own=True,
    ),
    Rule(
        "card-without-overview",
        "warning",
        "The model card says in a sentence what the model is.",
        "Readers decide by it whether to read on.",
        "say what it was made for, from which model and for which languages",
        _lacks(lambda card: card.outline.has_overview, "does not say what the model is"),
        own=True,
    ),
    Rule(
        "card-without-usage",
        "warning",
        "The model card shows in code how to get embeddings.",
        "Prompts, pooling and normalization are easy to get wrong.",
        "add a code block under a heading `Usage`",
        _lacks(lambda card: card.outline.has_usage, "shows no code that uses the model"),
        own=True,
    ),
    Rule(
        "card-without-training-data",
        "warning",
        "The model card says what the model was trained on (`datasets:` or a section about it).",
        "Scores on data that was trained on mean something else.",
        "add `datasets:` to the front matter, or a section `Training data`",
        _lacks(
            lambda card: bool(card.texts("datasets")) or card.outline.has_training_data,
            "does not say what the model was trained on",
        ),
        own=True,
    ),
    Rule(
        "card-without-citation",
        "warning",
        "The model card says what to cite.",
        "Authors deserve it, and readers find the paper.",
        "add a section `Citation` with BibTeX, or a link to the paper",
        _lacks(lambda card: card.outline.has_citation, "does not say what to cite"),
        own=True,
    ),
    Rule(
        "language-missing",
        "warning",
        "The model card names the model's languages (`language:` in its front matter).",
        "The Hub and the leaderboard filter by it.",
        "add `language:` to the model card's front matter",
        _no_language,
        own=True,
    ),
    Rule(
        "languages-differ",
        "warning",
        "The config and the model card name the same languages.",
        "Readers must not be told two things.",
        "write the same languages in both (the card may say `multilingual`)",
        _other_languages,
        own=True,
    ),
)
