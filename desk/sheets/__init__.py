"""导入表格: a sheet of posts looked at row by row, then taken in."""
