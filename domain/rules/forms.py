"""分类回应: which form of response nature, degree and impact suggest;
a suggestion that binds nobody (三(三)#2, R341).
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.case.state import Incident
from domain.terms.vocabulary import KeyCategory, PublicationForm, WarningLevel


class FormBasis(StrEnum):
    """On which of the axes a suggestion rests: nature, degree or impact."""

    EMERGENCY = "emergency"  # nature: an emergency underlies it
    UNVERIFIED = "unverified"  # nature: what happened is not established yet
    POLICY = "policy"  # nature: a policy is misread
    GRAVE = "grave"  # degree: the highest level
    WIDE = "wide"  # impact: media of the province or above took it up
    CONCLUDED = "concluded"  # nature: what happened is established


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSuggestion:
    """A form of response, and on what it rests."""

    form: PublicationForm
    basis: FormBasis


def suggested_form(incident: Incident) -> FormSuggestion | None:
    """The form that suits the incident now; the first that applies, none once it is closed.

    1. An emergency: the first notice, then updates, after the response has ended and the facts are concluded
       the final one.
    2. Before the conclusion: an interim response.
    3. A misread policy: its explainer.
    4. The highest level, or media of the province and above: a release for the press.
    5. Else a situation notice.
    """
    if incident.closed_at is not None:
        return None
    if incident.in_emergency:
        return FormSuggestion(form=_notice(incident), basis=FormBasis.EMERGENCY)
    if incident.conclusion is None:
        return FormSuggestion(form=PublicationForm.INTERIM_RESPONSE, basis=FormBasis.UNVERIFIED)
    return _of_concluded(incident)


def _of_concluded(incident: Incident) -> FormSuggestion:
    if KeyCategory.POLICY_MISREADING in incident.key_categories:
        return FormSuggestion(form=PublicationForm.POLICY_EXPLAINER, basis=FormBasis.POLICY)
    if incident.level is WarningLevel.MAJOR_SITUATION:
        return FormSuggestion(form=PublicationForm.PRESS_RELEASE, basis=FormBasis.GRAVE)
    latest = max(incident.metrics, key=lambda taken: taken.at, default=None)
    if latest is not None and latest.provincial + latest.central > 0:
        return FormSuggestion(form=PublicationForm.PRESS_RELEASE, basis=FormBasis.WIDE)
    return FormSuggestion(form=PublicationForm.SITUATION_NOTICE, basis=FormBasis.CONCLUDED)


def _notice(incident: Incident) -> PublicationForm:
    if not incident.standing_publications:
        return PublicationForm.FIRST_NOTICE
    is_over = incident.emergency_ended_at is not None and incident.conclusion is not None
    return PublicationForm.FINAL_NOTICE if is_over else PublicationForm.UPDATE_NOTICE
