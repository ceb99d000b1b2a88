"""What people read: names of codes, sentences in two languages, and what each event of a case says."""
