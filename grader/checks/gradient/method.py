"""The method: which looks are taken in which order, and what they add up to.

Sources: the residual test and its constants are measured on a bank of right and wrong gradients (docs/checks.md says
which errors remain); ECNoise is Moré and Wild's; extrapolation is Richardson's and Ridders'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.diagnosis.known import AskKnown, nobody
from grader.checks.gradient import summary
from grader.checks.gradient.contract import Rejected, try_again, value_again, visit
from grader.checks.gradient.directions import AT_THE_POINT, BESIDE, PROBING
from grader.checks.gradient.evidence import GradientEvidence, diagnose
from grader.checks.gradient.groups import Group, scale_of
from grader.checks.gradient.isolate import isolate
from grader.checks.gradient.localise import Located, locate
from grader.checks.gradient.noise import estimate
from grader.checks.gradient.point import Site, beside, shifted
from grader.checks.gradient.probe import Probe, Status
from grader.checks.gradient.problem import Params, Problem, Unusable, named
from grader.checks.gradient.promotion import promote
from grader.checks.gradient.report import GradientReport, Reason
from grader.checks.gradient.scan import Scan, scan

BESIDE_BY = (0.05, 0.005, 0.0005)  # of each entry's size: the second point; nearer where f has no finite value
NEARLY = 1e-6  # of an array's scale: where an isolated point is left behind


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """A report, and where it failed the evidence behind it."""

    report: GradientReport
    evidence: GradientEvidence | None = None
    unusable: Unusable | None = None  # the function cannot be differentiated: no word on the gradient


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """The scans that were made, and what is to be said of them beside."""

    scans: tuple[Scan, ...]
    wrong: Scan | None = None  # the one that found errors
    code: str = "wrong-value"
    notes: tuple[str, ...] = ()


def check_gradient(
    f: Callable[..., object],
    vjp: Callable[..., object],
    params: Mapping[str, object] | Sequence[object],
    upstream: bool | None = None,
    seed: int = 0,
) -> GradientReport:
    """Whether `vjp` returns the gradients of `f` at `params` and beside.

    Costs about 11 + 24 evaluations of `f` per group of entries of one size, and 4 to 10 calls of `vjp`, however many
    entries there are.

    Args:
        f: `f(*params)`, a number or an array.
        vjp: `vjp(*params, R)` with an upstream gradient R of the shape of f's value, the gradients of sum(R·f): one
            array per parameter, each of its parameter's shape, or a bare array for a single parameter. `vjp(*params)`
            where f is scalar.
        params: Finite real arrays or numbers; a mapping gives them names for messages. Integers become float64.
        upstream: Whether R is passed; by default iff f's value is an array.
        seed: Of the directions and upstream gradients. Keep it from whom you check.

    Raises:
        ValueError: `params` is empty, or is not made of finite real numbers. Whatever f and vjp raise is raised too.
    """
    arrays = named(params)
    problem = Problem(f, vjp, tuple(arrays), upstream)
    return judge(problem, tuple(arrays.values()), np.random.default_rng(seed)).report


@np.errstate(all="ignore")  # a student's numbers may be near the largest there are
def judge(
    problem: Problem,
    params: Params,
    rng: np.random.Generator,
    sizes: Mapping[str, int] | None = None,
    ask_known: AskKnown = nobody,
) -> Judgement:
    """The report on a problem, with its evidence.

    Args:
        problem: What is judged.
        params: Where.
        rng: For directions and upstream gradients.
        sizes: Named lengths of which a diagnosis may speak.
        ask_known: Asked after a failure which known mistakes answer the same question, and how.
    """
    try:
        params, reasons = promote(problem, params)
        point = visit(problem, params, rng)
        if reasons:
            raise Rejected(tuple(reasons), point, point.gradients[0])
        value_again(problem, point)
        site = Site(problem, point, estimate(problem, point, rng), rng)
        try_again(site)
        looks = _look_around(site)
    except Unusable as unusable:
        reason = Reason(unusable.code, unusable.says, expected=unusable.expected, got=unusable.got)
        return Judgement(summary.rejected(problem, (reason,), None), None, unusable)
    except Rejected as rejected:
        return _rejected(problem, rejected, sizes or {}, ask_known)
    return _judged(problem, looks, sizes or {}, ask_known)


def _rejected(problem: Problem, rejected: Rejected, sizes: Mapping[str, int], ask_known: AskKnown) -> Judgement:
    point = rejected.point
    evidence = GradientEvidence(
        problem, rejected.reasons, point.params, point.value, point.upstreams[0], rejected.got, sizes=sizes
    )
    found = diagnose(evidence, ask_known(evidence.ask))
    return Judgement(summary.rejected(problem, rejected.reasons, found), evidence)


def _look_around(site: Site) -> Looks:
    """Scan at the point, settle what kinks leave open there, and scan at a second point."""
    first, notes = scan(site, AT_THE_POINT), []
    if first.wrong:
        if not _only_here(site, first.wrong):
            return Looks((first,), first)
        notes.append("wrong at the very point given, right beside it: the derivative is a convention there")
    else:
        wrong, said = _at_kinks(first)
        notes += said
        if wrong:
            found = Scan(site, (*first.probes, *wrong))
            return Looks((first,), found, "wrong-at-kink", tuple(notes))
    second = _elsewhere(site)
    if second is None:
        return Looks((first,), None, notes=tuple(notes))
    elsewhere = "wrong-value" if first.at_kinks else "wrong-elsewhere"
    return Looks((first, second), second if second.wrong else None, elsewhere, tuple(notes))


def _only_here(site: Site, arrays: list[int]) -> bool:
    """Whether the errors vanish within 1e-6 of the point, where no kink is: as for relu(x) - relu(-x) at 0."""
    if site.low:
        return False
    params = tuple(shifted(x, NEARLY * scale_of(x), site.rng) for x in site.point.params)
    try:
        near = Site(site.problem, visit(site.problem, params, site.rng), site.noise, site.rng)
    except (Unusable, Rejected):
        return False
    return all(p.status is Status.OK for p in scan(near, PROBING, arrays).probes)


def _at_kinks(first: Scan) -> tuple[list[Probe], list[str]]:
    """For values that are arrays, the entries on kinks one by one; a scalar is judged at the second point."""
    site, notes = first.site, []
    for a, group in first.at_kinks:
        name = site.problem.names[a]
        if site.point.value.ndim == 0:
            notes.append(f"{name}: on a kink at the point given, judged beside it")
            continue
        isolated = isolate(site, a, group)
        if isolated.wrong:
            return [_as_wrong(p) for p in isolated.wrong], notes
        if isolated.kinks:
            notes.append(f"{name}: {isolated.kinks} entries on a kink")
        if isolated.unjudged:
            notes.append(f"{name}: {isolated.unjudged} entries on several kinks at once, judged beside them")
    return [], list(dict.fromkeys(notes))


def _as_wrong(p: Probe) -> Probe:
    return p if p.status is Status.WRONG else p.as_status(Status.WRONG)


def _elsewhere(site: Site) -> Scan | None:
    """The scan at a second point, where a gradient that remembers the first is wrong; None if f is finite nowhere."""
    for amount in BESIDE_BY:
        params = beside(site.point.params, amount, site.rng)
        try:
            point = visit(site.problem, params, site.rng)
        except Unusable:
            continue
        return scan(Site(site.problem, point, site.noise, site.rng), BESIDE)
    return None


def _judged(problem: Problem, looks: Looks, sizes: Mapping[str, int], ask_known: AskKnown) -> Judgement:
    """The report on what was seen; where something is wrong, after looking which coordinates are."""
    if looks.wrong is None:
        unseen = summary.unseen(looks.scans)
        report = summary.passed(problem, looks.scans, looks.notes, unseen)
        return Judgement(report, None, Unusable(unseen.code, unseen.says) if unseen else None)
    site, arrays = looks.wrong.site, looks.wrong.wrong
    located: dict[int, Located] = {
        a: locate(site, a, _where(looks.wrong, a), problem.spare // len(arrays)) for a in arrays
    }
    reasons = summary.reasons(looks.wrong, located, looks.code)
    evidence = GradientEvidence(
        problem,
        reasons,
        site.point.params,
        site.point.value,
        site.point.upstreams[0],
        site.point.gradients[0],
        tuple(summary.full(site, a, located.get(a)) for a in range(len(problem.names))),
        tuple(arrays),
        site,
        sizes,
        located,
    )
    scans = (*looks.scans, looks.wrong) if all(one is not looks.wrong for one in looks.scans) else looks.scans
    found = diagnose(evidence, ask_known(evidence.ask))
    return Judgement(summary.failed(problem, scans, located, reasons, found, looks.notes), evidence)


def _where(found: Scan, a: int) -> Group:
    return next(p.group for p in found.probes if p.array == a and p.status is Status.WRONG)
