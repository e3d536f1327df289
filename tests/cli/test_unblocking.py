"""The commands about what would help: `unblock`, and `why --if`."""

from __future__ import annotations

from tests.cli.conftest import TRIAL, Desk


def site(desk: Desk) -> None:
    roster = "branch,person,name,status,roles,group\ns1,ann,Ann,nurse,coordinator,north\ns1,bo,Bo,pharmacist,,\n,mona,Mona,,monitor,north\n,sue,Sue,,sponsor,\n"
    desk.run("new", TRIAL, "--name", "sites")
    desk.run("import", desk.write("roster.csv", roster))


def test_on_the_command_line(desk: Desk) -> None:
    site(desk)
    said = desk.run("why", "s1", "--if", "training:ann;bo:hours=6").stdout
    assert said.startswith(
        "If this were so (only tried: nothing was written):\n   · enter training for Ann, Bo: hours 6 h; for example form course"
    )
    plain = desk.json("why", "s1", "--if", "training:ann;bo:hours=6", "--if", "contract:signed=yes")
    assert [a["subject"] for a in plain["if"]] == ["training", "contract"]
    assert plain["outlook"]["blocker"] is None
    fault = desk.run("why", "s1", "--if", "trainin:ann:hours=6", code=2).stderr
    assert "did you mean training?\n  trainin:ann:hours=6\n  ^\n" in fault
    desk.run("why", "s1", "--if", "contract:signed=yes", "--at", "2005-01-01", code=2)
    assert len(desk.json("timeline", "s1")) == 1


def test_unblock_on_the_command_line_in_words_and_json(desk: Desk) -> None:
    site(desk)
    said = desk.run("unblock", "s1").stdout
    assert "s1 may not make the move “invite” yet: 1 requirement stands in the way. 4 actions would unblock it; 2 ways were tried." in said
    assert "尚不能作出动作" in desk.run("unblock", "s1", "--lang", "zh").stdout
    plain = desk.json("unblock", "s1", "close_people", "--by", "bo", "--most", "1")
    assert [a["kind"] for a in plain["sets"][0]["actions"]] == ["appoint", "waive"]
    assert plain["sets"][0]["mover"]["id"] == "bo"
    assert desk.json("unblock", "s1", "activate", code=1)["hopeless"][0]["code"] == "rule.phase"
    assert "--most: expected" in desk.run("unblock", "s1", "--most", "0", code=2).stderr
    assert len(desk.json("timeline", "s1")) == 1
