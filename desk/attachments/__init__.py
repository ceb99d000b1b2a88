"""附件: the files of an incident."""
