"""What the pages show, as frozen dataclasses: computed here as pure functions, set into HTML by the templates alone."""
