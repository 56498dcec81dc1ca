"""The account of a post: what its months are worth, what was paid, and what would come back, to the cent."""
