"""When the letter of the day goes out: what the section `reminders` and `urgent` say, every wrong use, overlays and later versions."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.definition import load_document, load_file, load_text
from workflow.definition.differences import differences
from workflow.definition.effective import effective_yaml
from workflow.definition.loading import shipped
from workflow.definition.model import Reminders
from workflow.definition.versions import succeed
from workflow.errors import DefinitionFault

SECTION = "reminders: {at: 08:30, roles: {office: 16:00}, quiet: {from: 20:00, to: 07:00}}"
TEXT = f"""\
definition: letters
level: central
title: Letters
roles: {{clerk: {{scope: branch}}, office: {{scope: all}}}}
gates: {{gate: {{phases: [working], moves: {{leave: {{from: working, to: next_stage, by: office}}}}}}}}
stages: {{stage: {{gate: gate}}}}
deadlines:
  plan: {{title: Plan, due: 2026-03-31, owner: clerk, ladder: [-1d, 0d]}}
  drill: {{title: Drill, due: 2026-04-05, owner: clerk, ladder: [0d], urgent: true}}
{SECTION}
"""
OVERLAY = """\
definition: ours
level: district
title: Ours
extends: above
"""


def with_section(said: str) -> str:
    return TEXT.replace(SECTION, said)


def faults(said: str, lang: str = "en") -> list[str]:
    """What is said of the text with this section, which begins in line 10."""
    with pytest.raises(DefinitionFault) as caught:
        load_text(with_section(said))
    return [f"{fault.where.removeprefix('<text>:')} {fault.path}: {fault.text.say(lang)}" for fault in caught.value.faults]


# -- what is right -----------------------------------------------------------------------------------------------------


def test_times_by_role_and_quiet_hours() -> None:
    definition = load_text(TEXT)
    found = definition.reminders
    assert found == Reminders(at=time(8, 30), roles={"office": time(16)}, quiet=(time(20), time(7)))
    assert (found.time_for("office"), found.time_for("clerk")) == (time(16), time(8, 30))
    assert {name: deadline.urgent for name, deadline in definition.deadlines.items()} == {"plan": False, "drill": True}
    assert load_document(definition.document).reminders == found


@pytest.mark.parametrize("said", ["", "reminders: {}", "reminders: {roles: {}}", "reminders: {at: '08:00'}"])
def test_without_it_letters_go_out_at_eight_and_no_hour_is_quiet(said: str) -> None:
    found = load_text(with_section(said)).reminders
    assert found == Reminders()
    assert found.time_for("clerk") == time(8)
    assert not any(found.is_quiet(time(hour)) for hour in range(24))


@pytest.mark.parametrize(
    ("quiet", "silent"),
    [((time(20), time(7)), ["00:00", "06:59", "20:00", "23:59"]), ((time(12), time(13, 30)), ["12:00", "13:29"])],
)
def test_quiet_hours_begin_with_their_first_minute_and_end_before_their_last(quiet: tuple[time, time], silent: list[str]) -> None:
    asked = ("00:00", "06:59", "07:00", "12:00", "13:29", "13:30", "19:59", "20:00", "23:59")
    assert [at for at in asked if Reminders(quiet=quiet).is_quiet(time.fromisoformat(at))] == silent


@given(st.times(), st.times(), st.times())
def test_the_quiet_hours_and_those_between_them_are_the_day(start: time, end: time, at: time) -> None:
    if start != end:
        assert Reminders(quiet=(start, end)).is_quiet(at) is not Reminders(quiet=(end, start)).is_quiet(at)


# -- what is wrong -----------------------------------------------------------------------------------------------------


def test_all_faults_are_said_at_once_each_at_its_place() -> None:
    assert faults("reminders:\n  at: 8\n  roles: {offic: 25:00, clerk: 8h, office: 21:00}\n  quiet: {from: 20:00, to: 07:00}") == [
        "11:7 reminders.at: a number stands here (8), a time such as 08:00 was expected",
        "12:11 reminders.roles.offic: there is no role offic, did you mean office?",
        "12:18 reminders.roles.offic: 25:00 does not fit, a time such as 08:00 was expected",
        "12:32 reminders.roles.clerk: 8h does not fit, a time such as 08:00 was expected",
        "12:44 reminders.roles.office: 21:00 lies in the quiet hours (20:00 to 07:00), so nothing would ever go out;"
        " a time outside them was expected",
    ]


@pytest.mark.parametrize(
    ("said", "en", "zh"),
    [
        (
            "reminders: {at: 20:00, quiet: {from: 20:00, to: 07:00}}",
            "10:17 reminders.at: 20:00 lies in the quiet hours (20:00 to 07:00), so nothing would ever go out; a time outside them was expected",
            "10:17 reminders.at: 20:00 在免打扰时段（20:00 至 07:00）之内，提醒将永不发出；应为该时段以外的时刻",
        ),
        (
            "reminders: {quiet: {from: 07:00, to: 09:00}}",
            "10:20 reminders.quiet: letters go out at 08:00 unless at: says otherwise, and never from 07:00 to 09:00;"
            " at: was expected outside these hours",
            "10:20 reminders.quiet: 未写 at 时提醒于 08:00 发出，而此时段（07:00 至 09:00）内从不发送；应写明该时段以外的 at",
        ),
        (
            "reminders: {quiet: {from: 20:00, to: 20:00}}",
            "10:38 reminders.quiet.to: the quiet hours begin and end at 20:00, another time was expected",
            "10:38 reminders.quiet.to: 免打扰时段起止均为 20:00，应为另一时刻",
        ),
        (
            "reminders: {roles: {offic: 16:00}}",
            "10:21 reminders.roles.offic: there is no role offic, did you mean office?",
            "10:21 reminders.roles.offic: 没有角色 offic，是否指 office？",
        ),
        (
            "reminders: {quiet: {from: 20:00}}",
            "10:13 reminders.quiet: to is missing, it is required here",
            "10:13 reminders.quiet: 缺少 to，此处必填",
        ),
        (
            "reminders: 08:00",
            "10:12 reminders: a text stands here (08:00), a mapping was expected",
            "10:12 reminders: 此处是文本（08:00），应为映射",
        ),
        (
            "reminders: {hour: 08:00}",
            "10:13 reminders.hour: the key hour is unknown here, known: at, roles, quiet",
            "10:13 reminders.hour: 此处没有键 hour，已有：at、roles、quiet",
        ),
        (
            "reminders: {at: 07:30, hours: 3}",
            "10:24 reminders.hours: the key hours is unknown here, known: at, roles, quiet",
            "10:24 reminders.hours: 此处没有键 hours，已有：at、roles、quiet",
        ),
        (
            "reminders: {roles: {office: 16:00}, role: 3}",
            "10:37 reminders.role: the key role is unknown here, did you mean roles?",
            "10:37 reminders.role: 此处没有键 role，是否指 roles？",
        ),
    ],
)
def test_each_wrong_use(said: str, en: str, zh: str) -> None:
    assert (faults(said), faults(said, "zh")) == ([en], [zh])


def test_a_time_that_cannot_be_read_is_not_held_against_the_quiet_hours() -> None:
    assert faults("reminders: {at: 8, quiet: {from: 07:00, to: 09:00}}") == [
        "10:17 reminders.at: a number stands here (8), a time such as 08:00 was expected"
    ]


def test_urgent_is_yes_or_no() -> None:
    with pytest.raises(DefinitionFault) as caught:
        load_text(TEXT.replace("urgent: true", "urgent: very"))
    assert [fault.path for fault in caught.value.faults] == ["deadlines.drill.urgent"]


# -- lower levels and later versions -----------------------------------------------------------------------------------


def laid_over(folder: Path, own: str, above: str = TEXT) -> Path:
    (folder / "above.yaml").write_text(above, encoding="utf-8")
    path = folder / "ours.yaml"
    path.write_text(OVERLAY + own, encoding="utf-8")
    return path


def test_a_lower_level_has_its_own_times(tmp_path: Path) -> None:
    definition = load_file(laid_over(tmp_path, "reminders: {at: 09:00, roles: {clerk: 07:30}, quiet: {from: 18:00}}\n"))
    assert definition.reminders == Reminders(at=time(9), roles={"office": time(16), "clerk": time(7, 30)}, quiet=(time(18), time(7)))
    printed = effective_yaml(definition, "en").partition("reminders:")[2].splitlines()[1:]
    assert printed == [
        '  at: "09:00"  # district',
        "  roles:  # central",
        '    office: "16:00"  # central',
        '    clerk: "07:30"  # district',
        "  quiet:  # central",
        '    from: "18:00"  # district',
        '    to: "07:00"  # central',
    ]


def test_a_lower_level_says_them_where_nobody_did(tmp_path: Path) -> None:
    own = "reminders: {at: 09:00, quiet: {from: 18:00, to: 06:00}}\n"
    assert load_file(laid_over(tmp_path, own, with_section(""))).reminders == Reminders(at=time(9), quiet=(time(18), time(6)))


def test_quiet_hours_of_a_lower_level_may_not_silence_a_letter(tmp_path: Path) -> None:
    with pytest.raises(DefinitionFault) as caught:
        load_file(laid_over(tmp_path, "reminders: {quiet: {from: 15:00}}\ndeadlines: {plan: {urgent: true}}\n"))
    assert [fault.say("en").replace(f"{tmp_path}/", "") for fault in caught.value.faults] == [
        "above.yaml:10:40: reminders.roles.office: 16:00 lies in the quiet hours (15:00 to 07:00), so nothing would ever go out;"
        " a time outside them was expected",
        "ours.yaml:6:20: deadlines.plan.urgent: what is prescribed at above.yaml:8:3 (central) cannot be given urgent here",
    ]


def test_a_later_version_may_change_them_and_says_so() -> None:
    old = load_text(TEXT)
    said = "reminders: {at: 09:00, roles: {clerk: 07:30}}"
    new = succeed(old, load_text(with_section(said).replace(", urgent: true", "")), {})
    assert new.reminders == Reminders(at=time(9), roles={"clerk": time(7, 30)})
    assert [(each.path, each.kind, each.was and each.was.say("zh"), each.now and each.now.say("zh")) for each in differences(old, new)] == [
        ("reminders.at", "changed", "08:30", "09:00"),
        ("reminders.quiet", "changed", "20:00 至 07:00", None),
        ("deadlines.drill.urgent", "changed", "是", "否"),
        ("reminders.roles.clerk", "added", None, "07:30"),
        ("reminders.roles.office", "removed", "16:00", None),
    ]
    assert tuple(differences(old, load_text(TEXT))) == ()


def test_the_shipped_campaign_sends_nothing_at_night() -> None:
    found = load_file(shipped()["district-ten-groups-2005"]).reminders
    assert (found.time_for("secretary"), found.time_for("office")) == (time(8, 30), time(16))
    assert found.is_quiet(time(23))
