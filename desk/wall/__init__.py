"""大屏: the board for a wall, kept up to date."""
