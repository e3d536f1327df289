"""All pictures on one page that fetches nothing, for light and dark, for the screen and for paper."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from workflow.definition.diagram.svg import FONTS
from workflow.simulation.answers.words import Names
from workflow.simulation.pictures.colours import SCHEME
from workflow.simulation.pictures.gallery import Picture
from workflow.texts import Text

_TITLE = Text.of("Simulation of the plan {plan}", "计划 {plan} 的推演")
_LIGHT, _DARK = (" ".join(f"--{name}: {pair[side]};" for name, pair in SCHEME.items()) for side in (0, 1))
_STYLE = f"""
:root {{ color-scheme: light dark; {_LIGHT} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {_DARK} }} }}
body {{ margin: 0 auto; max-width: 1000px; padding: 24px; color: var(--ink); background: var(--paper); font: 15px/1.55 {FONTS} }}
h1 {{ font-size: 24px; margin: 0 0 8px }} h2 {{ font-size: 18px; margin: 40px 0 4px; break-after: avoid }}
p {{ margin: 0 0 4px; overflow-wrap: anywhere }} header p, figcaption {{ color: var(--soft) }}
figure {{ margin: 0; break-inside: avoid }} figcaption {{ margin: 0 0 12px }} svg {{ display: block; width: 100%; height: auto }}
nav a {{ color: var(--blue); margin-right: 16px; display: inline-block }}
@page {{ size: A4; margin: 14mm }}
@media print {{ body {{ max-width: none; padding: 0; font-size: 10pt }} nav {{ display: none }} section {{ break-inside: avoid }}
  svg {{ max-height: 230mm; print-color-adjust: exact; -webkit-print-color-adjust: exact }} }}
"""
_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
{head}
<nav>{links}</nav>
</header>
{body}
</body>
</html>
"""
_SECTION = """<section id="{name}">
<h2>{title}</h2>
<figure><figcaption>{reading}</figcaption>
{svg}
</figure>
</section>"""


def page(names: Names, pictures: Sequence[Picture], head: Sequence[str]) -> str:
    """`head` says what was simulated, line by line."""
    return _PAGE.format(
        lang=names.voice.lang,
        title=escape(names.say(_TITLE, plan=names.answers.plan)),
        style=_STYLE,
        head="\n".join(f"<p>{escape(line)}</p>" for line in head),
        links=" ".join(f'<a href="#{each.name}">{escape(each.title)}</a>' for each in pictures),
        body="\n".join(map(_section, pictures)),
    )


def _section(picture: Picture) -> str:
    return _SECTION.format(name=picture.name, title=escape(picture.title), reading=escape(picture.reading), svg=picture.on_page())
