"""审计簿: who looked and who did."""
