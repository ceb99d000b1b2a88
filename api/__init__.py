"""The web: JSON under /api/v1 and pages beside it, from the same commands and queries."""
