"""`huiying doctor`: what of an installation is not closed, not well or not looked after,
and what to do about it.
"""
