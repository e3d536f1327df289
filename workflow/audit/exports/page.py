"""The timeline and the verdicts of branches as pages to print: conclusion first, then each event in words. They fetch nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from workflow.audit.exports import page_words as words
from workflow.audit.exports.page_style import STYLE
from workflow.audit.exports.reading import Reading
from workflow.clock import local_date, read_stamp
from workflow.definition import Definition
from workflow.ledger import Event
from workflow.verdicts.codec import verdict_of
from workflow.verdicts.findings import Position, Verdict
from workflow.verdicts.outlook import Outlook
from workflow.verdicts.render import render_verdict
from workflow.verdicts.render.events import event_words
from workflow.verdicts.render.outlooks import conclusion
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.render.words import HOLDER

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
INDEX = "index.html"


@frozen
class _Part:
    """One branch, or the campaign as a whole: where on the page, or in which file, it is."""

    anchor: str
    title: str
    lead: str
    html: str


def write_html(reading: Reading, out: Path) -> int:
    """One page (`out` ends in .html) or a folder with a page for each branch and a list of them. Gives the number of events."""
    outlooks = _outlooks(reading)
    seen = Counter[str]()
    parts = (_branch(reading, branch, title, outlooks[branch], seen) for branch, title, _, _ in reading.branches)
    title = reading.name
    if out.suffix.lower() == ".html":
        listed = [*parts, *_whole(reading, seen)]
        contents = [] if len(listed) == 1 else [_contents(reading, [(f"#{part.anchor}", part.title, part.lead) for part in listed])]
        title = listed[0].title if len(listed) == 1 else title
        out.write_text(_page(reading, title, [*contents, *(part.html for part in listed)]), encoding="utf-8", newline="\n")
        return seen.total()
    out.mkdir(parents=True, exist_ok=True)
    links = []
    for part in (*parts, *_whole(reading, seen)):
        name = f"{part.anchor}.html"
        (out / name).write_text(_page(reading, part.title, [part.html]), encoding="utf-8", newline="\n")
        links.append((name, part.title, part.lead))
    (out / INDEX).write_text(_page(reading, title, [_contents(reading, links)]), encoding="utf-8", newline="\n")
    return seen.total()


def _page(reading: Reading, title: str, parts: Sequence[str]) -> str:
    return _PAGE.format(lang=reading.lang, title=escape(title), style=STYLE, body="\n".join(parts))


def _contents(reading: Reading, links: Sequence[tuple[str, str, str]]) -> str:
    rows = "\n".join(f'<li><a href="{escape(to)}">{escape(title)}</a> {escape(lead)}</li>' for to, title, lead in links)
    name = escape(reading.name)
    return f"<header><h1>{name}</h1><h2>{escape(reading.say(words.CONTENTS))}</h2><ol>{rows}</ol></header>"


# -- a branch --------------------------------------------------------------------------------------------------------------


def _outlooks(reading: Reading) -> Mapping[str, Outlook]:
    campaign = reading.campaign
    return {branch: campaign.why(branch) for branch in reading.chosen} if reading.chosen else campaign.outlooks()


def _branch(reading: Reading, branch: str, title: str, outlook: Outlook, seen: Counter[str]) -> _Part:
    """The page of a branch. `seen` counts what was read."""
    definition = reading.campaign.version(outlook.definition)
    voice = Voice(definition, reading.lang, names=reading.names)
    mask = reading.mask
    hands = outlook.hands if mask is None else tuple(evolve(p, id=mask.person(p.id), name=mask.person(p.id)) for p in outlook.hands)
    lead = conclusion(voice, evolve(outlook, title=title, hands=hands, branch=reading.shown(branch)))
    found = list(reading.stream(branch))
    attempts = _attempts(voice, reading.campaign.attempts(branch))
    return _part(reading, definition, found, seen, _Part(f"branch-{reading.shown(branch)}", title, lead, attempts))


def _whole(reading: Reading, seen: Counter[str]) -> Iterator[_Part]:
    """The campaign's own events, where nothing less was asked for."""
    if not reading.chosen:
        title = reading.say(words.CAMPAIGN)
        yield _part(reading, reading.campaign.definition, list(reading.stream(None)), seen, _Part("campaign", title, "", ""))


def _part(reading: Reading, definition: Definition, found: Sequence[Event], seen: Counter[str], part: _Part) -> _Part:
    """The whole section; `part.html` is what goes before the timeline."""
    seen.update(event.kind for event in found)
    decided = {event.seq: verdict for event in found if (verdict := _decision(event)) is not None}
    lead = f'<p class="lead">{escape(part.lead)}</p>' if part.lead else ""
    body = (
        f'<section id="{escape(part.anchor)}">\n<h1>{escape(part.title)}</h1>',
        f"{lead}<p>{escape(_summary(reading, definition, found))}</p>",
        part.html,
        _timeline(reading, part.anchor, found, decided),
        _verdicts(reading, part.anchor, found, decided) if part.lead else "",
        _source(reading, definition, found),
        "</section>",
    )
    return evolve(part, html="\n".join(filter(None, body)))


def _summary(reading: Reading, definition: Definition, found: Sequence[Event]) -> str:
    """What there is, in one sentence of counts."""
    if not found:
        return reading.say(words.NOTHING)
    kinds = Counter(event.kind for event in found)
    counts = [(words.COUNTED[kind], kinds[kind]) for kind in words.COUNTED if kinds[kind]]
    others = sum(n for kind, n in kinds.items() if kind not in words.COUNTED)
    counted = [reading.say(texts[n != 1], n=f"{n:,}") for texts, n in [*counts, *([(words.OTHERS, others)] if others else [])]]
    first, last = (_day(definition, event.recorded_at) for event in (found[0], found[-1]))
    return reading.say(words.SUMMARY, first=first, last=last, counted=("，" if reading.lang == "zh" else ", ").join(counted))


def _attempts(voice: Voice, attempts: Sequence[Mapping[str, object]]) -> str:
    rows = []
    for each in attempts:
        stage = voice.definition.stages.get(str(each["stage"]))
        outcome = voice.move(str(each["outcome"])) if each["outcome"] else ""
        ended = _day(voice.definition, str(each["ended"])) if each["ended"] else ""
        number = voice.attempt(int(str(each["number"])), str(each["stage"])) if stage and stage.cycle else str(each["number"])
        title = voice.say(stage.title) if stage else str(each["stage"])
        rows.append(
            "".join(f"<td>{escape(cell)}</td>" for cell in (title, number, _day(voice.definition, str(each["began"])), ended, outcome))
        )
    heads = (words.STAGE, words.ATTEMPT, words.BEGAN, words.ENDED, words.OUTCOME)
    return _table(voice.say(words.ATTEMPTS), [voice.say(head) for head in heads], [f"<tr>{row}</tr>" for row in rows])


def _table(title: str, heads: Sequence[str], rows: Sequence[str], kind: str = "") -> str:
    """`rows` are HTML, everything else plain text."""
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "\n".join(rows)
    return f"<h2>{escape(title)}</h2>\n<table{kind}><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _timeline(reading: Reading, anchor: str, found: Sequence[Event], decided: Mapping[int, Verdict]) -> str:
    rows = []
    for event in found:
        voice = reading.voice(event)
        who = voice.say(HOLDER, name=voice.name(event.actor), role=voice.role(event.role)) if event.role else voice.name(event.actor)
        what = escape(event_words(voice, event))
        if event.seq in decided:
            what += f' <a href="#{escape(anchor)}-{event.seq}">{escape(reading.say(words.DECISION))}</a>'
        cells = (f"{event.seq}", escape(_moment(voice.definition, event.recorded_at)), escape(who), what)
        rows.append(f'<tr class="{event.kind}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>')
    heads = [reading.say(head) for head in (words.NUMBER, words.WHEN, words.WHO, words.WHAT)]
    return _table(reading.say(words.TIMELINE), heads, rows, ' class="timeline"')


# -- decisions -------------------------------------------------------------------------------------------------------------


def _decision(event: Event) -> Verdict | None:
    """The verdict an event keeps, where there was anything to decide but who may do it."""
    if "verdict" not in event.payload:
        return None
    verdict = verdict_of(event.payload["verdict"], Position(stream=event.stream, seq=event.seq, hash=event.hash))
    return verdict if not verdict.allowed or any(not finding.is_rule for finding in verdict.findings) else None


def _verdicts(reading: Reading, anchor: str, found: Sequence[Event], decided: Mapping[int, Verdict]) -> str:
    title = f"<h2>{escape(reading.say(words.VERDICTS))}</h2>"
    if not decided:
        return f"{title}\n<p>{escape(reading.say(words.NO_VERDICTS))}</p>"
    articles = [_verdict(reading, anchor, event, decided[event.seq]) for event in found if event.seq in decided]
    return "\n".join((title, f"<p>{escape(reading.say(words.VERDICTS_ARE))}</p>", *articles))


def _verdict(reading: Reading, anchor: str, event: Event, verdict: Verdict) -> str:
    text = render_verdict(reading.definition(event), verdict, reading.lang, full=True, names=reading.names)
    first, _, rest = text.partition("\n")
    kind = "allowed" if verdict.allowed else "refused"
    return (
        f'<article class="{kind}" id="{escape(anchor)}-{event.seq}">\n<h3>{event.seq}. {escape(first)}</h3>\n'
        f"<pre>{escape(rest)}</pre>\n</article>"
    )


def _source(reading: Reading, definition: Definition, found: Sequence[Event]) -> str:
    """What this page rests on."""
    versions = {event.definition: reading.definition(event) for event in found}
    last = found[-1] if found else None
    listed = [reading.say(words.VERSION, title=d.title.say(reading.lang), version=d.version, hash=h[:12]) for h, d in versions.items()]
    known = reading.say(words.HASH, hash=last.hash) if last and last.hash else ""
    said = [
        reading.say(words.SOURCE, campaign=reading.name, day=reading.campaign.today, seq=last.seq if last else 0, hash=known),
        reading.say(words.RULES, versions=("；" if reading.lang == "zh" else "; ").join(listed)),
        reading.say(words.ZONE, zone=definition.calendar.zone),
        *([reading.say(words.MASKED)] if reading.mask else []),
    ]
    return f"<footer>{escape(' '.join(said) if reading.lang == 'en' else ''.join(said))}</footer>"


def _day(definition: Definition, moment: str) -> str:
    return local_date(read_stamp(moment), definition.calendar.zone).isoformat()


def _moment(definition: Definition, moment: str) -> str:
    return read_stamp(moment).astimezone(ZoneInfo(definition.calendar.zone)).strftime("%Y-%m-%d %H:%M")
