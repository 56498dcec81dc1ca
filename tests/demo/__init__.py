"""The demonstration: its data, and the application served with it."""
