"""公开回应: what of a case the public may read, decided by one function,
and written as files that any web server can serve.
"""
