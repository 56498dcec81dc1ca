"""The pages: server-rendered, usable without JavaScript. They read, and ask the services to write."""
