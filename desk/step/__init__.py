"""The form of any step, with what helps in filling it in."""
