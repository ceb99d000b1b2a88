"""Which step decides a command, and which folds an event:
the one table that joins the catalogue to the steps.
"""

from collections.abc import Callable, Iterator
from typing import Any, get_args

from domain.case.events import Event
from domain.case.obligations import ObligationEvent
from domain.case.state import Incident, with_obligation
from domain.catalogue import IntrusionNoticed, SubmissionRefused, SubmissionUnreadable
from domain.rules import (
    by_rota,
    consistency,
    coordination,
    correction,
    counting,
    discrepancies,
    exposure,
    floors,
    papers,
    watch,
)
from domain.steps import (
    accountability,
    amend,
    appraise,
    assign,
    close,
    confirm_duty,
    consult,
    coordinate,
    correct,
    countersign,
    discrepancy,
    escalate,
    extension,
    instruct,
    judge,
    late_evidence,
    mark,
    privacy,
    publish,
    reads,
    reconcile,
    register,
    report,
    respond,
    retrospect,
    screen,
    sign,
    transfer,
    verify,
    withdraw,
)
from domain.terms.roles import Deed


def _unchanged(
    incident: Incident,
    event: SubmissionRefused | SubmissionUnreadable | IntrusionNoticed | exposure.PersonalDataPointedOut,
) -> Incident:
    """What was handed over and came to nothing, came from a stranger,
    or was only pointed out stands in the record alone.
    """
    del event
    return incident


DECIDERS: dict[type, Callable[[Incident, Any, Deed], Iterator[Event]]] = {
    command: room
    for room, commands in (
        (register.decide, (register.AddSource, register.RecordMetrics, register.RecordConcern)),
        (verify.decide, get_args(verify.VerifyCommand)),
        (judge.decide, (judge.Judge, judge.Rejudge)),
        (assign.decide, get_args(assign.AssignCommand)),
        (sign.decide, get_args(sign.SignCommand)),
        (respond.decide, get_args(respond.RespondCommand)),
        (reconcile.decide, (reconcile.ApproveTalkingPoints,)),
        (privacy.decide, (privacy.ClearPersonalData,)),
        (discrepancy.decide, (discrepancy.ClearDiscrepancies,)),
        (countersign.decide, (countersign.Countersign,)),
        (mark.decide, get_args(mark.MarkCommand)),
        (publish.decide, get_args(publish.PublishCommand)),
        (reads.decide, (reads.RecordReads,)),
        (report.decide, (report.ReportUp,)),
        (coordinate.decide, get_args(coordinate.CoordinateCommand)),
        (consult.decide, get_args(consult.ConsultCommand)),
        (transfer.decide, get_args(transfer.TransferCommand)),
        (screen.decide, get_args(screen.ScreenCommand)),
        (escalate.decide, get_args(escalate.EscalateCommand)),
        (confirm_duty.decide, get_args(confirm_duty.ConfirmDutyCommand)),
        (withdraw.decide, (withdraw.WithdrawPublication,)),
        (correct.decide, (correct.RecordError,)),
        (late_evidence.decide, (late_evidence.ReviewLateEvidence,)),
        (extension.decide, (extension.RequestExtension,)),
        (amend.decide, (amend.CorrectClockStart,)),
        (appraise.decide, get_args(appraise.AppraiseCommand)),
        (accountability.decide, (accountability.HandOverFile,)),
        (instruct.decide, get_args(instruct.InstructCommand)),
        (retrospect.decide, (retrospect.RecordRetrospective,)),
        (close.decide, get_args(close.CloseCommand)),
    )
    for command in commands
}

EVOLVERS: dict[type, Callable[[Incident, Any], Incident]] = {
    event: fold_in
    for fold_in, events in (
        (register.evolve, (register.SourceAdded, register.MetricsRecorded, register.ConcernRecorded)),
        (verify.evolve, get_args(verify.VerifyEvent)),
        (judge.evolve, (judge.Judged,)),
        (assign.evolve, get_args(assign.AssignEvent)),
        (sign.evolve, get_args(sign.SignEvent)),
        (respond.evolve, get_args(respond.RespondEvent)),
        (consistency.evolve, (consistency.ConflictFound,)),
        (reconcile.evolve, (reconcile.TalkingPointsApproved,)),
        (exposure.evolve, (exposure.PersonalDataFound,)),
        (privacy.evolve, (privacy.PersonalDataCleared,)),
        (discrepancies.evolve, (discrepancies.FactsRead, discrepancies.DiscrepancyRead)),
        (discrepancy.evolve, (discrepancy.DiscrepanciesCleared,)),
        (countersign.evolve, (countersign.Countersigned,)),
        (mark.evolve, get_args(mark.MarkEvent)),
        (publish.evolve, get_args(publish.PublishEvent)),
        (reads.evolve, (reads.ReadsRecorded,)),
        (report.evolve, (report.ReportedUp,)),
        (coordinate.evolve, get_args(coordinate.CoordinateEvent)),
        (consult.evolve, get_args(consult.ConsultEvent)),
        (transfer.evolve, get_args(transfer.TransferEvent)),
        (screen.evolve, get_args(screen.ScreenEvent)),
        (floors.evolve, (floors.LevelRaised,)),
        (coordination.evolve, get_args(coordination.CoordinationEvent)),
        (escalate.evolve, get_args(escalate.EscalateEvent)),
        (by_rota.evolve, get_args(by_rota.ByRotaEvent)),
        (confirm_duty.evolve, get_args(confirm_duty.ConfirmDutyEvent)),
        (withdraw.evolve, (withdraw.PublicationWithdrawn,)),
        (correction.evolve, get_args(correction.CorrectionEvent)),
        (watch.evolve, (watch.AlarmRaised, watch.TaskReminded)),
        (counting.evolve, (counting.CountsMissing,)),
        (amend.evolve, get_args(amend.AmendEvent)),
        (appraise.evolve, get_args(appraise.AppraiseEvent)),
        (accountability.evolve, (accountability.FileHandedOver,)),
        (instruct.evolve, get_args(instruct.InstructEvent)),
        (retrospect.evolve, (retrospect.RetrospectiveRecorded,)),
        (close.evolve, get_args(close.CloseEvent)),
        (with_obligation, get_args(ObligationEvent)),
        (papers.evolve, get_args(papers.PaperEvent)),
        (
            _unchanged,
            (SubmissionRefused, SubmissionUnreadable, IntrusionNoticed, exposure.PersonalDataPointedOut),
        ),
    )
    for event in events
}
