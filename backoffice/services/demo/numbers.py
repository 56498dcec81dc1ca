"""Invented identifiers with a right key, in ranges that nobody real has."""

from __future__ import annotations


def _with_key(digits: str) -> str:
    """The digits followed by their Luhn key."""
    total = 0
    for rank, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if rank % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return f"{digits}{-total % 10}"


def finess(n: int) -> str:
    """The n-th invented FINESS number: 9 digits, the first ones 99."""
    return _with_key(f"99{n:06}")


def rpps(n: int) -> str:
    """The n-th invented RPPS number: 11 digits, the first ones 000."""
    return _with_key(f"000{n:07}")
