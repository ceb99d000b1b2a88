"""出口: the ways by which a message leaves the house, one folder each;
which notice goes to whom is decided elsewhere.
"""
