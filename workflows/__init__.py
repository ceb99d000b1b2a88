"""The conductor: one durable workflow per incident, its only writer."""
