"""What frames every page: navigation, marks, the switch of language, errors as pages."""
