"""The fault suite: an installation of real processes, broken on purpose, and what must be true of it afterwards.

    python -m tests.faults --seeds 5            every recipe over five seeds (`make faults`)
    python -m tests.faults --only 2 6 --seeds 1

Each recipe is a function of a `recipes_*` module whose name carries its number and its outcome. The recipes of
`test_quick.py` also run with the other tests. `tests.faults.absent` says which recipes do not apply, and why.
"""
