"""Tests of the background processes."""
