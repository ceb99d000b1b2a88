"""The tests: a package, so that no other of this name, which some library brings along,
is found before it.
"""
