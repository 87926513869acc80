"""Birthdays: in the contact's own zone, ahead of the day, once a year."""

from datetime import date

import pytest

from pipelines.scenarios import model as m
from tests.journeys.world import empty_world, scenario, utc


def birthday(**more: object) -> m.Scenario:
    return scenario([{"send": "cake"}], name="birthday", trigger={"anniversary": "birth_date", "at": "09:00"} | more)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Europe/Paris", "2026-01-06 09:00"), ("America/New_York", "2026-01-06 15:00"), ("Pacific/Kiritimati", "2026-01-05 20:00"), (None, "2026-01-06 09:00")],
)
def test_a_morning_tick_serves_the_hour_of_the_day_in_the_zone_of_the_contact(zone: str | None, expected: str) -> None:
    world = empty_world()
    world.contact("ann", birth_date=date(1990, 1, 6), timezone=zone)
    world.ticks("2026-01-04 06:00", "2026-01-07 06:00", birthday())
    assert world.messages("not_before", "due_at") == [(expected, expected)]


@pytest.mark.parametrize(("offset", "expected"), [("-3 days", "2026-01-03 09:00"), ("0 days", "2026-01-06 09:00"), ("1 day", "2026-01-07 09:00")])
def test_offsets_count_calendar_days(offset: str, expected: str) -> None:
    world = empty_world()
    world.contact("ann", birth_date=date(1990, 1, 6))
    world.ticks("2026-01-02 06:00", "2026-01-07 06:00", birthday(offset=offset))
    assert world.messages("not_before") == [(expected,)]


def test_every_year_once_and_the_29th_of_february_is_the_28th_in_other_years() -> None:
    world = empty_world()
    world.contact("ann", birth_date=date(1988, 2, 29))
    days = [f"{year}-{day} 06:00" for year in (2026, 2027, 2028) for day in ("02-27", "02-28", "03-01")]
    world.ticks_at(sorted([*days, "2028-02-29 06:00"]), birthday())
    assert world.messages("not_before") == [("2026-02-28 09:00",), ("2027-02-28 09:00",), ("2028-02-29 09:00",)]


def test_nobody_has_a_birthday_on_the_day_of_birth() -> None:
    world = empty_world()
    world.contact("ann", birth_date=date(2026, 1, 6))
    world.tick("2026-01-06 06:00", birthday())
    assert world.messages() == []


def test_a_birthday_during_an_outage_is_expired_and_the_run_goes_on() -> None:
    world = empty_world()
    world.contact("ann", birth_date=date(1990, 1, 6))
    steps = [{"send": "cake"}, {"wait": "3 days"}, {"send": "reminder"}]
    again = scenario(steps, name="birthday", trigger={"anniversary": "birth_date", "at": "09:00"})
    world.ticks_at(["2026-01-04 06:00", "2026-01-08 06:00", "2026-01-11 06:00"], again)
    assert world.messages("step", "status", "reason") == [("cake", "dropped", "expired"), ("reminder", "to_send", None)]


@pytest.mark.parametrize(("day", "expected"), [("2026-03-29", "2026-03-29 01:30"), ("2026-10-25", "2026-10-25 00:30")], ids=["spring", "autumn"])
def test_an_hour_that_the_clock_skips_moves_forward_and_one_it_repeats_is_the_first(day: str, expected: str) -> None:
    world = empty_world()
    world.contact("ann", birth_date=date.fromisoformat(day).replace(year=1990))
    world.tick(f"{day} 00:30", birthday(at="02:30"))
    assert world.warehouse.value("select not_before from outbox.messages") == utc(expected, "UTC")
