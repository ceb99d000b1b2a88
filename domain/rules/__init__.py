"""The rules that several steps share: duties and what fulfils them, papers, permissions, scores,
what a text must say.
"""
