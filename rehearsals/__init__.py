"""Rehearsals: incidents described in YAML, carried by the real system under another clock,
and judged by its record.
"""
