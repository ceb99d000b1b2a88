"""我的: what belongs to who is signed in."""
