"""What is kept: SQLAlchemy models and every query. Nothing here decides anything."""
