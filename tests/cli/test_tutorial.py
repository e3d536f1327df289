"""Five minutes: a campaign from a definition of 25 lines, refused, put right, approved."""

from __future__ import annotations

from tests.cli.conftest import OFFICE, Desk

ROSTER = "branch,title,person,name,roles\nberlin,Berlin office,anna,Anna Weber,team\n,,bo,Bo Lindqvist,board\n"


def test_five_minutes(desk: Desk) -> None:
    assert "is in order" in desk.run("check", OFFICE).stdout
    assert "is created in" in desk.run("new", OFFICE, "--name", "spring").stdout
    assert "2 people, 2 roles granted" in desk.run("import", desk.write("roster.csv", ROSTER)).stdout
    assert desk.run("record", "berlin", "offer", "--by", "anna", "--set", "amount=23500").stdout.startswith(
        "“offer” is entered for Berlin office."
    )
    desk.run("move", "berlin", "apply", "--by", "anna")
    asked = desk.run("ask", "berlin", "approve", "--by", "bo", code=1).stdout
    refused = desk.run("move", "berlin", "approve", "--by", "bo", code=1).stdout
    for said in (asked, refused):
        assert said.startswith("Berlin office may not make the move “approve” at plan · applied: 1 requirement stands in the way.")
        assert "found 23,500 EUR, required at most 20,000 EUR: over by 3,500 EUR" in said
        assert "who acts: Anna Weber (team)" in said
        assert "remedy: file a cheaper offer" in said
        assert "basis: Minutes no. 12 · evidence: 1 document #2" in said
    assert "only asked: nothing was written" in asked
    assert "kept in the ledger as #4" in refused
    why = desk.run("why", "berlin").stdout
    assert why.startswith("Berlin office cannot go on from plan · applied: 1 requirement stands in the way.")
    desk.run("record", "berlin", "offer", "--by", "anna", "--set", "amount=18900")
    assert "waits for: approve, by Bo Lindqvist (board)." in desk.run("why", "berlin").stdout
    assert "plan · applied → move · working" in desk.run("move", "berlin", "approve", "--by", "bo").stdout
    timeline = desk.run("timeline", "berlin").stdout.splitlines()
    assert [line.split()[0] for line in timeline] == [f"#{n}" for n in range(1, 7)]
    assert timeline[3].endswith("[within_budget]")


def test_the_applicant_may_not_approve(desk: Desk) -> None:
    desk.run("new", OFFICE)
    desk.run("import", desk.write("roster.csv", ROSTER.replace("bo,Bo Lindqvist,board", "anna,Anna Weber,board")))
    desk.run("record", "berlin", "offer", "--by", "anna", "--set", "amount=100")
    desk.run("move", "berlin", "apply", "--by", "anna")
    said = desk.run("move", "berlin", "approve", "--by", "anna", code=1).stdout
    assert "Anna Weber made “apply” in this attempt and may not make “approve” too" in said
