"""A watch over every open case: it compares what stands written with the time,
heals what it may, and says so.
"""
