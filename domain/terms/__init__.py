"""The terms of the field: words, roles, refusals, instants, and what is told from a text alone."""
