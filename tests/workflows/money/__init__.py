"""Tests of the money rules."""
