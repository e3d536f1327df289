"""How a letter is set: as plain text, and as HTML that any mail program can show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from attrs import frozen


@frozen(kw_only=True)
class Said:
    """A point in words. After `label` stands `act`: the address of a page, or (not `linked`) a command."""

    head: str
    lines: tuple[str, ...]
    label: str
    act: str
    linked: bool


@frozen(kw_only=True)
class Page:
    """A letter before it is set: paragraphs, points in sections with a heading each (empty: it needs none), and paragraphs.

    After `label` stands the `command` for more, and `title` is where the letter is from.
    """

    lang: str
    opening: tuple[str, ...]
    sections: tuple[tuple[str, tuple[Said, ...]], ...]
    closing: tuple[str, ...]
    label: str
    command: str
    title: str


def as_text(page: Page) -> str:
    return "\n".join(_text_lines(page)) + "\n"


def _text_lines(page: Page) -> Iterator[str]:
    for paragraph in page.opening:
        yield from (paragraph, "")
    number = 0
    for heading, points in page.sections:
        if heading:
            yield from (heading, "")
        for said in points:
            number += 1
            mark = f"{number}. " if heading else ""
            yield mark + said.head
            yield from (" " * len(mark) + line for line in (*said.lines, said.label + said.act))
            yield ""
    for paragraph in page.closing:
        yield from (paragraph, "")
    yield from (page.label + page.command, "", page.title)


def as_html(page: Page) -> str:
    """A piece of HTML, to be put into a document: tags and links, no style, nothing loaded from elsewhere."""
    return "\n".join((f'<div lang="{escape(page.lang)}">', *_html_lines(page), "</div>")) + "\n"


def _html_lines(page: Page) -> Iterator[str]:
    yield from _paragraphs(page.opening)
    number = 1
    for heading, points in page.sections:
        if heading:
            yield from (f"<h3>{escape(heading)}</h3>", f'<ol start="{number}">')
            yield from (f"<li>{_html(said)}</li>" for said in points)
            yield "</ol>"
            number += len(points)
        else:
            yield from (f"<p>{_html(said)}</p>" for said in points)
    yield from _paragraphs(page.closing)
    yield f"<p>{escape(page.label)}<code>{escape(page.command)}</code></p>"
    yield f"<p>{escape(page.title)}</p>"


def _html(said: Said) -> str:
    act = escape(said.act)
    shown = f'<a href="{act}">{act}</a>' if said.linked else f"<code>{act}</code>"
    return "<br>\n".join((f"<strong>{escape(said.head)}</strong>", *map(escape, said.lines), escape(said.label) + shown))


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    return (f"<p>{escape(text)}</p>" for text in texts)
