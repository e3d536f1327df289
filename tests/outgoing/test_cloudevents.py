"""What goes out of an event, and what stays inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tests.engine.ground import trial
from tests.engine.structure_ground import DEFINITION, ROLLS, Circles
from tests.story import Story
from workflow.canonical import canonical
from workflow.clock import read_stamp
from workflow.engine.campaign import Campaign
from workflow.ledger import CAMPAIGN, events
from workflow.outgoing import KINDS, TYPE, cloud_event, source
from workflow.store import Projector, Store
from workflow.verdicts import Verdict

REASON = "because the roof fell in"


def done(*verdicts: Verdict) -> None:
    assert all(verdicts), [each.code for verdict in verdicts for each in verdict.standing]


@pytest.fixture
def circles() -> Circles:
    """A campaign in which everything happened that can happen to branches, members and cases."""
    ground = Circles()
    campaign = ground.campaign
    ground.through("yard")
    ground.case("mill", "defect", REASON)
    done(campaign.record("dock", "study", by="dot", fields={"hours": 4}, lines=["dot"]))
    last = [event.seq for event in campaign.timeline("dock")][-1]
    done(campaign.withdraw("dock", last, by="dot", reason=REASON))
    assert not campaign.move("dock", "approve", by="dot")
    for command in (campaign.suspend, campaign.resume):
        done(*command(branches="farm", by="olga", reason=REASON))
    done(*campaign.extend(3, branches="farm", by="olga", reason=REASON))
    done(campaign.transfer("eli", "farm", by="olga", reason=REASON))
    done(campaign.split("farm", "barn", title="Secret Barn", members=["guy"], by="leo", reason=REASON))
    done(campaign.merge("mill", "dock", by="leo", reason=REASON))
    done(*campaign.reassign("shop", group="g1", by="olga", reason=REASON))
    done(campaign.change("jim", flag="lost", by="olga", reason=REASON))
    done(campaign.remove("kim", by="olga", reason=REASON))
    return ground


def told(campaign: Campaign, kind: str = "") -> list[dict[str, Any]]:
    """The events as they go out, each through the library of the standard."""
    where = source(campaign.store)
    found = [cloud_event(where, event) for event in events(campaign.store) if kind in ("", event.kind)]
    for each in found:
        read = JSONFormat().read(CloudEvent, canonical(each).encode())
        assert (read.get_id(), read.get_type(), read.get_data()) == (each["id"], each["type"], each["data"])
        assert read.get_time() == read_stamp(each["time"])
    return found


def test_every_kind_of_event_is_known() -> None:
    store = Store.temporary()
    assert set(KINDS) == set(Projector(store, DEFINITION)._by_kind)
    store.close()


def test_the_envelope(tmp_path: Path) -> None:
    story = Story(tmp_path / "story.db")
    assert not story.campaign.move("b1", "apply", by="li")
    [event] = [event for event in story.campaign.timeline("b1") if event.kind == "refused"]
    founded = next(events(story.campaign.store, CAMPAIGN))
    found = cloud_event(source(story.campaign.store), event)
    data, detail = found.pop("data"), {"command": "move"}
    assert found == {
        "specversion": "1.0",
        "id": event.hash,
        "source": f"/campaign/{founded.hash[:16]}",
        "type": "org.campaign-workflow.refused",
        "subject": "b1",
        "time": event.recorded_at,
        "datacontenttype": "application/json",
        "partitionkey": "branch:b1",
        "sequence": "0000000002",
    }
    verdict = data.pop("verdict")
    assert data == {
        "stream": "branch:b1",
        "seq": 2,
        "prev": event.prev,
        "definition": event.definition,
        "actor": "li",
        "role": event.role,
        "about": "apply",
        "detail": detail,
    }
    assert verdict["allowed"] is False
    assert {"code": "rule.phase", "status": "unmet", "level": "block"} in verdict["findings"]
    assert "subject" not in cloud_event("/x", founded)
    story.campaign.close()


def test_a_move_says_from_where_to_where_and_what_was_found() -> None:
    campaign, _ = trial(1)
    [place] = [each["data"]["detail"] for each in told(campaign, "roster")]
    assert (place["batch"], place["group"], place["parent"], place["members"]) == ("0", "north", None, 3)
    ground = Circles()
    ground.through("yard")
    moves = told(ground.campaign, "moved")
    first, last = moves[0]["data"], moves[-1]["data"]
    assert (first["about"], first["detail"]["move"], last["detail"]["move"]) == ("apply", "apply", "approve")
    assert set(first["detail"]) == {"move", "from", "to"}
    assert last["verdict"]["allowed"]
    each = [finding for finding in last["verdict"]["findings"] if finding.get("each") == "member"]
    assert all((finding["total"], finding["met"]) == (len(ROLLS["yard"]),) * 2 for finding in each)
    assert each


def test_no_name_and_no_text_goes_out(circles: Circles) -> None:
    said = json.dumps(told(circles.campaign), ensure_ascii=False)
    kinds = {event.kind for event in events(circles.campaign.store)}
    assert len(kinds) >= 16, kinds
    names = [name for (name,) in circles.rows("SELECT name FROM workflow_person UNION SELECT title FROM workflow_branch")]
    for secret in (REASON, "Secret", *names):
        assert f'"{secret}' not in said, secret
        assert REASON not in said
    assert '"guy"' in said


def test_ids_do(circles: Circles) -> None:
    def detail(kind: str) -> dict[str, Any]:
        found: dict[str, Any] = told(circles.campaign, kind)[0]["data"]["detail"]
        return found

    assert detail("split") == {"into": "barn", "members": ["guy"]}
    assert detail("left")["member"] == detail("joined")["member"] == "eli"
    assert detail("dissolved")["into"] == "dock"
    assert detail("member_changed") == {"member": "jim"}
    assert detail("taken_over")["cases"] == ["defect-1"]
    assert detail("extended") == {"days": 3}
    assert set(detail("record")) == {"record", "happened"}
    assert set(detail("people")) >= {"people", "grants"}


def test_all_of_it_goes_out_where_that_was_asked_for(circles: Circles) -> None:
    for event in events(circles.campaign.store):
        assert cloud_event("/x", event, whole=True)["data"]["payload"] == event.payload


def test_what_a_later_program_writes_stays_inside() -> None:
    campaign, _ = trial(1)
    event = next(events(campaign.store))
    later = type(event)(
        *[getattr(event, a) for a in ("position", "stream", "seq", "recorded_at", "actor", "role")],
        "foretold",
        "x",
        {"a": 1},
        "",
        "",
        "f" * 64,
    )
    found = cloud_event("/x", later)
    assert (found["type"], found["data"]["detail"]) == (f"{TYPE}foretold", {})
