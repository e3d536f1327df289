"""Every decision against the rules of its day: each event, before it is replayed, against the tables as they stood then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from workflow.audit.proof.acts import CHECKS, POWERS, ROLELESS, Decision, may_act
from workflow.audit.proof.rejudging import rejudged
from workflow.clock import local_date, read_stamp
from workflow.definition.extensions import Extensions
from workflow.engine.versions import Version, Versions
from workflow.ledger import Event
from workflow.store import Store
from workflow.texts import Text
from workflow.verdicts.evidence import digest
from workflow.verdicts.findings import STANDING

# What is always somebody's decision. Other kinds may be, or follow from one (a member who joins when branches are merged).
_DECIDED = (frozenset(CHECKS) | POWERS.keys()) - {"joined"}
_ELSEWHERE = ("appoint", "relieve")  # kept in the campaign's stream, judged by the rules of the branch they are for
_WITHOUT = frozenset({"created", "roster"})
_BRANCH = "SELECT state, number, entered, grp, done FROM workflow_branch WHERE id = ?"
_WAIVER = "SELECT 1 FROM workflow_waiver WHERE branch = ? AND seq = ? AND requirement = ? AND live = 1"


class Scrutiny:
    """Asked of each event in turn, before it is projected into `past`. `source` is the ledger itself."""

    def __init__(self, source: Store, past: Store, extensions: Extensions) -> None:
        self._source = source
        self._past = past
        self._versions = Versions(past, extensions)
        self._known: dict[str, Version] = {}
        self._changed = True  # a version came into the tables since they were last looked at
        self._day = lru_cache(maxsize=4096)(self._local)

    def wrong(self, event: Event) -> Text | None:
        """The first thing that is wrong with an event, or None."""
        if self._changed:
            self._versions.refresh()
            self._known = {version.definition.hash: version for version in self._versions.all}
        self._changed = event.kind in ("created", "enacted")
        return next(self._faults(event), None)

    def _faults(self, event: Event) -> Iterator[Text]:
        verdict = event.payload.get("verdict")
        named = [event.definition, *([verdict["definition"]] if verdict else [])]
        unknown = [hashed for hashed in named if hashed not in self._known]
        if unknown and event.kind != "created":
            yield _unknown_definition(unknown[0])
            return
        if verdict is None:
            if event.kind in _DECIDED:
                yield Text.of("no verdict is kept with it: nobody decided it", "未附结论：无人作出此决定")
            return
        if event.kind in _WITHOUT:
            yield Text.of("a verdict is kept where nothing is decided", "此类事件不作决定，却附有结论")
            return
        yield from _says_the_same(event, verdict)
        yield from self._in_force(event, verdict)
        decision = self._decision(event, verdict)
        if decision is None:
            yield Text.of(f"branch {event.branch} was on no roster", f"支部 {event.branch} 当时不在任何名册中")
            return
        yield from _stands(decision)
        yield from self._evidence(event, verdict)
        if event.kind not in ROLELESS:
            yield from may_act(decision)
        yield from CHECKS.get(event.kind, _nothing_more)(decision)
        yield from rejudged(decision)

    def _decision(self, event: Event, verdict: Mapping[str, Any]) -> Decision | None:
        version = self._known[event.definition]
        if not event.branch:
            return Decision(event, verdict, version, self._past)
        row = self._past.row(_BRANCH, (event.branch,))
        if row is None:
            return None
        state = version.states.get(row[0], row[0])
        return Decision(event, verdict, version, self._past, state=state, attempt=row[1], group=row[3], done=row[4])

    def _in_force(self, event: Event, verdict: Mapping[str, Any]) -> Iterator[Text]:
        """Was the definition the event names in force for its branch, on that day?"""
        day = self._day(verdict["asked_at"])
        if verdict["day"] != day:
            yield Text.of(f"its verdict is dated {verdict['day']}, it was given on {day}", f"结论所署日期为 {verdict['day']}，实际为 {day}")
        row = self._past.row(_BRANCH, (event.branch,)) if event.branch else None
        began = day if row is None else self._day(row[2])
        version = self._versions.in_force(began, day)
        if version.definition.hash != event.definition:
            named = self._known[event.definition].enactment.number
            yield Text.of(
                f"it was decided under version {named} of the rules ({event.definition[:12]}…); in force on {day} was version"
                f" {version.enactment.number} ({version.definition.hash[:12]}…)",
                f"所依据的是第 {named} 版方案（{event.definition[:12]}…）；{day} 施行的是第 {version.enactment.number} 版"
                f"（{version.definition.hash[:12]}…）",
            )

    def _evidence(self, event: Event, verdict: Mapping[str, Any]) -> Iterator[Text]:
        findings = verdict["findings"]
        own = sorted({seq for f in findings for seq in f.get("evidence", ())})
        common = sorted({seq for f in findings for seq in f.get("campaign_evidence", ())})
        said = event.payload
        if (own, common) != (list(said.get("evidence", ())), list(said.get("campaign_evidence", ()))):
            yield Text.of("the evidence it lists is not that of its findings", "所列证据与各项核查结果的证据不一致")
        elif own or common:
            if own and own[-1] >= event.seq:
                yield Text.of(f"it rests on event {own[-1]}, which came later", f"所依据的第 {own[-1]} 号事件晚于本事件")
            elif digest(self._source, event.branch, own, common) != said.get("digest"):
                yield Text.of("the evidence it rests on is not what it was: the digest differs", "所依据的证据已非当时的内容：摘要不符")
        yield from self._waivers(event, findings)

    def _waivers(self, event: Event, findings: list[Mapping[str, Any]]) -> Iterator[Text]:
        for finding in findings:
            accepted = [each["waived"] for each in (finding, *finding.get("short", ())) if each.get("waived")]
            for waived in accepted:
                if self._past.row(_WAIVER, (event.branch, waived["seq"], finding["code"])) is None:
                    yield Text.of(
                        f"it rests on waiver #{waived['seq']} of {finding['code']}, which did not stand then",
                        f"所依据的第 {waived['seq']} 号缺口批准（{finding['code']}）当时并不有效",
                    )

    def _local(self, moment: str) -> str:
        return local_date(read_stamp(moment), self._versions.first.definition.calendar.zone).isoformat()


def _says_the_same(event: Event, verdict: Mapping[str, Any]) -> Iterator[Text]:
    """What stands in the event and in its verdict stands there twice."""
    twice = {
        "branch": (event.branch, verdict["branch"]),
        "subject": (event.subject, verdict["subject"]),
        "actor": (event.actor, verdict["actor"] or ""),
        "role": (event.role, verdict["role"] or ""),
    }
    if verdict["command"] not in _ELSEWHERE:
        twice["definition"] = event.definition, verdict["definition"]
    for name, (kept, judged) in twice.items():
        if kept != judged:
            yield Text.of(f"{name}: the event says {kept!r}, its verdict {judged!r}", f"{name}：事件为 {kept!r}，结论为 {judged!r}")
    if verdict["asked_at"] > event.recorded_at:
        yield Text.of("it was recorded before it was judged", "记录时间早于作出结论的时间")
    done, allowed = event.kind != "refused", bool(verdict["allowed"])
    if done != allowed:
        yield Text.of(
            "it was done, and its verdict refuses it" if done else "it was refused, and its verdict allows it",
            "事情已办，而结论为不允许" if done else "事情被拒，而结论为允许",
        )
    blocking = [f["code"] for f in verdict["findings"] if f.get("level", "block") == "block" and f["status"] in STANDING]
    if allowed and blocking:
        yield Text.of(
            f"its verdict allows it although {', '.join(blocking)} stood in the way", f"{'、'.join(blocking)} 未满足，结论却为允许"
        )
    if not allowed and not blocking:
        yield Text.of("its verdict refuses it although nothing stood in the way", "并无未满足的条件，结论却为不允许")


def _stands(decision: Decision) -> Iterator[Text]:
    """Where the verdict says the branch stood. (A verdict on the move of a case says where the case did.)"""
    said = decision.verdict
    if said["attempt"] != decision.attempt:
        yield Text.of(
            f"it speaks of attempt {said['attempt']}, the branch was in {decision.attempt}",
            f"所称轮次为 {said['attempt']}，支部当时在第 {decision.attempt} 轮次",
        )
    if not decision.of_case and said["source"] != decision.state:
        yield Text.of(
            f"its verdict says the branch stood in {said['source']}; it stood in {decision.state}",
            f"结论称支部处于 {said['source']}；当时实处 {decision.state}",
        )


def _nothing_more(_decision: Decision) -> Iterator[Text]:
    yield from ()


def _unknown_definition(hashed: str) -> Text:
    return Text.of(f"it names rules ({hashed[:12]}…) the campaign was never under", f"所依据的方案（{hashed[:12]}…）从未施行于本活动")
