"""A call (appel) as data: its model, its marshmallow schema, its sentences."""
