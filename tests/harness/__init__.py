"""Runs the workflow files of a repository, unmodified, with `act`, and does what GitHub does around them.

`World` (world.py) serves a GitHub and a Hub on loopback and lets people act; each act is an event, which starts
the workflows that listen to it. act interprets the jobs; everything else is here: filters, refs, the fork rule,
tokens narrowed to a job's permissions, environments, concurrency, runners, time limits, cancelling, artifacts.
Whatever a workflow uses that is not modelled raises `Unsupported`: silence would be a test that proves nothing.
"""
