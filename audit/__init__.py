"""Audit: runs the rules and the workflow again over what was recorded, and says whether the law was kept."""
