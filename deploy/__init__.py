"""One machine, one command: the processes of the system, started, watched and stopped together."""
