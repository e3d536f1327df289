"""How a printed page looks: A4, black on white, headings repeated, no row and no short decision torn apart."""

from __future__ import annotations

from workflow.definition.diagram.svg import FONTS

STYLE = f"""
body {{ margin: 0 auto; max-width: 60em; padding: 2em; color: #1b1f26; background: #fff; font: 14px/1.55 {FONTS} }}
h1 {{ font-size: 24px; margin: 0 0 8px }} h2 {{ font-size: 17px; margin: 28px 0 8px; break-after: avoid }}
h3 {{ font-size: 14px; margin: 0; break-after: avoid }}
.lead {{ font-size: 17px; margin: 0 0 8px; padding-left: 12px; border-left: 4px solid #16202e }}
table {{ border-collapse: collapse; width: 100%; font-size: 13px }}
th, td {{ text-align: left; vertical-align: top; padding: 4px 8px; border-bottom: 1px solid #d5d5d0 }}
th {{ color: #5b6370; font-weight: 600 }} td i {{ color: #5b6370; font-style: normal }}
.timeline td:nth-child(1) {{ text-align: right }} .timeline td:nth-child(2) {{ white-space: nowrap }}
tr.refused td {{ background: #fdf1ed }} tr.waived td {{ background: #fdf8e6 }} tr.withdrawn td {{ background: #f4f4f0 }}
tr {{ break-inside: avoid }} thead {{ display: table-header-group }}
article {{ margin: 14px 0; padding: 8px 12px; border: 1px solid #d5d5d0; border-left: 4px solid #2f7d52 }}
article.refused {{ border-left-color: #b3401d }}
pre {{ margin: 6px 0 0; white-space: pre-wrap; overflow-wrap: anywhere }}
pre {{ font: 12px/1.5 ui-monospace, Menlo, Consolas, "Noto Sans Mono CJK SC", monospace }}
footer {{ margin-top: 24px; padding-top: 8px; border-top: 1px solid #d5d5d0; color: #5b6370; font-size: 12px; overflow-wrap: anywhere }}
section + section, header + section {{ margin-top: 48px }} a {{ color: #1f5fa8 }}
@page {{ size: A4; margin: 18mm 16mm }}
@media print {{
  body {{ max-width: none; padding: 0; font-size: 11pt }} table {{ font-size: 10pt }} pre {{ font-size: 9pt }}
  section + section, header + section {{ break-before: page; margin-top: 0 }} a {{ color: inherit; text-decoration: none }}
  tr.refused td, tr.waived td {{ print-color-adjust: exact; -webkit-print-color-adjust: exact }}
}}
"""
