"""The proofs of the rules: checks of behaviour that take a call, so that a changed call is noticed."""
