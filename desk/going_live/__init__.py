"""启用清单: what is still missing before the system is used in earnest."""
