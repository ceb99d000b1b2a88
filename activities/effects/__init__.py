"""What a decision brings about beside its record: a folder for each kind, and their union (decision 0139)."""
