"""When it happens: flows, the service around them, and the command."""
