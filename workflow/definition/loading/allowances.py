"""What a lower level may add to a definition and tighten in it. Whatever is not listed here stands as it is prescribed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from workflow.definition.loading.faults import Path
from workflow.definition.loading.overlay import ABSENT, OWN, Overlay, is_day
from workflow.definition.loading.schema import schema
from workflow.definition.loading.source import Source
from workflow.definition.model import NEXT_STAGE

Change = Callable[[Overlay, Path], None]
_STRICTNESS = ("observe", "warn", "block")


def overlaid(base: Source, own: Source) -> Source:
    """The effective document of `own` over `base`, every value with the place it comes from; faults go to those of `own`."""
    overlay = Overlay.of(base, own)
    overlay.check_level()
    for key, value in own.data.items():
        if key in (*OWN, "extends"):
            continue
        if key not in schema()["properties"]:
            overlay.put((key,), value, (key,))  # a misspelt section: the schema says what was meant
        else:
            _lay(overlay, (key,))
    return overlay.effective()


def _lay(overlay: Overlay, path: Path) -> None:
    """One value of the lower level, over what is prescribed at its path."""
    stated, prescribed = overlay.stated(path), overlay.prescribed(path)
    allowed = _allowed(path)
    if prescribed is ABSENT:
        (allowed.addition or Overlay.refuse_addition)(overlay, path)
    elif stated is None:
        overlay.refuse_removal(path)
    elif _same(stated, prescribed):
        return
    elif allowed.change is not None:
        allowed.change(overlay, path)
    elif isinstance(stated, dict) and isinstance(prescribed, dict):
        for key in stated:
            _lay(overlay, (*path, key))
    else:
        overlay.refuse_other(path)


def _same(one: Any, other: Any) -> bool:
    """Do they say the same? A single name is a list of one."""
    if isinstance(one, list) or isinstance(other, list):
        one, other = _listed(one), _listed(other)
    return type(one) is type(other) and bool(one == other) if isinstance(one, bool) or isinstance(other, bool) else bool(one == other)


def _listed(value: Any) -> list[Any]:
    return [] if value is ABSENT else value if isinstance(value, list) else [value]


# -- ways to add -------------------------------------------------------------------------------------------------------


def _add(overlay: Overlay, path: Path) -> None:
    overlay.add(path, overlay.stated(path))


def _open(overlay: Overlay, path: Path) -> None:
    """A mapping nothing was prescribed in so far: each of its entries is looked at by itself."""
    stated = overlay.stated(path)
    if not isinstance(stated, dict):
        _add(overlay, path)
        return
    overlay.add(path, {})
    for key in stated:
        _lay(overlay, (*path, key))


def _add_optional(overlay: Overlay, path: Path) -> None:
    """A field: whoever fills in the prescribed form must not be refused for it."""
    stated = overlay.stated(path)
    if isinstance(stated, dict) and stated.get("optional") is True:
        _add(overlay, path)
    else:
        en = f"a field added to what is {{it}} may be left out, {{{path[-1]}: {{..., optional: true}}}} was expected"
        overlay.refuse(path, en, f"{{it}}，增加的字段必须可以不填，应为 {{{path[-1]}: {{..., optional: true}}}}", key=True)


# -- ways to change ----------------------------------------------------------------------------------------------------


def _unite(overlay: Overlay, path: Path, source: Path | None = None) -> None:
    """Names beside the prescribed ones; they stand at `source` in the file of the lower level."""
    source = path if source is None else source
    prescribed, stated = overlay.prescribed(path), overlay.stated(source)
    new = [(index, item) for index, item in enumerate(_listed(stated)) if not _has(_listed(prescribed), item)]
    if prescribed is ABSENT:
        overlay.put(path, [], source)
    elif new and not isinstance(prescribed, list):
        overlay.reshape(path, [prescribed], {path: path, (*path, 0): path})
    for index, item in new:
        at = (*path, len(overlay.prescribed(path)))
        overlay.add(at, item, (*source, index) if isinstance(stated, list) else source)


def _has(items: Sequence[Any], item: Any) -> bool:
    return any(_same(item, known) for known in items)


def _name(overlay: Overlay, path: Path, source: Path | None = None) -> None:
    """Ids beside the prescribed ones, all with titles or all without."""
    source = path if source is None else source
    prescribed, stated = overlay.prescribed(path), overlay.stated(source)
    if isinstance(prescribed, list) and not isinstance(stated, dict):
        _unite(overlay, path, source)
        return
    if isinstance(prescribed, list):
        titles = {name: name.replace("_", " ") for name in prescribed if isinstance(name, str)}
        overlay.reshape(path, titles, {path: path, **{(*path, name): (*path, i) for i, name in enumerate(prescribed)}})
    elif not isinstance(stated, dict):
        for index, name in enumerate(_listed(stated)):
            if name not in overlay.prescribed(path):
                overlay.add((*path, name), str(name).replace("_", " "), (*source, index) if isinstance(stated, list) else source)
        return
    for name, title in stated.items():
        if name not in overlay.prescribed(path):
            overlay.add((*path, name), title, (*source, name))
        else:
            _lay(overlay, (*path, name))


def _field(overlay: Overlay, path: Path) -> None:
    """A choice may be given more options; nothing else of a prescribed field changes."""
    prescribed, stated = _full_field(overlay.prescribed(path)), _full_field(overlay.stated(path))
    if not isinstance(prescribed, dict) or not isinstance(stated, dict):
        overlay.refuse_other(path)
        return
    for key, value in stated.items():
        if key in prescribed and (value is None or not _same(value, prescribed[key])):
            _change_field(overlay, path, key)
        elif key not in prescribed:
            overlay.refuse_other(path) if isinstance(overlay.stated(path), (str, list)) else overlay.refuse_addition((*path, key))


def _change_field(overlay: Overlay, path: Path, key: str) -> None:
    """A key of a field that is not as prescribed, whichever way the two write the field."""
    short, source = overlay.prescribed(path), path if isinstance(overlay.stated(path), list) else (*path, key)
    if key != "options" or overlay.stated(source) is None:
        at = path if isinstance(overlay.stated(path), str) else (*path, key)
        overlay.refuse_removal(at) if overlay.stated(at) is None else overlay.refuse_other(at)
        return
    if isinstance(short, list):
        moved = {path: path, (*path, key): path, **{(*path, key, i): (*path, i) for i in range(len(short))}}
        overlay.reshape(path, {key: short}, moved)
    _name(overlay, (*path, key), source)


def _full_field(value: Any) -> Any:
    """`number` is short for {type: number}, a list for {options: ...}."""
    return {"type": value} if isinstance(value, str) else {"options": value} if isinstance(value, list) else value


def _narrow(overlay: Overlay, path: Path) -> None:
    """Fewer of the prescribed roles; those who may waive may also be nobody."""
    prescribed, stated = _listed(overlay.prescribed(path)), _listed(overlay.stated(path))
    waiving = path[-1] == "waivable_by"
    if not all(_has(prescribed, role) for role in stated) or not (stated or waiving):
        listed = ", ".join(str(role) for role in prescribed) or "[]"
        overlay.refuse(
            path,
            f"{{it}}, this would loosen it; only some of these were expected: {listed}",
            f"{{it}}，此处放宽了规定；只能取其中一部分：{listed}",
        )
    elif not all(_has(stated, role) for role in prescribed):
        overlay.tighten(path, stated, prescribed)
        if not stated:
            overlay.drop(path)


def _raise(overlay: Overlay, path: Path) -> None:
    """A requirement's level: observe, warn, block."""
    prescribed, stated = overlay.prescribed(path), overlay.stated(path)
    before = _STRICTNESS[-1] if prescribed is ABSENT else prescribed
    if stated not in _STRICTNESS or before not in _STRICTNESS:
        overlay.put(path, stated, path)  # the schema says what may stand here
    elif _STRICTNESS.index(stated) < _STRICTNESS.index(before):
        en = f"{{it}}, with level {before}; {stated} would loosen it"
        overlay.refuse(path, en, f"{{it}}，级别为 {before}；改为 {stated} 即放宽")
    elif stated != before:
        overlay.tighten(path, stated, before)


def _figure(overlay: Overlay, path: Path) -> None:
    """A parameter's value, in the direction its definition calls stricter."""
    prescribed, stated = overlay.prescribed(path), overlay.stated(path)
    stricter = overlay.prescribed((*path[:-1], "stricter"))
    if stricter not in ("higher", "lower"):
        en = "{it}; it is fixed for lower levels, as it does not say which is stricter"
        overlay.refuse(path, en, "{it}；未注明 stricter，下级不得变更")
    elif not _comparable(stated, prescribed):
        overlay.refuse_other(path)
    elif (stated > prescribed) is (stricter == "higher"):
        overlay.tighten(path, stated, prescribed)
    else:
        _refuse_figure(overlay, path, stricter)


def _refuse_figure(overlay: Overlay, path: Path, stricter: str) -> None:
    prescribed, stated = overlay.prescribed(path), overlay.stated(path)
    en, zh = ("at least", "不低于") if stricter == "higher" else ("at most", "不高于")
    overlay.refuse(
        path, f"{{it}}, {stated} would loosen it; {en} {prescribed} was expected", f"{{it}}，改为 {stated} 即放宽；应{zh} {prescribed}"
    )


def _comparable(one: Any, other: Any) -> bool:
    return all(_number(value) for value in (one, other)) or all(is_day(value) for value in (one, other))


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _share(overlay: Overlay, path: Path) -> None:
    """The share of a batch, where both are numbers; one taken from a parameter is raised in the parameter."""
    prescribed, stated = overlay.prescribed(path), overlay.stated(path)
    if not _number(prescribed) or not _number(stated):
        overlay.refuse_other(path)
    elif stated > prescribed:
        overlay.tighten(path, stated, prescribed)
    else:
        _refuse_figure(overlay, path, "higher")


def _sooner(overlay: Overlay, path: Path) -> None:
    """A due day, where it is a day."""
    prescribed, stated = overlay.prescribed(path), overlay.stated(path)
    if not is_day(prescribed) or not is_day(stated):
        overlay.refuse_other(path)
    elif stated < prescribed:
        overlay.tighten(path, stated, prescribed)
    else:
        overlay.refuse(path, f"{{it}}, {stated} would loosen it", f"{{it}}，改为 {stated} 即放宽")


def _restate(overlay: Overlay, path: Path) -> None:
    """What things are called, and when the letter of the day goes out, is each level's own."""
    overlay.add(path, overlay.stated(path))


def _close(overlay: Overlay, path: Path) -> None:
    """A calendar where none was prescribed: of a lower level only the periods it closes."""
    if isinstance(overlay.stated(path), dict) and set(overlay.stated(path)) == {"closed"}:
        _add(overlay, path)
    else:
        overlay.refuse_addition(path)


def _ask(overlay: Overlay, path: Path) -> None:
    """What a stage requires: by move, or a list for every move into the next stage."""
    prescribed, stated = overlay.prescribed(path), overlay.stated(path)
    if not isinstance(prescribed, dict) and not isinstance(stated, dict):
        _unite(overlay, path)
        return
    onward = _onward(overlay, path[:2])
    if not isinstance(prescribed, dict):
        moved = {
            (*path, move, i): (*path, i) if isinstance(prescribed, list) else path
            for move in onward
            for i in range(len(_listed(prescribed)))
        }
        moved |= {path: path, **{(*path, move): path for move in onward}}
        overlay.reshape(path, {move: list(_listed(prescribed)) for move in onward}, moved)
    if isinstance(stated, dict):
        for move in stated:
            _lay(overlay, (*path, move))
    else:
        for move in onward:
            _unite(overlay, (*path, move), path)


def _onward(overlay: Overlay, stage: Path) -> list[str]:
    """The moves of a stage's gate into the next stage, those of the lower level included."""
    moves: Path = ("gates", overlay.prescribed((*stage, "gate")), "moves")
    added, prescribed = (held if isinstance(held, dict) else {} for held in (overlay.stated(moves), overlay.prescribed(moves)))
    return [name for name, move in {**added, **prescribed}.items() if isinstance(move, dict) and move.get("to") == NEXT_STAGE]


# -- where -------------------------------------------------------------------------------------------------------------


@frozen
class _Allowed:
    """How something may be added at a path, and how what is prescribed there may be changed; None: not at all."""

    addition: Change | None = None
    change: Change | None = None


_NOTHING = _Allowed()
_SECTION, _ITEM, _OPTIONAL = _Allowed(_open), _Allowed(_add), _Allowed(_add_optional, _field)
_OWN = _Allowed(_add, _restate)
_FIELD, _MORE, _FEWER = _Allowed(None, _field), _Allowed(_unite, _unite), _Allowed(_narrow, _narrow)
_SECTIONS = (
    "extensions",
    "instruments",
    "parameters",
    "roles",
    "records",
    "requirements",
    "cases",
    "deadlines",
    "invariants",
    "units",
    "reports",
    "audits",
)
_MOVES = ("gates.*.moves.*", "cases.*.moves.*")
_ALLOWED = {
    **dict.fromkeys((*_SECTIONS, "labels", "branches", "stages.*.steps", "authority"), _SECTION),
    **dict.fromkeys(("reminders", "reminders.roles", "reminders.quiet"), _SECTION),
    **dict.fromkeys(("labels.*", "reminders.at", "reminders.roles.*", "reminders.quiet.*"), _OWN),
    **dict.fromkeys(("branches.fields", "members.fields", "records.*.fields", "cases.*.fields", "reports.*.lines"), _SECTION),
    **dict.fromkeys((*(f"{section}.*" for section in _SECTIONS), "stages.*.steps.*", "gates.*.moves.*", "reports.*.lines.*"), _ITEM),
    **dict.fromkeys(("branches.fields.*", "members.fields.*", "records.*.fields.*", "cases.*.fields.*"), _OPTIONAL),
    **dict.fromkeys((f"{move}.takes.*" for move in _MOVES), _FIELD),
    **dict.fromkeys(
        (
            *(f"{section}.*.basis" for section in ("parameters", "requirements", "deadlines", "invariants", "reports", "audits")),
            *("stages.*.steps.*.requires", "audits.*.act", "audits.*.not_by"),
        ),
        _MORE,
    ),
    **dict.fromkeys((f"{move}.{key}" for move in _MOVES for key in ("requires", "not_by")), _MORE),
    **dict.fromkeys((*(f"{move}.by" for move in _MOVES), "records.*.by", "stages.*.steps.*.by", "requirements.*.waivable_by"), _FEWER),
    "members.status": _Allowed(None, _name),
    **dict.fromkeys(("members.flags", "members.departures"), _Allowed(_add, _name)),
    "authority.*": _Allowed(_add, _narrow),
    "calendar": _Allowed(_close),
    "calendar.closed": _Allowed(_add, _unite),
    "batches": _ITEM,
    "batches.share": _Allowed(None, _share),
    "parameters.*.value": _Allowed(None, _figure),
    "requirements.*.level": _Allowed(_raise, _raise),
    "deadlines.*.due": _Allowed(None, _sooner),
    "deadlines.*.ladder": _MORE,
    "stages.*.requires": _Allowed(_add, _ask),
    "stages.*.requires.*": _MORE,
}
_PATTERNS = {tuple(pattern.split(".")): allowed for pattern, allowed in _ALLOWED.items()}


def _allowed(path: Path) -> _Allowed:
    fitting = (allowed for pattern, allowed in _PATTERNS.items() if len(pattern) == len(path) and _fits(path, pattern))
    return next(fitting, _NOTHING)


def _fits(path: Path, pattern: Sequence[str]) -> bool:
    return all(part in ("*", key) for part, key in zip(pattern, path, strict=True))
