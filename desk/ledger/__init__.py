"""台账: the list of all incidents, its views, its sheet."""
