"""Judges a run afterwards: histories replayed whole and cut,
compared with the event log and with what was acknowledged.
"""
