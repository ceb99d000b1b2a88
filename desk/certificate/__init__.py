"""The deadline certificates of a case: a page that lists them, and each as a file and as a sheet of paper."""
