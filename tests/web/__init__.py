"""Tests of the pages: bad input, access, headers, form of every page."""
