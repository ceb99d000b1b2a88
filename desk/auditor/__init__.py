"""The desk of auditors."""
