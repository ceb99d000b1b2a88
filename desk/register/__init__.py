"""登记: opening an incident, with likely duplicates."""
