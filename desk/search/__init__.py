"""查找: one search over cases, publications, units and clauses."""
