"""Channels that installed packages bring: `[project.entry-points."workflow.channels"]`, `sms = "our_sms:channel"`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points

from workflow.errors import Misuse
from workflow.reminders.channels.base import Channel
from workflow.texts import Text

GROUP = "workflow.channels"
OURS = ("console", "file", "mail", "webhook", "notify")


def names() -> list[str]:
    """What channels there are: our own, and those of installed packages, set up or not."""
    return [*OURS, *sorted({point.name for point in entry_points(group=GROUP)} - set(OURS))]


def of_packages(env: Mapping[str, str], found: Iterable[EntryPoint] | None = None) -> list[Channel]:
    """The channels installed packages bring, in the order of their names.

    Each entry point is a function that is given the environment, where its settings and secrets stand, and gives a channel of that name,
    or None where it is not set up. Raises `Misuse` (code "channel-settings") for one that cannot be loaded, or is called as another is;
    what the package said is not repeated: it may hold a secret.
    """
    channels: list[Channel] = []
    for point in sorted(entry_points(group=GROUP) if found is None else found, key=lambda each: each.name):
        if point.name in (*OURS, *(channel.name for channel in channels)):
            raise _wrong(point, "there is another channel of that name", "已有同名通道")
        try:
            channel = point.load()(env)
            name = None if channel is None else channel.name
        except Exception as problem:
            what = type(problem).__name__
            raise _wrong(point, f"it could not be set up ({what})", f"无法启用（{what}）") from problem
        if channel is not None:
            if name != point.name:
                raise _wrong(point, "the channel it gives has another name", "所给通道名称不符")
            channels.append(channel)
    return channels


def _wrong(point: EntryPoint, en: str, zh: str) -> Misuse:
    return Misuse(Text.of(f"channel {point.name} ({point.value}): {en}", f"通道 {point.name}（{point.value}）：{zh}"), "channel-settings")
