"""The back office: what agencies, establishments and candidates use."""

#: Version of the code, kept with every decision so that it can be explained later.
CODE_VERSION = "0.1.0"
