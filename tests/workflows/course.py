"""A case from its judgement to its close."""

from tests.domain.cast import assigned, closed, concluded, handled, judged, published, reported, signed_for

WHOLE_COURSE = (judged(), assigned(), signed_for(), concluded(), published(), reported(), handled(), closed())
