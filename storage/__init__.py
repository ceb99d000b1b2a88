"""Memory: the event log with its chain, the ledger, callers and regulations."""
