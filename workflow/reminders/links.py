"""Where people go to act: a branch's page, whose address comes from the environment, or else a command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from urllib.parse import quote

from workflow.errors import Misuse
from workflow.texts import Text

_LINK, _BRANCH = "WORKFLOW_LINK", "{branch}"
_PAGE = re.compile(r"https?://[^\s{}/][^\s{}]*")
_EXPECTED = Text.of(
    "WORKFLOW_LINK: expected an address that begins with http:// or https:// and has no placeholder but {branch}, such as"
    " https://host/branches/{branch}",
    "WORKFLOW_LINK：应以 http:// 或 https:// 开头，占位符只能是 {branch}，如 https://host/branches/{branch}",
)


def branch_page(env: Mapping[str, str]) -> str:
    """What WORKFLOW_LINK says, `{branch}` stands for a branch's id; empty where it is not set.

    Raises `Misuse` (code "link") for what would lead nowhere; it is not repeated, for it may hold a secret.
    """
    link = env.get(_LINK, "")
    if link and not _PAGE.fullmatch(link.replace(_BRANCH, "b1")):
        raise Misuse(_EXPECTED, "link")
    return link


def where_to_act(link: str, branch: str) -> str:
    """The page of a branch, or without a `link` the command that says what is missing."""
    return link.replace(_BRANCH, quote(branch, safe="")) if link else f"workflow why {shlex.quote(branch)}"
