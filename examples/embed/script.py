"""A clerk applies for a transfer, is refused with reasons, makes up what was missing, and the office approves.

    pip install campaign-workflow
    python script.py            (python script.py zh: 中文)

Beside it stand transfer.yaml, the rules, and roster.csv, who is who. The campaign is kept in transfer.db.
"""

import sys

from workflow import Campaign, Event

lang = sys.argv[1] if len(sys.argv) > 1 else "en"


def committed(events: tuple[Event, ...]) -> None:
    """After every commit: here a host would refresh a page, or send a message."""
    for event in events:
        print(f"    committed: {event.branch} #{event.seq} {event.kind}")


with Campaign.create("transfer.db", "transfer.yaml") as campaign:
    campaign.import_roster("roster.csv")
    stop = campaign.after_commit(committed)

    # What the clerk's form sends. With a key it may safely be sent twice.
    campaign.record("labour-bureau", "session", by="li", fields={"hours": 8}, lines=["li", "chen"], key="form-1")
    refused = campaign.move("labour-bureau", "apply", by="li", key="form-2")
    assert not refused.allowed  # a refusal is an answer, not an exception: show it ...
    print(campaign.explain(refused, lang))
    for finding in refused.standing:  # ... or build a page of it
        print(finding.code, [person.id for person in finding.holders], [member.id for member in finding.short])

    # The make-up, the application again, and the approval by somebody else.
    campaign.record("labour-bureau", "session", by="li", fields={"hours": 8}, lines=["xu"], key="form-3")
    campaign.record("labour-bureau", "summary", by="li", fields={"subject": "What we learnt"}, key="form-4")
    assert campaign.move("labour-bureau", "apply", by="li", key="form-5").allowed
    approved = campaign.move("labour-bureau", "approve", by="wang", key="form-6")
    print(campaign.explain(approved, lang))

    stop()
    assert campaign.move("labour-bureau", "approve", by="wang", key="form-6").repeated  # sent twice, done once
    assert campaign.why("labour-bureau").state == "analysis.working"
    assert not campaign.verify().breaks  # nobody has rewritten the ledger
