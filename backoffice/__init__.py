"""The back office: pages, API, commands, and the services and store beneath them."""
