"""Pictures of a definition: an SVG drawing, a page with the drawing and tables, or Mermaid text."""

from __future__ import annotations

from typing import Literal

from workflow.definition.diagram.html import html
from workflow.definition.diagram.mermaid import mermaid
from workflow.definition.diagram.picture import picture
from workflow.definition.diagram.svg import svg
from workflow.definition.diagram.words import Voice
from workflow.definition.model import Definition

Format = Literal["mermaid", "svg", "html"]


def draw(definition: Definition, *, lang: str, format: Format) -> str:
    """The definition in one language: "svg" and "html" stand alone and fetch nothing, "mermaid" is a stateDiagram-v2."""
    voice = Voice(definition, lang)
    if format == "mermaid":
        return mermaid(voice)
    if format == "html":
        return html(voice)
    return svg(picture(voice, legend=True), voice.say(definition.title))
