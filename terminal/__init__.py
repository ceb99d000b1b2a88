"""The command line of those who handle incidents: list, show, watch, submit over HTTP,
and tokens on the database.
"""
