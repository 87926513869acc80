"""The head of a scenario → rows: how contacts enter, the rules at the door, the windows."""

from datetime import timedelta
from typing import assert_never

from pipelines.scenarios import model as m
from pipelines.scenarios.compiled import Entry, TriggerRow, WindowRow

DAY = 86_400
PROSPECTS = "qualified_leads"
"""The segment of those whose lead score has reached the threshold of the settings."""


def seconds_of(clock: str) -> int:
    """Return a time such as `09:30` as seconds after midnight."""
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def trigger_row(trigger: m.Trigger) -> TriggerRow:
    match trigger:
        case m.ActivityTrigger():
            settle = _seconds(trigger.settle) if trigger.settle else None
            return TriggerRow("activity", ",".join(trigger.activity), trigger.where, trigger.key, settle, _seconds(trigger.max_age))
        case m.SegmentTrigger():
            change = "entered" if trigger.segment.entered else "left"
            segment = trigger.segment.entered or trigger.segment.left
            return TriggerRow("segment", segment=segment, change=change, backfill=trigger.backfill.max if trigger.backfill else None)
        case m.ScoreTrigger():
            return TriggerRow("segment", segment=PROSPECTS, change="entered")
        case m.AnniversaryTrigger():
            return TriggerRow("anniversary", offset_days=int(trigger.offset.split()[0]), clock=seconds_of(trigger.at))
        case m.DateTrigger():
            return TriggerRow(
                "date", query=trigger.where, key=trigger.carried_by.key, max_age_seconds=_seconds(trigger.max_age), source=trigger.date,
                offset_days=int(trigger.offset.split()[0]), clock=seconds_of(trigger.at) if trigger.at else None,
            )  # fmt: skip
        case m.CampaignTrigger():
            return _campaign(trigger)
        case m.UnansweredTrigger(asked=asked):
            event = "opened" if trigger.not_opened else "clicked"
            return TriggerRow("unanswered", message=asked.message, event=event, within_seconds=_seconds(asked.after), max_age_seconds=_seconds(trigger.max_age))
        case m.ProductTrigger(interest=interest):
            drop = None if trigger.product == "restocked" else trigger.product.price_dropped
            within = _seconds(interest.within) if interest.within else None
            return TriggerRow(
                "product", key="product_id", max_age_seconds=_seconds(trigger.max_age), source=interest.kind, within_seconds=within, price_drop=drop
            )
        case m.ScenarioTrigger():
            return TriggerRow("scenario", source=trigger.scenario, max_age_seconds=_seconds(m.MAX_AGE))
        case _:
            assert_never(trigger)


def _campaign(trigger: m.CampaignTrigger) -> TriggerRow:
    if trigger.at:
        return TriggerRow("campaign", segment=trigger.segment, clock=trigger.at.hour * 3600 + trigger.at.minute * 60, on_date=str(trigger.at.date()))
    assert trigger.every
    every = trigger.every
    return TriggerRow("campaign", segment=trigger.segment, clock=seconds_of(every.clock), isodow=every.isodow, month=every.month, day=every.day)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def entry_row(scenario: m.Scenario) -> Entry:
    reentry, cooldown = ("cooldown", scenario.reentry.cooldown) if isinstance(scenario.reentry, m.Cooldown) else (scenario.reentry, None)
    seconds = int(cooldown.total_seconds()) if cooldown else None
    in_days = seconds is not None and seconds % DAY == 0
    goal = scenario.goal
    return Entry(
        category=scenario.category, topic=scenario.topic, priority=scenario.priority, reentry=reentry,
        cooldown_seconds=None if in_days else seconds, cooldown_days=seconds // DAY if in_days and seconds else None,
        goal_seconds=int(goal.within.total_seconds()) if goal and goal.within else None, goal_target=goal.target if goal else None,
        goal_by=goal.by if goal else None,
        holdout=scenario.holdout,
        rollout=scenario.rollout, exclusive_with=",".join(scenario.exclusive_with) or None, audience_in=",".join(scenario.audience.within) or None,
        audience_not_in=",".join(scenario.audience.not_in) or None, audience_where=scenario.audience.where,
    )  # fmt: skip


def state_of(scenario: m.Scenario) -> str:
    match scenario.status:
        case "paused":
            return f"paused:{scenario.paused}"
        case "stopped":
            return f"stopped:{scenario.stopped}"
        case status:
            return status


def window_rows(window: m.Window) -> list[WindowRow]:
    opens, closes = seconds_of(window.opens), seconds_of(window.closes)
    return [WindowRow(window.window_id, day, opens, closes if closes > opens else closes + DAY) for day in window.days]
