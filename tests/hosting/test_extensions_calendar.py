"""Working days of a host's own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.hosting.extensions_ground import TEXT, kit, opened, plant_days, rules
from workflow import DefinitionFault, WorkflowError


class Days:
    def __init__(self, worked: Any) -> None:
        self.worked = worked

    def is_working_day(self, day: date) -> bool:
        found: bool = self.worked(day)
        return found

    def is_confirmed(self, _year: int) -> bool:
        return False


def test_deadlines_count_the_hosts_working_days() -> None:
    with opened() as campaign:
        (item,) = campaign.dues("b1")
        assert (item.day, item.confirmed) == ("2026-03-08", True)  # Saturday and Sunday
    with opened(kit(plant_days(Days(lambda day: day.day % 5 == 0)))) as campaign:
        (item,) = campaign.dues("b1")
        assert (item.day, item.confirmed) == ("2026-03-10", False)  # 5 and 10 March
        finding = next(f for f in campaign.ask("b2", "close").findings if f.code == "limits")
        assert (finding.due, finding.unconfirmed) == ("2026-03-10", True)


def test_what_is_closed_is_closed_on_the_hosts_days_too() -> None:
    closed = "closed: [{from: 2026-03-07, to: 2026-03-07, title: {en: stocktaking, zh: 盘点}}]"
    calendar = rules(TEXT.replace("source: plant_days,", f"source: plant_days, {closed},")).calendar
    assert (calendar.source, calendar.country) == ("plant_days", None)
    assert calendar.add_working_days(date(2026, 3, 2), 2) == date(2026, 3, 14)
    assert calendar.rests_on_confirmed(date(2026, 3, 2), date(2026, 12, 31))
    assert not calendar.is_confirmed(2027)


@pytest.mark.parametrize(
    ("calendar", "path", "said"),
    [
        ("source: shifts", "calendar.source", "shifts is no calendar among the extensions; known: plant_days"),
        ("source: within_budget", "calendar.source", "within_budget is no calendar among the extensions; known: plant_days"),
        ("source: plant_days, country: CN", "calendar.source", "one of the two was expected"),
    ],
)
def test_only_a_registered_calendar_may_be_named(calendar: str, path: str, said: str) -> None:
    with pytest.raises(DefinitionFault) as refused:
        rules(TEXT.replace("source: plant_days", calendar))
    (fault,) = refused.value.faults
    assert fault.path == path
    assert fault.say("en").endswith(said)
    assert fault.where.startswith("purchases.yaml:6:")


@pytest.mark.parametrize(
    ("worked", "said"), [(lambda _: 1 / 0, "ZeroDivisionError"), (lambda _: 1, "TypeError: true or false was expected")]
)
def test_a_calendar_that_breaks_is_an_error_with_a_code(worked: Any, said: str) -> None:
    with opened(kit(plant_days(Days(worked)))) as campaign, pytest.raises(WorkflowError) as broken:
        campaign.dues("b1")
    assert broken.value.code == "extension-broke"
    assert f"plant_days: {said}" in broken.value.say("en")
    assert f"宿主程序的扩展出错：plant_days: {said}" in broken.value.say("zh")
