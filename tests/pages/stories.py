"""Incidents for the pages' tests, each told up to a chosen age."""

from datetime import UTC, datetime

from domain.case.records import ConcernAnswer, Evidence, Interim, Source
from domain.catalogue import CaseCommand
from domain.law.levels import Metrics
from domain.law.responsibility import Involvement
from domain.steps.assign import Assign
from domain.steps.close import Close, RecordHandling
from domain.steps.escalate import HoldTalk, SignIssue, SubmitRectification
from domain.steps.judge import Judge, Rejudge
from domain.steps.publish import RecordRelay
from domain.steps.register import Register
from domain.steps.report import ReportUp
from domain.steps.respond import DraftResponse
from domain.steps.sign import ReturnBack, SignFor
from domain.steps.verify import AnswerVerification, Conclude, RequestVerification
from domain.terms.drill import DrillClock
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    InvolvementRole,
    KeyCategory,
    Platform,
    PublicationForm,
    VerificationAnswer,
    WarningLevel,
)
from tests.pages.telling import OFFICE, PROOF, Story, factors, involved, notice, publishes, someone

NOON = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)  # 10:00 in Gao'an, the discovery of P5


def city_management(discovered_at: datetime, *, until_hours: float = 400) -> Story:
    """城管 seizes goods: nobody answers in time, the ladder is climbed to the talk,
    closed after 18 days (as P5).
    """
    story = Story("city", discovered_at)
    story.registers(
        0.1,
        Register(
            title="城管执法暂扣摊贩商品引发争议",
            discovered_at=discovered_at,
            sources=(Source(at=story.at(-0.3), platform=Platform.DOUYIN, gist="城管抢东西的视频"),),
            topic="城管执法",
            involved=involved("urban_management"),
            metrics=(Metrics(at=discovered_at, posts=15, reads=34000, comments=610, local=1),),
        ),
        number="舆〔2026〕5号",
    )
    handler = someone("urban_management", Role.HANDLER, "li-na")
    steps: list[tuple[float, Actor, CaseCommand]] = [
        (0.25, OFFICE, Judge(level=WarningLevel.SOCIAL_HOTSPOT, factors=factors(2, 2, 2, 2))),
        (0.33, OFFICE, Assign(first=("urban_management",))),
        (1.0, handler, SignFor()),
        (48.4, OFFICE, SignIssue(paper="supervision_order-1")),
        (73, OFFICE, Conclude(value=FactConclusion.TRUE, finding="暂扣程序不规范", evidence=PROOF)),
    ]
    for hours, actor, command in steps:
        if hours <= until_hours:
            story.does(hours, actor, command)
    if until_hours >= 76:
        publishes(story, 75.5, "urban_management", notice("关于暂扣摊贩商品一事的情况通报"))
    late: list[tuple[float, Actor, CaseCommand]] = [
        (96, handler, ReportUp(to="gov_office", report="已致歉并退还商品")),
        (191, OFFICE, SignIssue(paper="admonitory_talk-1")),
        (245, OFFICE, HoldTalk(paper="admonitory_talk-1", minutes="要求一周内完成整改")),
        (366, handler, SubmitRectification(report="执法规范已修订")),
        (367, handler, RecordHandling(text="商品已退还")),
        (390, OFFICE, Close(opinion="同意办结", heat_override="数据平稳")),
    ]
    for hours, actor, command in late:
        if hours <= until_hours:
            story.does(hours, actor, command)
    return story.clock(story.at(until_hours))


def tap_water(discovered_at: datetime, *, until_hours: float = 24) -> Story:
    """A rumour about tap water: peers verify, one stays silent, clarified in time, relayed,
    reported (as P1).
    """
    story = Story("water", discovered_at)
    story.registers(
        0.2,
        Register(
            title="青溪镇自来水“致病”不实传言",
            discovered_at=discovered_at,
            sources=(
                Source(
                    at=story.at(-0.3),
                    platform=Platform.DOUYIN,
                    gist="青溪自来水喝进医院30多人",
                    url="https://video.example/v/18",
                ),
                Source(at=story.at(-0.1), platform=Platform.WECHAT, gist="群聊截图转发，无出处"),
                Source(at=story.at(-0.05), platform=Platform.WEIBO, gist="本地生活号转发视频"),
            ),
            topic="供水",
            involved=involved("qingxi"),
            metrics=(Metrics(at=discovered_at, posts=41, reads=86000, comments=730, local=2),),
            concerns=("水到底能不能喝？", "住院的人得的是什么病？"),
        ),
        number="舆〔2026〕18号",
    )
    handler = someone("qingxi", Role.HANDLER, "wang-fang")
    cyberspace = someone("cac_office", Role.MONITOR, "chen-jie")
    answered = AnswerVerification(answer=VerificationAnswer.UNTRUE, result="原始视频为检修浑水")
    steps: list[tuple[float, Actor, CaseCommand]] = [
        (0.3, OFFICE, RequestVerification(questions="住院人数、水质、视频来源")),
        (1.7, cyberspace, answered),
        (
            2.5,
            OFFICE,
            Judge(
                level=WarningLevel.SOCIAL_HOTSPOT,
                factors=factors(2, 3, 2, 1),
                key_categories=(KeyCategory.VITAL_INTEREST,),
            ),
        ),
        (2.6, OFFICE, Assign(first=("qingxi",))),
        (2.9, handler, SignFor()),
        (
            18.8,
            handler,
            Conclude(value=FactConclusion.UNTRUE, finding="水质合格；就诊者为流感", evidence=PROOF),
        ),
    ]
    for hours, actor, command in steps:
        if hours <= until_hours:
            story.does(hours, actor, command)
    if until_hours >= 23:
        _clarifies(story)
    return story.clock(story.at(until_hours))


def _clarifies(story: Story) -> None:
    draft = DraftResponse(
        form=PublicationForm.SITUATION_NOTICE,
        title="关于青溪镇自来水的情况说明",
        facts="水质检测全部合格。",
        measures="加密检测，结果每日公布。",
        result="未发现因饮水致病的病例。",
        clarification="网传“30多人住院”不实。",
        answers=(ConcernAnswer(concern=1, paragraph="可以放心饮用。"),),
        evidence=PROOF,
    )
    publishes(story, 20.1, "qingxi", draft)
    media = someone("media_center", Role.HANDLER, "zhou-min")
    relay = RecordRelay(
        publication="publication-1", relayed_at=story.at(22), channels=(Platform.WEIBO,), authorised=True
    )
    story.does(22.8, media, relay)


def explosion(discovered_at: datetime, *, until_hours: float = 4) -> Story:
    """An explosion in the park: raised to a major emergency after the first judgement, 24 hours,
    limits of the upper rules.
    """
    story = Story("blast", discovered_at)
    story.registers(
        0.05,
        Register(
            title="城东高新园区某企业车间爆燃",
            discovered_at=discovered_at,
            occurred_at=story.at(-0.5),
            sources=(Source(at=story.at(-0.4), platform=Platform.WEIBO, gist="园区方向巨响，有浓烟"),),
            topic="安全生产",
            involved=involved("chengdong_park", "emergency_management"),
            metrics=(
                Metrics(at=discovered_at, posts=260, reads=640000, comments=5200, local=6, provincial=1),
            ),
        ),
        number="舆〔2026〕19号",
    )
    ordinary = Judge(
        level=WarningLevel.COMPLEX_SENSITIVE,
        factors=factors(4, 4, 3, 3),
        emergency_grade=EmergencyGrade.RELATIVELY_MAJOR,
        key_categories=(KeyCategory.EMERGENCY_DISASTER,),
    )
    raised = Rejudge(
        level=WarningLevel.MAJOR_SITUATION,
        emergency_grade=EmergencyGrade.MAJOR,
        reason="伤亡核增，升级为重大突发事件",
    )
    steps: list[tuple[float, Actor, CaseCommand]] = [
        (0.4, OFFICE, ordinary),
        (0.5, OFFICE, Assign(first=("chengdong_park",), also=("emergency_management",))),
        (0.8, someone("chengdong_park", Role.HANDLER, "liu-yang"), SignFor()),
        (3.0, OFFICE, raised),
        (
            21.0,
            someone("emergency_management", Role.DEPUTY_LEADER, "gu-lin"),
            ReturnBack(reason="已并入园区通报"),
        ),
    ]
    for hours, actor, command in steps:
        if hours <= until_hours:
            story.does(hours, actor, command)
    return story.clock(story.at(until_hours))


def school(discovered_at: datetime, *, until_hours: float = 0.5, drill: DrillClock | None = None) -> Story:
    """A registration that waits to be judged; as a drill when it is given a clock.

    The title may be hostile.
    """
    story = Story("school" if drill is None else "drill", discovered_at, drill)
    story.registers(
        0.1,
        Register(
            title="某校食堂饭菜质量投诉",
            discovered_at=discovered_at,
            sources=(Source(at=story.at(-2), platform=Platform.HOTLINE, gist="家长反映饭菜变质"),),
            topic="学校",
            involved=involved("education_sports"),
        ),
        number="舆〔2026〕20号" if drill is None else "演〔2026〕3号",
    )
    return story.clock(story.at(until_hours))


def promised(discovered_at: datetime) -> Story:
    """An interim response that promises the next publication;
    in the ledger five hours after the discovery.
    """
    story = city_management(discovered_at, until_hours=1)
    interim = DraftResponse(
        form=PublicationForm.INTERIM_RESPONSE,
        title="关于暂扣商品一事的阶段性回应",
        facts="已关注到网上视频。",
        interim=Interim(verifying="暂扣程序", verifying_by="市城市管理局", next_update_at=story.at(40)),
        evidence=PROOF,
    )
    publishes(story, 4, "urban_management", interim)
    return story.clock(story.at(5))


def hostile(discovered_at: datetime, payload: str) -> Story:
    """An incident whose every free text is a payload."""
    story = Story("hostile", discovered_at)
    story.registers(
        0.1,
        Register(
            title=payload,
            discovered_at=discovered_at,
            sources=(
                Source(at=story.at(-1), platform=Platform.WEBSITE, gist=payload, url=f"javascript:{payload}"),
            ),
            topic=payload,
            involved=(Involvement(unit="qingxi", role=InvolvementRole.ACCOUNTABLE, duty=payload),),
            concerns=(payload,),
        ),
        number="舆〔2026〕66号",
    )
    person = Actor(person=payload, role=Role.PRINCIPAL_LEADER, unit="gov_office")
    judged = Judge(level=WarningLevel.SOCIAL_HOTSPOT, factors=factors(2, 2, 2, 2), reason=payload)
    handler = someone("qingxi", Role.HANDLER, payload)
    proof = (Evidence(url=payload, sha256="b" * 64, note=payload),)
    for hours, actor, command in (
        (0.2, person, judged),
        (0.3, person, Assign(first=("qingxi",), reason=payload)),
        (0.4, handler, RequestVerification(questions=payload)),
        (0.5, handler, Conclude(value=FactConclusion.UNTRUE, finding=payload, evidence=proof)),
        (0.6, handler, RecordHandling(text=payload)),
    ):
        story.does(hours, actor, command)
    draft = notice(payload)
    story.does(0.7, handler, draft)
    return story
