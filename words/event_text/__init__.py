"""What each event of a case says, in one sentence."""
