"""规则修改: the law parameters and the calendar, changed in the browser by two persons."""
