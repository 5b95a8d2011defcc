"""All attacks, in the order of the zones that stop them."""

from tests.attacks import artifacts, inside, people, submissions, words

ATTACKS = (
    *submissions.ATTACKS,
    *people.ATTACKS,
    *inside.ATTACKS,
    *artifacts.ATTACKS,
    *words.ATTACKS,
)
