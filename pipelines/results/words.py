"""The closed lists of the tables in a manager's words."""

from pipelines.results.goals import Aim, Revenue

WORDS = {
    "no_consent": "no consent", "suppressed": "unsubscribed, bounced or complained", "unreachable": "no address", "capped": "cap reached",
    "lower_priority": "a more important message went", "quiet_hours": "waits for its window", "not_yet": "waits for its hour",
    "expired": "too late", "exited_before_send": "left the scenario first", "holdout": "holdout", "not_sent": "run without sending",
    "stale_source": "source is late", "scenario_paused": "scenario paused", "guard_tripped": "guard", "invalid_content": "template failed",
    "sender_quota": "sender's quota", "sender_retry": "provider could not take it yet",
    "halted": "hand-over is halted", "unknown": "may have gone",
    "refused": "refused by the provider", "already_entered": "already entered", "still_in": "still in it",
    "cooldown": "entered lately", "trigger_too_old": "trigger too old", "not_in_audience": "not in the audience",
    "goal_already_met": "goal already met", "exit_already_met": "exit already met", "unknown_contact": "unknown contact",
    "converted": "reached the goal", "goal_before_message": "reached the goal before any message", "exited": "left by a rule",
    "no_code": "no code was left", "completed": "went to the end", "ejected": "scenario stopped",
    "moved": "moved to another version", "had_before": "had it before", "held_out": "holdout",
    "synced": "added to the audience", "unsynced": "removed from the audience",
}  # fmt: skip


def words(reason: str) -> str:
    """Return a reason, outcome or name as people say it."""
    return WORDS.get(reason, reason.replace("_", " "))


def state_words(state: str) -> str:
    """Return `held: stale_source: orders` in words; how a paused or stopped scenario treats its contacts follows in brackets."""
    kind, *details = state.split(":", 2)
    if kind != "held":
        return " ".join([kind, *(f"({detail.strip()})" for detail in details)])
    return ": ".join([kind, *(words(detail.strip()) if place == 0 else detail.strip() for place, detail in enumerate(details))])


def aim_words(aim: Aim) -> str:
    """Return how far an aim is: `12.0 % by 31 March 2027 (191 days left): reached so far, 372 of 3000, 103 % of the way`."""
    over = aim.days_left is not None and aim.days_left < 0
    when = f" by {aim.by.day} {aim.by:%B %Y}" if aim.by else ""
    left = "" if aim.days_left is None or over else f" ({aim.days_left} day{'s' if aim.days_left != 1 else ''} left)"
    state = "reached so far" if aim.state == "reached" and not over else aim.state
    far = "nobody entered" if aim.progress is None else f"{aim.reached} of {aim.entered}, {aim.progress * 100:.0f} % of the way"
    return f"{aim.target * 100:.1f} %{when}{left}: {state}, {far}"


def since_words(revenue: Revenue) -> str:
    """Return the time that orders counted in: `within 5 days of entering`."""
    return f"within {revenue.within} of entering" if revenue.within else "since entering"
