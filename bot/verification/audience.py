"""Whether accepted results are meant for the public at all: what the model's config and the board's settings say. Pure."""

from bot.tuned_weights.destination import destination
from schemas.settings import Settings
from schemas.submission import ModelConfig

_NEVER = "This board offers no results to the Hub (`publish.on: never` in its settings)."
_NO_CARD = "The config asks for no model card (`publish.model_card: false`)."
_PRIVATE = "Its tuned weights go to a private repository, by its config (`finetune.publish`) or the board's settings."


def kept_from_public(config: ModelConfig | None, settings: Settings) -> str:
    """Why nobody is to find the results on the Hub; empty where they are to, or where no config says."""
    if settings.publish_on == "never":
        return _NEVER
    if config is None:
        return ""
    if not config.publish.model_card:
        return _NO_CARD
    going, nowhere = destination(config, settings.tuned_weights)
    return _PRIVATE if going and going.only_private else nowhere
