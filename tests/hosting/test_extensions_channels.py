"""Channels of a host's own: passed to `tick` and `deliver`, or brought to the command line by an installed package."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from attrs import define, field

from tests.hosting.extensions_ground import opened
from tests.story import ROOT
from workflow import Campaign, Misuse
from workflow.clock import VirtualClock
from workflow.reminders import Address, Message, Notice, deliver, post, set_address, tick
from workflow.reminders.channels import of_packages
from workflow.reminders.message import Letter

MODULE = """
class Sms:
    name = "sms"

    def __init__(self, path):
        self.path = path

    def send(self, message):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(f"{message.address} {message.person}\\n")
        return "taken"


def channel(env):
    return Sms(env["SMS_FILE"]) if env.get("SMS_FILE") else None


def broken(env):
    raise OSError("password=hunter2")
"""


@define
class Pigeon:
    """A host's channel needs a name and `send`, and nothing of ours to inherit from."""

    sent: list[Message] = field(factory=list)
    name: str = "pigeon"

    def send(self, message: Message) -> str:
        self.sent.append(message)
        return f"ring-{len(self.sent)}"


def test_a_host_passes_its_own_channel() -> None:
    pigeon = Pigeon()
    with opened() as campaign:
        set_address(campaign.store, Address("li", "pigeon", "north loft", "zh"), campaign.now)
        clock = campaign._desk.clock
        assert isinstance(clock, VirtualClock)
        assert tick(campaign, [pigeon]).digests == 0
        clock.advance(days=6)
        done = tick(campaign, [pigeon])
        assert (done.digests, done.delivered.sent) == (2, 1)  # he has no address
        assert deliver(campaign.store, lambda: campaign.now, [pigeon]).sent == 0
    (message,) = pigeon.sent
    assert (message.person, message.address, message.lang) == ("li", "north loft", "zh")


def installed(where: Path, points: str = "sms = our_sms:channel") -> dict[str, str]:
    """A package as pip would install it, and the environment in which it is found."""
    info = where / "our_sms-1.0.dist-info"
    info.mkdir(parents=True)
    (where / "our_sms.py").write_text(MODULE, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: our-sms\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[workflow.channels]\n{points}\n", encoding="utf-8")
    return {**os.environ, "PYTHONPATH": f"{where}{os.pathsep}{ROOT}", "WORKFLOW_LANG": "en"}


def run(env: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "workflow", *args], env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """An ordinary campaign, for rehearsals write to nobody, with a notice for li that waits."""
    path = tmp_path / "moves.db"
    with Campaign.create(path, ROOT / "examples" / "office-move.yaml") as campaign:
        campaign.import_roster([{"branch": "b1", "title": "B1"}, {"branch": "b1", "person": "li", "name": "Li", "roles": "clerk"}])
        with campaign.store.write():
            letters = {lang: Letter("subject", "text") for lang in ("en", "zh")}
            post(campaign.store, [Notice(id="one", person="li", day=campaign.today, letters=letters, items=())], campaign.now)
    return path


def test_the_command_line_takes_the_channels_of_installed_packages(db: Path, tmp_path: Path) -> None:
    env, out = installed(tmp_path / "site"), tmp_path / "sms.txt"
    address = run(env, "remind", "address", "li", "--channel", "sms", "+86 10", "--db", str(db))
    assert "+86 10" in address.stdout, address.stderr
    idle = run(env, "remind", "send", "--db", str(db))  # installed, but not set up
    assert "! sms: no package installed here brings this channel, or it is not set up" in idle.stdout
    assert "sms：此处安装的软件包均无此通道" in run(env, "remind", "send", "--db", str(db), "--lang", "zh").stdout
    sent = run({**env, "SMS_FILE": str(out)}, "remind", "send", "--db", str(db))
    assert sent.stdout.startswith("sent: 1, to be tried again: 0, given up: 0, waiting: 0"), sent.stderr
    assert out.read_text(encoding="utf-8") == "+86 10 li\n"


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("sms = our_sms:broken", "channel sms (our_sms:broken): it could not be set up (OSError)"),
        ("sms = our_smss:channel", "it could not be set up (ModuleNotFoundError)"),
        ("mail = our_sms:channel", "channel mail (our_sms:channel): there is another channel of that name"),
        ("text = our_sms:channel", "channel text (our_sms:channel): the channel it gives has another name"),
    ],
)
def test_a_package_that_is_not_in_order_is_a_setting_to_put_right(db: Path, tmp_path: Path, points: str, said: str) -> None:
    env = {**installed(tmp_path / "site", points), "SMS_FILE": str(tmp_path / "sms.txt")}
    done = run(env, "remind", "send", "--db", str(db))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_packages_are_asked_in_the_order_of_their_names() -> None:
    points = [EntryPoint(name, f"{__name__}:{name}", "workflow.channels") for name in ("pigeon", "none")]
    assert [channel.name for channel in of_packages({}, points)] == ["pigeon"]
    with pytest.raises(Misuse) as twice:
        of_packages({}, [points[0], points[0]])
    assert twice.value.code == "channel-settings"


def pigeon(_env: Mapping[str, str]) -> Pigeon:
    return Pigeon()


def none(_env: Mapping[str, str]) -> None:
    return None
