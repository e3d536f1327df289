"""The words of tables of records: what their columns may be called, kind by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from attrs import define, frozen

from workflow.definition.model import Definition, Field, RecordKind
from workflow.engine.tables.tabular import heading
from workflow.texts import LANGUAGES, Text

FIELD = "field:"  # prefix of the columns that are fields of some kind, followed by their heading
HEADINGS: dict[str, tuple[str, ...]] = {
    "record": ("record", "记录种类", "记录", "种类", "record kind"),
    "branch": ("branch", "支部", "支部编号", "branch id"),
    "happened": ("happened", "发生日期", "日期", "发生日", "happened on"),
    "by": ("entered by", "经办人", "by", "录入人"),
    "document": ("document", "单号", "document no", "表号"),
    "member": ("member", "党员", "党员编号", "人员编号", "member id", "person"),
}


@frozen
class Place:
    """Where a cell of a column goes in records of one kind: to the sheet, to its lines, or (the same name in both) to either."""

    sheet: Field | None = None
    line: Field | None = None

    @property
    def field(self) -> Field:
        found = self.line or self.sheet
        assert found is not None
        return found


@define(slots=False)
class RecordWords:
    """Every heading a definition gives a meaning to in tables of records."""

    definition: Definition

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Id or title -> kind; a title that two kinds have means neither."""
        return _meant((kind.id, [kind.title]) for kind in self.definition.records.values())

    @cached_property
    def fixed(self) -> dict[str, str]:
        """Heading -> what every table of records may have."""
        found = {heading(word): column for column, words in HEADINGS.items() for word in words}
        for column, label in (("branch", self.definition.branch_label), ("member", self.definition.member_label)):
            for word in (label.say("en"), label.say("zh"), f"{label.say('en')} id", f"{label.say('zh')}编号"):
                found.setdefault(heading(word), column)
        return found

    @cached_property
    def columns(self) -> dict[str, str]:
        """Heading -> id of its column; what every table may have goes before fields of the same name."""
        fields = {word: FIELD + word for kind in self.definition.records for word in self.places(kind)}
        return fields | self.fixed

    def places(self, kind: str) -> dict[str, Place]:
        """Heading -> place, for one kind."""
        if kind not in self._places:
            self._places[kind] = self._placed(self.definition.records[kind])
        return self._places[kind]

    @cached_property
    def _places(self) -> dict[str, dict[str, Place]]:
        return {}

    def _placed(self, kind: RecordKind) -> dict[str, Place]:
        lines = kind if kind.of == "member" else self.definition.records.get(kind.lines or "")
        sheet = {} if kind.of == "member" else kind.fields
        of_line: Mapping[str, Field] = lines.fields if lines else {}
        places = {name: Place(sheet.get(name), of_line.get(name)) for name in (*sheet, *of_line)}
        titles = {name: [field.title for field in (place.sheet, place.line) if field] for name, place in places.items()}
        meant = _meant(titles.items())
        meant |= {heading(f"{kind.id}.{name}"): name for name in places}
        return {word: places[name] for word, name in meant.items()}

    def heading_of(self, kind: RecordKind, name: str, lang: str) -> str:
        """What a field's column is called so that it is found again: its title, or if that means something else too, KIND.FIELD."""
        place = self.places(kind.id)[heading(f"{kind.id}.{name}")]
        title = place.field.title.say(lang)
        word = heading(title)
        return title if word not in self.fixed and self.places(kind.id).get(word) == place else f"{kind.id}.{name}"


def _meant(named: Iterable[tuple[str, Iterable[Text]]]) -> dict[str, str]:
    """Word -> id, by id and by every title only one of them has."""
    ids: dict[str, str] = {}
    titles: dict[str, set[str]] = {}
    for name, texts in named:
        ids[heading(name)] = name
        for word in {heading(text.say(lang)) for text in texts for lang in LANGUAGES}:
            titles.setdefault(word, set()).add(name)
    return {word: next(iter(names)) for word, names in titles.items() if len(names) == 1} | ids
