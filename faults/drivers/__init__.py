"""The faults of the quality page (R17 and on), each driven from outside against a real system, by its id."""
