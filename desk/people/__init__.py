"""人员: the accounts."""
