"""Fuzzes the real conductor on the embedded server: lost workers, an ailing ledger, bursts,
small caches, short tasks.
"""
