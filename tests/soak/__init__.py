"""The random driver of the rules: whatever acts, dates and calls come, what must stay true stays true."""
