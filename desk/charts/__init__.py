"""热度、考核: heat and performance."""
