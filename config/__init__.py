"""Typed settings and the data files: one file per call, quotas, letters, calendars."""
