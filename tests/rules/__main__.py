"""`python -m tests.rules`: write the page of the rules again."""

from __future__ import annotations

from tests.rules.page import PAGE, page


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
