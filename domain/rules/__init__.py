"""The rules that several steps share: obligations and what fulfils them, papers, permissions, scores,
what a text must say.
"""
