"""Measures the system against the bare engine on the same server in the same run (`python -m bench`)."""
