"""Deliver: notices into the inboxes of units, and a call for each that somebody must hear."""
