"""告警: what the watch found."""
