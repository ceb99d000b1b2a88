"""The case: what is recorded of one incident, what it owes, and what follows from both at a glance."""
