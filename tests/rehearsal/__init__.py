"""Rehearsals: what a scenario may say, what it gives, and the stories the house ships."""
