"""Conductors of earlier releases, kept as they were so that their histories can be verified."""
