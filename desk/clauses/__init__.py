"""条款: the sentences of the regulation, and what each came to."""
