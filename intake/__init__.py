"""取件: what comes in from other systems as files, read into items of a case; it gives no command itself."""
