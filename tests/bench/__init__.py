"""Measures, as ratios to a floor of the same run: absolute times say little on a shared machine."""
