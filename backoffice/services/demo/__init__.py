"""The demonstration: invented people and places, and lives of dossiers told through the real services.

Nothing here writes a dossier by itself: every act goes through `perform`, at its own legal instant, in order.
"""
