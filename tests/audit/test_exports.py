"""The ledger as logs and tables: complete, true to the standards, and without names where they are masked."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.audit.exports_ground import KEY, SKIPPED, pairs, people, study, table
from tests.cli.conftest import Desk, desk
from tests.story import DEFINITION, loaded
from workflow.audit import Format, Mask, export, key_in
from workflow.cli.examples import write_example
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, NotFound
from workflow.ledger import events

__all__ = ["desk"]

FORMATS: dict[Format, str] = {"ocel-json": "o.json", "ocel-sqlite": "o.sqlite", "xes": "o.xes", "csv": "o.csv", "html": "o.html"}

_NAME = {"type": "string"}
_ATTRIBUTES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "type"],
        "properties": {"name": _NAME, "type": {"enum": ["string", "time", "integer", "float", "boolean"]}},
    },
}
_TYPES = {
    "type": "array",
    "items": {"type": "object", "required": ["name", "attributes"], "properties": {"name": _NAME, "attributes": _ATTRIBUTES}},
}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"}
_RELATED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["objectId", "qualifier"],
        "properties": {"objectId": _NAME, "qualifier": _NAME},
        "additionalProperties": False,
    },
}
_VALUE = {"type": ["string", "number", "boolean"]}
OCEL = {  # https://www.ocel-standard.org/specification/formats/json
    "type": "object",
    "required": ["objectTypes", "eventTypes", "objects", "events"],
    "additionalProperties": False,
    "properties": {
        "objectTypes": _TYPES,
        "eventTypes": _TYPES,
        "objects": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type"],
                "properties": {
                    "id": _NAME,
                    "type": _NAME,
                    "relationships": _RELATED,
                    "attributes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["name", "time", "value"],
                            "properties": {"name": _NAME, "time": _TIME, "value": _VALUE},
                        },
                    },
                },
            },
        },
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type", "time"],
                "properties": {
                    "id": _NAME,
                    "type": _NAME,
                    "time": _TIME,
                    "relationships": _RELATED,
                    "attributes": {
                        "type": "array",
                        "items": {"type": "object", "required": ["name", "value"], "properties": {"name": _NAME, "value": _VALUE}},
                    },
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return study()


def ocel(campaign: Campaign, folder: Path, **more: Any) -> dict[str, Any]:
    export(campaign, folder / "o.json", "ocel-json", **more)
    found: dict[str, Any] = json.loads((folder / "o.json").read_text(encoding="utf-8"))
    return found


# -- OCEL ------------------------------------------------------------------------------------------------------------------


def test_the_json_is_what_the_standard_asks_for(campaign: Campaign, tmp_path: Path) -> None:
    log = ocel(campaign, tmp_path)
    Draft202012Validator(OCEL).validate(log)
    for types, entries in (("eventTypes", "events"), ("objectTypes", "objects")):
        declared = {kind["name"]: {a["name"]: a["type"] for a in kind["attributes"]} for kind in log[types]}
        kinds = {"string": str, "integer": int, "float": (int, float), "boolean": bool}
        for each in log[entries]:
            for said in each["attributes"]:
                assert isinstance(said["value"], kinds[declared[each["type"]][said["name"]]]), (each["id"], said)
    known = [each["id"] for each in log["objects"]]
    assert len(known) == len(set(known))
    for each in (*log["events"], *log["objects"]):
        pairs = [(r["objectId"], r["qualifier"]) for r in each["relationships"]]
        assert len(pairs) == len(set(pairs))
        assert {ident for ident, _ in pairs} <= set(known)


def test_every_event_is_there_once_and_in_order(campaign: Campaign, tmp_path: Path) -> None:
    log = ocel(campaign, tmp_path)
    written = [(f"{e.stream}#{e.seq}", e.recorded_at) for e in events(campaign.store)]
    assert [(each["id"], each["time"]) for each in log["events"]] == written
    types = Counter(each["type"] for each in log["events"])
    assert types["record:evening"] == types["record:plan"] + 1 == 2
    assert types["move:apply"] == types["move:approve"] == types["case:visit:make"] == 1
    assert types["refused"] == types["case:visit:open"] == 2
    assert types["joined"] == types["left"] == 5


def test_events_name_the_objects_they_concern(campaign: Campaign, tmp_path: Path) -> None:
    log = ocel(campaign, tmp_path)
    by_type: dict[str, list[dict[str, Any]]] = {}
    for each in log["events"]:
        by_type.setdefault(each["type"], []).append(each)

    def related(event: dict[str, Any]) -> set[tuple[str, str]]:
        return {(r["qualifier"], r["objectId"]) for r in event["relationships"]}

    assert related(by_type["case:visit:open"][0]) == {
        ("branch", "branch:north"), ("actor", "person:ada"), ("case", "case:north/visit-1"), ("member", "member:bo"),
    }  # fmt: skip
    approved = related(by_type["move:approve"][0])
    assert ("branch", "branch:south") in approved
    assert ("actor", "person:guide-1") in approved
    document = next(ident for qualifier, ident in related(by_type["record:evening"][1]) if qualifier == "document")
    assert ("evidence", document) in related(by_type["move:apply"][0])
    assert ("from", "branch:north") in related(by_type["joined"][0])
    assert ("to", "branch:south") in related(by_type["left"][0])
    refused = {a["name"]: a["value"] for a in by_type["refused"][0]["attributes"]}
    assert (refused["subject"], refused["codes"], refused["state"]) == ("apply", "studied;written", "learning.working")


def test_objects_say_what_they_were_like_and_when(campaign: Campaign, tmp_path: Path) -> None:
    objects = {each["id"]: each for each in ocel(campaign, tmp_path)["objects"]}

    def history(ident: str, name: str) -> list[object]:
        return [a["value"] for a in objects[ident]["attributes"] if a["name"] == name]

    def related(ident: str) -> set[tuple[str, str]]:
        return {(r["qualifier"], r["objectId"]) for r in objects[ident]["relationships"]}

    assert history("branch:south", "state") == ["learning.working", "learning.review", "practice.working"]
    assert history("branch:west", "suspended") == [True, False]
    assert history("branch:east", "ended") == ["merged"]
    assert history("member:bo", "branch") == ["north", "", "south"]
    assert history("case:north/visit-1", "state") == ["agreed", "made"]
    assert history("case:north/visit-1", "open") == [True, False]
    assert related("member:bo") == {("member of", "branch:north"), ("member of", "branch:south"), ("is", "person:bo")}
    assert ("continues", "case:north/visit-1") in related("case:south/visit-1")
    assert related("branch:harbour") == {("split from", "branch:south"), ("part of", "campaign")}
    assert ("clerk", "branch:north") in related("person:ada")
    withdrawn = [ident for ident, each in objects.items() if each["type"] == "document" and history(ident, "withdrawn") == [False, True]]
    assert len(withdrawn) == 1


def test_both_forms_of_ocel_say_the_same(campaign: Campaign, tmp_path: Path) -> None:
    log, path = ocel(campaign, tmp_path), tmp_path / "o.sqlite"
    assert export(campaign, path, "ocel-sqlite") == len(log["events"])
    assert table(path, "PRAGMA foreign_key_check") == []
    assert table(path, "PRAGMA integrity_check") == [("ok",)]
    assert table(path, "SELECT ocel_id, ocel_type FROM event") == [(e["id"], e["type"]) for e in log["events"]]
    assert table(path, "SELECT ocel_id, ocel_type FROM object") == [(o["id"], o["type"]) for o in log["objects"]]
    for name, entries in (("event_object", "events"), ("object_object", "objects")):
        expected = [(e["id"], r["objectId"], r["qualifier"]) for e in log[entries] for r in e["relationships"]]
        assert sorted(table(path, f"SELECT * FROM {name}")) == sorted(expected)
    maps = dict(table(path, "SELECT ocel_type, ocel_type_map FROM event_map_type"))
    assert maps["case:visit:open"] == "case_visit_open"
    states = table(path, "SELECT ocel_time, state FROM object_branch WHERE ocel_id = 'branch:south' AND state IS NOT NULL ORDER BY rowid")
    branch = next(o for o in log["objects"] if o["id"] == "branch:south")
    assert states == [(a["time"], a["value"]) for a in branch["attributes"] if a["name"] == "state"]
    first = "SELECT COUNT(*), COUNT(DISTINCT ocel_id) FROM object_member WHERE ocel_changed_field IS NULL"
    assert table(path, first) == [(10, 10)]


# -- XES and CSV -----------------------------------------------------------------------------------------------------------

XES = "{http://www.xes-standard.org/}"


def traces(path: Path) -> dict[str, list[dict[str, str]]]:
    """Branch -> its events."""
    return {
        trace.find(f"{XES}string[@key='concept:name']").get("value"): [  # type: ignore[union-attr]
            {a.get("key", ""): a.get("value", "") for a in event} for event in trace.iter(f"{XES}event")
        ]
        for trace in ET.parse(path).getroot().iter(f"{XES}trace")
    }


def test_a_trace_is_the_moves_of_a_branch(tmp_path: Path) -> None:
    with pairs() as campaign:
        assert export(campaign, tmp_path / "o.xes", "xes") == 39
        found = traces(tmp_path / "o.xes")
        assert [e["concept:name"] for e in found["b0"]] == ["close_briefing", "close_discussion", "close_study", "apply", "approve"]
        assert [e["concept:name"] for e in found[SKIPPED]] == ["close_briefing", "close_discussion", "apply", "approve"]
        last = found["b0"][-1]
        assert {k: last[k] for k in ("org:resource", "org:role", "lifecycle:transition", "from", "to", "title")} == {
            "org:resource": "bob", "org:role": "board", "lifecycle:transition": "complete",
            "from": "learning.applied", "to": "finished", "title": "approve",
        }  # fmt: skip
        assert last["time:timestamp"] == "2026-03-02T06:00:00.000000Z"
        assert export(campaign, tmp_path / "o.xes", "xes", refusals=True) == 40
        refused = traces(tmp_path / "o.xes")["b0"][-1]
        assert (refused["concept:name"], refused["refused"], refused["codes"]) == ("refused:approve", "true", "rule.phase;rule.role")


def test_a_row_of_csv_is_an_event(campaign: Campaign, tmp_path: Path) -> None:
    n = export(campaign, tmp_path / "o.csv", "csv", lang="zh")
    rows = list(csv.DictReader((tmp_path / "o.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert n == len(rows) == len(list(events(campaign.store)))
    refused = next(row for row in rows if row["事件"] == "refused")
    assert (refused["支部"], refused["姓名"], refused["角色"], refused["未满足的条件"]) == ("north", "Ada", "资料员", "studied;written")
    assert "不予通过" in refused["说明"]


def test_only_some_branches(campaign: Campaign, tmp_path: Path) -> None:
    log = ocel(campaign, tmp_path, branches=["north"])
    assert {each["id"].partition("#")[0] for each in log["events"]} == {"campaign", "branch:north"}
    export(campaign, tmp_path / "o.xes", "xes", branches=["south", "north"])
    assert list(traces(tmp_path / "o.xes")) == ["north", "south"]
    with pytest.raises(NotFound, match="there is no branch nrth; did you mean north"):
        export(campaign, tmp_path / "o.csv", "csv", branches=["nrth"])


# -- names -----------------------------------------------------------------------------------------------------------------


def written(campaign: Campaign, folder: Path, mask: Mask, lang: str = "en", forms: Iterable[Format] = FORMATS) -> dict[str, str]:
    """Masked files, as texts by name."""
    names = [FORMATS[form] for form in forms]
    for form in forms:
        export(campaign, folder / FORMATS[form], form, mask=mask, lang=lang, refusals=form == "xes")
    return {name: (folder / name).read_bytes().decode(errors="replace") for name in names}


def standing_in(words: set[str], text: str) -> set[str]:
    """The words that stand in a text: Latin ones as wholes, characters anywhere."""
    latin, rest = {w for w in words if w.isascii()}, {w for w in words if not w.isascii()}
    return {w for w in latin if re.search(rf"(?<![A-Za-z0-9_-]){re.escape(w)}(?![A-Za-z0-9_-])", text)} | {w for w in rest if w in text}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_name_is_left_anywhere(campaign: Campaign, tmp_path: Path, lang: str) -> None:
    names = people(campaign)
    assert {"ada", "Bo", "Jo Ann", "guide-1", "Guide 1"} <= names
    for file, text in written(campaign, tmp_path, Mask.of(campaign.store, KEY), lang).items():
        assert standing_in(names, text) == set(), file
        assert len(set(re.findall(r"P-[0-9a-f]{12}", text))) >= (2 if file == "o.xes" else 11), file
    assert Mask.of(campaign.store, KEY).text("Cy and Gus meet at bo's, not at Bonn") == "{} and {} meet at {}'s, not at Bonn".format(
        *(Mask.of(campaign.store, KEY).person(ident) for ident in ("cy", "gus", "bo"))
    )


def test_branches_keep_their_titles_unless_they_are_masked_too(campaign: Campaign, tmp_path: Path) -> None:
    places = {word for row in campaign.branches() for word in row}
    kept = written(campaign, tmp_path, Mask.of(campaign.store, KEY))
    assert standing_in(places, kept["o.csv"]) == places
    masked = written(campaign, tmp_path, Mask.of(campaign.store, KEY, branches=True))
    for file, text in masked.items():
        assert standing_in(people(campaign) | places, text) == set(), file
    assert len(set(re.findall(r"B-[0-9a-f]{12}", masked["o.csv"]))) == len(campaign.branches())


def test_pseudonyms_are_stable_with_a_key_and_nothing_without_it(campaign: Campaign, tmp_path: Path) -> None:
    first, second, other = (Mask.of(campaign.store, key) for key in (KEY, KEY, KEY[::-1]))
    assert first.person("ada") == second.person("ada") == first.text("Ada") == first.text("ada")
    assert first.person("ada") != other.person("ada")
    assert len({first.person(ident) for ident in ("ada", "bo", "cy", "dan")}) == 4
    one, two = written(campaign, tmp_path, first), written(campaign, tmp_path, second)
    assert {name: text for name, text in one.items() if name != "o.sqlite"} == {n: t for n, t in two.items() if n != "o.sqlite"}
    hashes = {row[0] for row in campaign.store.rows("SELECT hash FROM workflow_event")}
    assert not any(each in text for each in hashes for text in one.values())  # a name that is guessed could be tried against it


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "mask.key"
    key, made = key_in(path)
    assert made
    assert path.stat().st_mode & 0o077 == 0
    assert key_in(path) == (key, False)
    path.write_text("0123", encoding="ascii")
    with pytest.raises(Misuse, match="holds no key: at least 32 hexadecimal digits were expected"):
        key_in(path)


@pytest.mark.slow
@pytest.mark.parametrize(("example", "forms"), [("bureau", list(FORMATS)), ("district", ["ocel-json", "html"])])
def test_no_name_is_left_of_the_examples(example: str, forms: list[Format], tmp_path: Path) -> None:
    write_example(example, tmp_path, seed=2005, progress=None)
    clock = VirtualClock(datetime(2005, 1, 3, tzinfo=UTC))
    with Campaign.create(tmp_path / "c.db", loaded(DEFINITION), clock=clock, rehearsal=True) as campaign:
        campaign.import_roster(tmp_path / "roster.csv")
        campaign.import_records(tmp_path / "records.jsonl")
        names, mask = people(campaign), Mask.of(campaign.store, KEY)
        # In English, so that no word of the program is by chance somebody's name.
        for file, text in written(campaign, tmp_path, mask, forms=forms).items():
            tokens = set(re.findall(r"[A-Za-z][\w-]*", text))
            assert {name for name in names if name.isascii()} & tokens == set(), file
            runs = set(re.findall("[一-鿿]+", text))
            parts = {run[i : i + n] for run in runs for n in (2, 3, 4) for i in range(len(run) - n + 1)}
            assert names & parts == set(), file


# -- the command -----------------------------------------------------------------------------------------------------------


def test_the_command(desk: Desk) -> None:
    desk.run("new", str(DEFINITION), "--rehearsal", "--now", "2005-01-03")
    out, key = str(desk.folder / "o.xes"), str(desk.folder / "mask.key")
    found = desk.json("audit", "export", "-o", out, "--mask", key)
    assert found == {"written": out, "format": "xes", "events": 0, "masked": True, "key": key, "key_made": True}
    said = desk.run("audit", "export", "-o", str(desk.folder / "o.csv"), "--mask", key).stdout
    assert said == f"written: {desk.folder / 'o.csv'} (1 event)\n"
    assert "已写入" in desk.run("audit", "export", "-o", str(desk.folder / "pages"), "--lang", "zh").stdout
    assert sorted(p.name for p in (desk.folder / "pages").iterdir()) == ["campaign.html", "index.html"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("-o", "o.txt"), "o.txt: which format? name it .json, .sqlite, .xes, .csv or .html, or give --format"),
        (("-o", "o.csv", "--format", "xes"), "o.csv is csv, --format says xes: leave one out"),
        (("-o", "o.csv", "--mask-branches"), "--mask-branches goes with --mask KEYFILE"),
        (("-o", "o.csv", "--with-refusals"), "--with-refusals is for XES; other formats have them anyway"),
        (("-o", "test.db", "--format", "csv"), "test.db is the campaign's own database: name another file"),
        (
            (
                "-o",
                "nowhere/o.sqlite",
            ),
            "No such file or directory",
        ),
    ],
)
def test_what_cannot_be_exported(desk: Desk, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], message: str) -> None:
    monkeypatch.chdir(desk.folder)
    desk.run("new", str(DEFINITION), "--rehearsal", "--now", "2005-01-03")
    with pytest.raises((Misuse, OSError), match=re.escape(message)):
        raise _raised(desk, args)
    assert [p.name for p in desk.folder.iterdir() if "part" in p.name or p.name.startswith("o.")] == []


def _raised(desk: Desk, args: tuple[str, ...]) -> BaseException:
    from click.testing import CliRunner

    from workflow.cli.app import cli

    found = CliRunner().invoke(cli, ["audit", "export", *args, "--db", desk.db], standalone_mode=False).exception
    assert found is not None
    return found
