"""系统: how the parts stand, and what was healed."""
