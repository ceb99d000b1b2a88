"""What the rules cite: articles by name; which clause of its text says each of them is for each
regulation's data to tell.
"""

from enum import StrEnum


class Article(StrEnum):
    """A thing that a regulation on public opinion says, whatever its numbering:
    one name per sentence of substance.
    """

    APPROVAL_BY_CITY = "approval_by_city"
    AUTHORITATIVE_INFORMATION = "authoritative_information"
    TIMELY_ACTION = "timely_action"
    PEOPLES_DEMANDS = "peoples_demands"
    GRADED_RESPONSIBILITY = "graded_responsibility"
    KEY_CATEGORIES = "key_categories"
    LINKED_ACTION = "linked_action"
    DUTY_OF_UNITS = "duty_of_units"
    POLICY_MATTER = "policy_matter"
    SINGLE_PLACE = "single_place"
    SEVERAL_PLACES = "several_places"
    SEVERAL_DEPARTMENTS = "several_departments"
    MONITORING = "monitoring"
    WARNING_LEVELS = "warning_levels"
    SUPERIOR_NOTICES = "superior_notices"
    JUDGEMENT = "judgement"
    DEEP_REPORT = "deep_report"
    OPINION_HINT = "opinion_hint"
    COMPREHENSIVE_OPINION = "comprehensive_opinion"
    SITUATION_REPORT = "situation_report"
    FACTS_AND_RESULTS = "facts_and_results"
    STATUTORY_LIMIT = "statutory_limit"
    MAJOR_EMERGENCY_LIMIT = "major_emergency_limit"
    CONTINUOUS_PUBLICATION = "continuous_publication"
    INTERACTION = "interaction"
    CONSULTATION = "consultation"
    CLUE_TRANSFER = "clue_transfer"
    LEADERSHIP = "leadership"
    PREPLANS = "preplans"
    STAFFING = "staffing"
    TRAINING = "training"
    APPRAISAL = "appraisal"
    UPPER_RULES = "upper_rules"


# What the first release cited. Cases registered before laws named their articles go on citing this,
# to the letter.
CITED_BEFORE: dict[Article, str] = {
    Article.APPROVAL_BY_CITY: "序言#2",
    Article.AUTHORITATIVE_INFORMATION: "序言#1",
    Article.TIMELY_ACTION: "一(一)#2",
    Article.PEOPLES_DEMANDS: "一(一)#3",
    Article.GRADED_RESPONSIBILITY: "一(二)#2",
    Article.KEY_CATEGORIES: "一(三)#2",
    Article.LINKED_ACTION: "一(四)#2",
    Article.DUTY_OF_UNITS: "二#1",
    Article.POLICY_MATTER: "二#2",
    Article.SINGLE_PLACE: "二#3",
    Article.SEVERAL_PLACES: "二#4",
    Article.SEVERAL_DEPARTMENTS: "二#5",
    Article.MONITORING: "三(一)#2",
    Article.WARNING_LEVELS: "三(一)#3",
    Article.SUPERIOR_NOTICES: "三(一)#4",
    Article.JUDGEMENT: "三(二)#2",
    Article.DEEP_REPORT: "三(二)#3",
    Article.OPINION_HINT: "三(二)#4",
    Article.COMPREHENSIVE_OPINION: "三(二)#5",
    Article.SITUATION_REPORT: "三(三)#2",
    Article.FACTS_AND_RESULTS: "三(三)#3",
    Article.STATUTORY_LIMIT: "三(三)#4",
    Article.MAJOR_EMERGENCY_LIMIT: "三(三)#4",
    Article.CONTINUOUS_PUBLICATION: "三(三)#4",
    Article.INTERACTION: "三(四)#2",
    Article.CONSULTATION: "三(六)#2",
    Article.CLUE_TRANSFER: "三(六)#3",
    Article.LEADERSHIP: "四1#2",
    Article.PREPLANS: "四1#3",
    Article.STAFFING: "四1#4",
    Article.TRAINING: "四2#2",
    Article.APPRAISAL: "四3#2",
    Article.UPPER_RULES: "overlay",
}
# What each parameter rests on, by the beginning of its dotted name.
PARAMETER_ARTICLES: dict[str, Article] = {
    "h24_grades": Article.MAJOR_EMERGENCY_LIMIT,
    "limits.h24": Article.MAJOR_EMERGENCY_LIMIT,
    "limits.h48": Article.STATUTORY_LIMIT,
    "limits.reclassified": Article.MAJOR_EMERGENCY_LIMIT,
    "limits.forward": Article.SUPERIOR_NOTICES,
    "limits.sign": Article.DUTY_OF_UNITS,
    "limits.verify": Article.MONITORING,
    "limits.countersign": Article.CONSULTATION,
    "limits.count_": Article.MONITORING,
    "limits.report_up": Article.SITUATION_REPORT,
    "limits.follow_up_max": Article.CONTINUOUS_PUBLICATION,
    "limits.continuous_gap": Article.CONTINUOUS_PUBLICATION,
    "limits.internal_target": Article.WARNING_LEVELS,
    "limits.rectify_workdays": Article.APPRAISAL,
    "interim_counts": Article.STATUTORY_LIMIT,
    "thresholds": Article.WARNING_LEVELS,
    "larger_impact_comments": Article.JUDGEMENT,
    "profiles": Article.JUDGEMENT,
    "floors": Article.WARNING_LEVELS,
    "weights": Article.JUDGEMENT,
    "escalation": Article.APPRAISAL,
    "hearing": Article.WARNING_LEVELS,
    "overlay": Article.UPPER_RULES,
    "scores": Article.APPRAISAL,
}
_ARTICLES = frozenset(Article)
_NAMED_BY = {clause: article for article, clause in reversed(CITED_BEFORE.items())}  # the first of several

Articles = tuple[tuple[str, str], ...]


def clause_of(cited: str, articles: Articles) -> str:
    """The clause by which a law says what the rules cite; empty where that law is silent.

    `articles` are the law's own, of article and clause; a law stored without them is cited as in the first
    release. A clause of the first release stands for its article, so that texts which cite by clause may be
    asked too.
    """
    article = _NAMED_BY.get(cited, cited)
    if article not in _ARTICLES:
        return cited
    named: dict[str, str] = dict(articles or CITED_BEFORE.items())
    return named.get(article, "")
