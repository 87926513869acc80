"""The closed lists of the tables in a manager's words."""

WORDS = {
    "no_consent": "no consent", "suppressed": "unsubscribed, bounced or complained", "unreachable": "no address", "capped": "cap reached",
    "lower_priority": "a more important message went", "quiet_hours": "waits for its window", "not_yet": "waits for its hour",
    "expired": "too late", "exited_before_send": "left the scenario first", "holdout": "holdout", "not_sent": "run without sending",
    "stale_source": "source is late", "scenario_paused": "scenario paused", "guard_tripped": "guard", "invalid_content": "template failed",
    "sender_quota": "sender's quota", "refused": "refused by the provider", "already_entered": "already entered", "still_in": "still in it",
    "cooldown": "entered lately", "trigger_too_old": "trigger too old", "not_in_audience": "not in the audience",
    "goal_already_met": "goal already met", "exit_already_met": "exit already met", "unknown_contact": "unknown contact",
    "converted": "reached the goal", "goal_before_message": "reached the goal before any message", "exited": "left by a rule",
    "completed": "went to the end", "ejected": "scenario stopped",
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
