"""Lives of dossiers through the pages, over HTTP, with worker, clock and a mail server."""
