"""Migrations of the schema: plain types, nothing of our code, so that they outlive it."""
