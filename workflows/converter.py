"""How values travel through Temporal: as pydantic's JSON, read by one set of readers for all cases."""

from contextlib import suppress

from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter, DefaultPayloadConverter

from activities.payloads import NotifyInput, RecordInput
from domain.catalogue import Submission
from workflows.payloads import CaseInput, Live, Question, Receipt

# The SDK makes a converter per workflow, and pydantic's own then builds its readers anew in each: 0.3 s of CPU and
# over 1 MB per case. They are the same for all.
_JSON = PydanticJSONPlainPayloadConverter()


class SharedPayloadConverter(CompositePayloadConverter):
    """The SDK's converters, with JSON by pydantic and its readers shared."""

    def __init__(self) -> None:
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(_JSON if one.encoding == _JSON.encoding else one for one in usual))


data_converter = DataConverter(payload_converter_class=SharedPayloadConverter)


def prepare() -> None:
    """Build the readers at once (half a second): inside a workflow's task the SDK takes so long for a deadlock."""
    for kind in (CaseInput, Submission, Receipt, Question, Live, RecordInput, NotifyInput):
        with suppress(ValidationError):
            _JSON.from_payload(Payload(data=b"null"), kind)
