"""Hands: what the workflow has done outside itself, each act idempotent on a natural key."""
