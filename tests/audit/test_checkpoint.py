"""Checkpoints: their text, their signatures, and what they prove."""

from __future__ import annotations

import builtins
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.audit.yard import busy, lesson
from tests.cli.conftest import Desk, desk  # noqa: F401 - a fixture
from tests.engine.yards import yards
from workflow import audit
from workflow.audit.proof import merkle
from workflow.audit.proof.checkpoint import leaf_of
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, NotFound
from workflow.ledger import events

# The example that the authors of signed notes give with their key.
KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = "This is an example message.\n"
SIGNATURE = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    busy(tmp_path / "test.db")
    with Campaign.open(tmp_path / "test.db") as opened:
        yield opened


def root_of(campaign: Campaign, size: int) -> bytes:
    return merkle.root(leaf_of(event.hash) for event in list(events(campaign.store))[:size])


# -- the text ----------------------------------------------------------------------------------------------------------------


def test_the_example_of_the_standard_is_read_and_written_alike() -> None:
    found = audit.parse(EXAMPLE)
    assert (found.origin, found.size, found.root.hex()[:8]) == ("example.com/behind-the-sofa", 20852163, "0ac5186a")
    assert [(s.name, s.key.hex(), len(s.value)) for s in found.signatures] == [("example.com/behind-the-sofa", "033de0ae", 64)]
    assert found.text == EXAMPLE
    more = "o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n"
    assert audit.parse(more).extensions == ("more",)
    assert audit.parse(more).text == more


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "three lines are expected"),
        ("o\n1\n", "three lines are expected"),
        (EXAMPLE[:-1], "three lines are expected"),
        (EXAMPLE.replace("20852163", "+1"), "the second line should be the number of events, found '+1'"),
        (EXAMPLE.replace("20852163", "007"), "the second line should be the number of events, found '007'"),
        (EXAMPLE.replace("CsUY", "CsU"), "the third line should be a hash in Base64"),
        (EXAMPLE.replace("CsUY", "中文中文"), "the third line should be a hash in Base64"),
        (EXAMPLE.replace("— ", "- "), "not a signature"),
        (EXAMPLE.replace("— example.com/behind-the-sofa Az3g", "— example.com/behind-the-sofa"), "not a signature"),
        (EXAMPLE.replace("sofa\n", "so\tfa\n"), "three lines are expected"),
    ],
)
def test_what_is_no_checkpoint_is_said_to_be_none(text: str, said: str) -> None:
    with pytest.raises(Misuse) as caught:
        audit.parse(text)
    assert caught.value.code == "not-a-checkpoint"
    assert said in caught.value.say("en")
    assert caught.value.say("zh").startswith("不是检查点：")


def test_a_checkpoint_says_what_the_ledger_is(campaign: Campaign) -> None:
    found = audit.checkpoint(campaign)
    first = next(iter(events(campaign.store)))
    assert (found.origin, found.size, found.signatures) == (f"workflow/yards/{first.hash[:16]}", 19, ())
    assert found.root == root_of(campaign, 19)
    assert audit.parse(found.text) == found
    assert audit.checkpoint(campaign) == found


def test_a_name_with_blanks_makes_an_origin_without() -> None:
    with Campaign.create(":memory:", yards(), name="第一批 100%+1") as named:
        assert audit.checkpoint(named).origin.startswith("workflow/第一批%20100%25%2B1/")


# -- signatures --------------------------------------------------------------------------------------------------------------


def test_the_known_signature_of_the_known_key() -> None:
    key, raw = audit.Verifier.parse(KEY), b64decode(SIGNATURE)
    assert (key.name, key.key.hex(), key.line) == ("example.com/foo", "530d903a", KEY)
    assert raw[:4] == key.key
    assert key.sound(raw[4:], NOTE)
    assert not key.sound(raw[4:], NOTE.replace("an", "no"))
    assert not key.sound(raw[5:], NOTE)


def test_a_signed_checkpoint_is_checked_with_the_public_half(campaign: Campaign, tmp_path: Path) -> None:
    taken, path = audit.checkpoint(campaign), tmp_path / "key.pem"
    key = audit.create_key(path, taken.origin)
    assert path.stat().st_mode & 0o777 == 0o600
    assert audit.verifier_of(path, taken.origin) == key == audit.Verifier.parse(key.line)
    signed = audit.parse(audit.sign(taken, path).text)
    assert (signed.body, key.verify(signed)) == (taken.text, None)
    assert str(key.verify(taken)).endswith("it is not signed")
    other = audit.create_key(tmp_path / "other.pem", taken.origin)
    assert f"it is signed by {taken.origin}" in str(other.verify(signed))
    assert other.verify(audit.sign(signed, tmp_path / "other.pem")) is None
    forged = audit.parse(signed.text.replace("\n19\n", "\n18\n"))
    assert "changed after it was signed" in str(key.verify(forged))


def test_keys_that_are_none(campaign: Campaign, tmp_path: Path) -> None:
    taken, path = audit.checkpoint(campaign), tmp_path / "key.pem"
    audit.create_key(path, taken.origin)
    with pytest.raises(Misuse, match="a key is never overwritten"):
        audit.create_key(path, taken.origin)
    with pytest.raises(NotFound, match="make one with `workflow audit key"):
        audit.sign(taken, tmp_path / "none.pem")
    (tmp_path / "no.pem").write_text("x")
    with pytest.raises(Misuse, match="is not an Ed25519 key"):
        audit.sign(taken, tmp_path / "no.pem")
    for line in ("", "a+b", KEY.replace("530d903a", "530d903b"), KEY[:-4]):
        with pytest.raises(Misuse, match="not a verifier key"):
            audit.Verifier.parse(line)


def test_without_the_library_the_line_to_install_it_is_said(campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Misuse) as caught:
        audit.create_key(tmp_path / "key.pem", "x")
    assert caught.value.say("en") == "signatures need cryptography: pip install 'campaign-workflow[sign]'"
    assert caught.value.say("zh") == "签名需要 cryptography：pip install 'campaign-workflow[sign]'"
    assert not (tmp_path / "key.pem").exists()
    assert audit.checkpoint(campaign).size == 19


# -- proofs ------------------------------------------------------------------------------------------------------------------


def test_every_event_is_proven_to_be_in_every_ledger_since(campaign: Campaign) -> None:
    written = list(events(campaign.store))
    for size in range(1, len(written) + 1):
        known = audit.Checkpoint(audit.checkpoint(campaign).origin, size, root_of(campaign, size))
        for event in written[:size]:
            found = audit.inclusion(campaign, event.branch or None, event.seq, known)
            assert found.holds
            assert (found.index, found.hash) == (event.position - 1, event.hash)
    with pytest.raises(Misuse) as caught:
        audit.inclusion(campaign, "y1", 8, audit.Checkpoint(known.origin, 18, root_of(campaign, 18)))
    assert caught.value.say("en") == "branch:y1 #8 is event 19 of the ledger, the checkpoint ends with event 18"
    with pytest.raises(NotFound):
        audit.inclusion(campaign, "y1", 99)
    with pytest.raises(Misuse, match="not of this ledger as it is now"):
        audit.inclusion(campaign, "y1", 1, audit.Checkpoint(known.origin, 18, root_of(campaign, 17)))


def test_a_proof_is_one_text_that_needs_nothing_else(campaign: Campaign) -> None:
    lines = audit.inclusion(campaign, "y0", 2).text.split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 4"]
    blank = lines.index("")
    path, kept = [b64decode(line) for line in lines[2:blank]], audit.parse("\n".join(lines[blank + 1 :]))
    event = next(e for e in campaign.timeline("y0") if e.seq == 2)
    assert merkle.included(merkle.leaf(bytes.fromhex(event.hash)), 4, kept.size, path, kept.root)


def test_a_later_ledger_begins_with_the_earlier_one(campaign: Campaign) -> None:
    old = audit.checkpoint(campaign)
    lesson(campaign, "y0", 2)
    new, path = audit.consistency(campaign, old)
    assert (old.size, new.size) == (19, 20)
    assert merkle.consistent(19, 20, old.root, new.root, path)
    assert audit.consistency(campaign, old, old) == (old, ())
    with pytest.raises(Misuse, match="the first checkpoint is the newer one"):
        audit.consistency(campaign, new, old)


# -- on the command line -------------------------------------------------------------------------------------------------------


def test_the_commands_hand_the_files_on(desk: Desk) -> None:  # noqa: F811
    busy(Path(desk.db))
    at = {name: str(desk.folder / name) for name in ("key.pem", "key.pub", "one", "proof")}
    line = desk.run("audit", "key", at["key.pem"]).stdout
    Path(at["key.pub"]).write_text(line, encoding="utf-8")
    assert desk.run("audit", "key", at["key.pem"], "--existing").stdout == line
    said = desk.run("audit", "checkpoint", at["one"], "--sign", at["key.pem"]).stdout
    assert said == f"written: {at['one']} (19 events); keep it where nobody who writes this ledger can reach it\n"
    assert Path(at["one"]).read_text("utf-8").startswith(desk.run("audit", "checkpoint").stdout)
    said = desk.run("audit", "verify", "--checkpoint", at["one"], "--key", at["key.pub"]).stdout
    assert "✓ checkpoints: 1, each still the beginning of this ledger" in said
    assert "?" not in said
    assert "? Signatures were not checked" in desk.run("audit", "verify", "--checkpoint", at["one"]).stdout
    assert "✓ branch:y0 #2 is event 5 of the 19" in desk.run("audit", "inclusion", "y0", "2", "--out", at["proof"]).stdout
    assert Path(at["proof"]).read_text("utf-8") == desk.json("audit", "inclusion", "y0", "2")["text"]
    assert desk.json("audit", "inclusion", "1", "--campaign", "--checkpoint", at["one"])["index"] == 0
    assert "begins with the 19 of the first checkpoint" in desk.run("audit", "consistency", at["one"]).stdout
    assert desk.json("audit", "consistency", at["one"], at["one"])["path"] == []
    assert desk.run("audit", "rebuild").stdout == "The tables are what the ledger makes them: nothing to rebuild.\n"
    assert "there is no file nowhere" in desk.run("audit", "verify", "--checkpoint", "nowhere", code=2).stderr
    assert "expected BRANCH SEQ, found 2" in desk.run("audit", "inclusion", "2", code=2).stderr
