"""Golden files: texts generated from the rules, kept beside the tests so that every change shows as a diff."""
