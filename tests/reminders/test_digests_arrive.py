"""The bureau's digests in Chinese, from the ledger to a real mailbox and a real webhook."""

from __future__ import annotations

from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from tests.reminders.ground import Hook, Letterbox, http, mail, smtp
from tests.story import Story
from workflow.reminders import Address, set_address, tick
from workflow.reminders.channels import Webhook

KEY = "X-Idempotency-Key"


@pytest.fixture
def story() -> Iterator[Story]:
    """On the evening of Sunday, 6 March 2005: the branch is at work, nothing was reported, and nobody was told of anything yet."""
    told = Story().mobilised()
    told.day("2005-03-06")
    for person in ("li", "group-sun"):
        for channel in ("mail", "webhook"):
            set_address(told.campaign.store, Address(person, channel, f"{person}@example.org", "zh"), told.campaign.now)
    tick(told.campaign)  # on a Sunday nothing is said
    assert told.campaign.store.rows("SELECT * FROM workflow_notice") == []
    yield told
    told.campaign.close()


def read(content: bytes) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(content)  # type: ignore[return-value]


def test_digests_reach_a_mailbox_and_a_webhook_in_chinese(story: Story) -> None:
    box, hook = Letterbox(), Hook()
    with smtp(box) as port, http(hook) as url:
        story.day("2005-03-07")
        ticked = tick(story.campaign, [mail(port), Webhook(url)])
        again = tick(story.campaign, [mail(port), Webhook(url)])
    assert (ticked.digests, ticked.delivered.sent, ticked.delivered.waiting) == (2, 4, 0)
    assert (again.digests, again.delivered.sent) == (0, 0)

    letters = {recipient: read(content) for recipient, content in box.taken}
    assert sorted(letters) == ["group-sun@example.org", "li@example.org"]
    letter = letters["group-sun@example.org"]
    plain = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    page = letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert letter["Subject"].startswith("期限提醒（2005-03-07）：")
    for text in (plain, page):
        assert "向办公室和督导组报送主题实践活动情况" in text
        assert "按规定上报您（督导组）" in text
        assert "责任人：Li（支部书记）" in text
    assert "办理要求" in plain
    assert "workflow why b1" in plain

    posted = {said["person"]: (headers, said) for _, headers, said in hook.taken}
    assert set(posted) == {"li", "group-sun"}
    headers, said = posted["group-sun"]
    assert said["subject"] == letter["Subject"]
    assert "向办公室和督导组报送主题实践活动情况" in said["text"]
    assert {item["deadline"] for item in said["items"]} >= {"theme_report_due"}
    assert headers[KEY] == letter[KEY] == said["key"]  # one message, whichever way it came
