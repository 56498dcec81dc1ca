"""The rules: states, acts, deadlines, money and quotas, as pure functions of what they are given."""
