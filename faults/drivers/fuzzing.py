"""R17: the real conductor fuzzed, then each history replayed whole and cut, and compared with the log."""

from collections import Counter
from dataclasses import replace

from faults.fuzz.plan import FuzzPlan, rotated
from faults.fuzz.run import Fuzzed, fuzz, in_short
from faults.outcome import Errand, Outcome

_CASES = 6
_SECONDS = 20.0


async def drive(errand: Errand) -> Outcome:
    """A run of six cases and twenty seconds for each of the seeds,
    each judged by every cut of its histories.
    """
    outcome = Outcome()
    totals: Counter[str] = Counter()
    for seed in range(errand.seed, errand.seed + errand.times):
        plan = rotated(seed, cases=_CASES, seconds=_SECONDS)
        folder = errand.folder / f"seed-{seed}"
        folder.mkdir(parents=True)
        fuzzed = await fuzz(plan, folder)
        outcome.tried += fuzzed.acknowledged
        outcome.worked += fuzzed.acknowledged
        outcome.findings += [f"seed {seed}: {line}" for line in in_short(fuzzed.findings)]
        totals.update(figures(fuzzed))
        errand.say(f"R17 seed {seed}: {dict(figures(fuzzed))}, {len(fuzzed.findings)} findings")
    outcome.figures = dict(totals)
    return outcome


def figures(fuzzed: Fuzzed) -> Counter[str]:
    """What a run did, as figures that add up."""
    return Counter(
        {
            "cases": fuzzed.plan.cases,
            "kills": fuzzed.kills,
            "records lost at hand": fuzzed.lost_at_hand,
            "acknowledged": fuzzed.acknowledged,
            "decisions": fuzzed.decisions,
            "histories": fuzzed.histories,
            "replays": fuzzed.replays,
            **{f"outcome {name}": count for name, count in fuzzed.outcomes.items()},
        }
    )


def with_strangers(plan: FuzzPlan) -> FuzzPlan:
    """The same run with queries of others, which the house itself never sends."""
    return replace(plan, queries=True)
