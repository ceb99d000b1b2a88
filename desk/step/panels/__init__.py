"""What helps with the special steps: one room per module; which step has which, `special_forms` says."""
