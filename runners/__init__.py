"""Measures: loads a model, evaluates it with mteb, and writes one report."""
