"""Decision letters: what each may tell, computed from the facts of a dossier. Nothing here is laid out or stored."""
