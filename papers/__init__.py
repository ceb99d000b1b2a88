"""Documents as files: what a paper says, and how it is set."""
