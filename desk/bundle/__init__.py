"""The bundle of a case: handed out to an auditor by a page of its own."""
