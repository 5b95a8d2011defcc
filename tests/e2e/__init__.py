"""Every workflow, unmodified, through every trigger and outcome it has: `python -m tests.e2e`, or with names of scenarios.

Each scenario has a GitHub and a Hub of its own, from nothing or from a stage that others share (stages.py), lets
people act, lets the workflows run, and holds the end against what it must be: comments, checks, labels, runs,
branches and the Hub's pull requests. Of ci.yml only the shape is looked at: its jobs are this project's own checks.
"""
