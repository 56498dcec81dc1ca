"""The guards: each looks at one thing and answers with its own reasons."""
