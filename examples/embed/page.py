"""An answer as a list in HTML: what a renderer of your own looks like.

`campaign.as_json(answer, lang)` has every word and every figure of a verdict or an outlook, by the schemas in
`workflow.schema("verdict")` and `workflow.schema("outlook")`; a renderer walks through it and escapes what it writes.
"""

from html import escape
from typing import Any

from workflow import Campaign, Outlook, Verdict

WORDS = {"en": {"remedy": "What helps", "who": "Who acts"}, "zh": {"remedy": "补救办法", "who": "责任人"}}
STANDING = ("unmet", "unknown", "error")


def page(campaign: Campaign, answer: Verdict | Outlook, lang: str = "en") -> str:
    """The conclusion, and what stands in the way: of a verdict, or of every move that an outlook says comes next."""
    plain = campaign.as_json(answer, lang)
    verdicts = [plain] if isinstance(answer, Verdict) else [point["verdict"] for point in plain["now"]]
    findings = [finding for verdict in verdicts for finding in verdict["findings"] if finding["status"] in STANDING]
    return f"<p>{escape(plain['text'])}</p>\n<ul>\n" + "".join(item(finding, lang) for finding in findings) + "</ul>\n"


def item(finding: dict[str, Any], lang: str) -> str:
    """One requirement: its title, what was found, who falls short, who acts and what helps. (A built-in rule has title and text.)"""
    lines = [f"<strong>{escape(finding['title'])}</strong>", escape(finding["text"])]
    lines += [f"{escape(short['name'])}: {escape(short['text'])}" for short in finding.get("short", ()) if short["status"] in STANDING]
    lines += [f"{WORDS[lang][name]}: {escape(finding[name])}" for name in ("who", "remedy") if name in finding]
    return f'<li class="{finding["status"]}">' + "<br>\n".join(lines) + "</li>\n"
