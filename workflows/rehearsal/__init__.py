"""Rehearsal: a scenario played against a call in memory, with the rules of the product and nothing else."""
