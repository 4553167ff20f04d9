"""Commands behind the Makefile: set up, build, serve, run notebooks."""
