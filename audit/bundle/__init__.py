"""Evidence bundles (证据包): a case with its proof,
checked by anyone without this system (`docs/bundle.md`).
"""
