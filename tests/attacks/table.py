"""All attacks, in the order of the zones that stop them."""

from tests.attacks import artifacts, inside, machines, models, people, submissions, words, workflows

ATTACKS = (
    *workflows.ATTACKS,
    *submissions.ATTACKS,
    *people.ATTACKS,
    *inside.ATTACKS,
    *machines.ATTACKS,
    *models.ATTACKS,
    *artifacts.ATTACKS,
    *words.ATTACKS,
)
