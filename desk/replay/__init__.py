"""The replay of a case, step by step."""
