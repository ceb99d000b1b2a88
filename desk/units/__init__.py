"""单位: the register of units and channels."""
