"""公开回应的窗口: a process of its own that serves the exported files to the public,
and knows nothing of the house.
"""
