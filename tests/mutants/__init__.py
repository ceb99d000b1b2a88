"""Mutants: the domain changed at one place at a time, to see whether its tests notice."""
