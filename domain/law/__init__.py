"""The law as frozen into a case: parameters, articles, units, levels, responsibility,
and how it is changed and kept.
"""
