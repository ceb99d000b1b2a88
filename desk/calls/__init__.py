"""通知: what became of the messages of a notice, and the one-time link by which it is acknowledged."""
