"""Archive: the history of a run that went on anew, kept for good."""
