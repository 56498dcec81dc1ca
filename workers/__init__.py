"""The background processes: one thin actor, the relay of the outbox, the clock."""
