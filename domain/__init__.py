"""The regulation as pure code: no clock, no identifiers minted, no input or output."""
