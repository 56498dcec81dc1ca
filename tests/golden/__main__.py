"""`python -m tests.golden`: write the golden files again. Read the diff line by line before keeping it."""

from __future__ import annotations

from tests.golden.files import golden_files


def main() -> None:
    """Write every golden file."""
    for path, text in golden_files().items():
        path.write_text(text(), "utf-8")


if __name__ == "__main__":
    main()
