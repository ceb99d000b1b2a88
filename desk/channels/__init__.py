"""通知渠道: how messages leave the house, set up, tried out and watched by the system administrator."""
