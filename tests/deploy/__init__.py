"""The files of an installation: they name commands, options and settings that exist."""
