"""One module a command: `configure(parser)` declares its arguments, `run(arguments)` does the work."""
