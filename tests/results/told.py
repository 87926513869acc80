"""A tick with something of everything, as rows: what the report of it must say is counted from these lists."""

from datetime import date, datetime, timedelta
from typing import Any

from pipelines.warehouse.duckdb import Warehouse

AS_OF = datetime(2026, 9, 21, 4)
BEFORE = AS_OF - timedelta(days=1)
FATES: dict[str, list[tuple[str, str | None, tuple[str, ...], int]]] = {
    "abandoned_cart": [
        ("to_send", None, ("claimed", "accepted"), 1204),
        ("held", "quiet_hours", (), 88),
        ("dropped", "no_consent", (), 96),
        ("dropped", "capped", (), 41),
        ("dropped", "holdout", (), 63),
    ],
    "birthday": [("held", "not_yet", (), 37), ("dropped", "suppressed", (), 3), ("dropped", "lower_priority", (), 2)],
    "welcome": [
        ("to_send", None, ("claimed", "accepted"), 152),
        ("to_send", None, ("claimed", "unknown"), 2),
        ("to_send", None, ("claimed", "retry"), 4),
        ("to_send", None, (), 9),
        ("dropped", "refused", ("claimed", "refused"), 1),
    ],
    "win_back": [],
}
STATES = {"abandoned_cart": "live", "birthday": "live", "welcome": "live", "win_back": "held: stale_source"}
ENTERED = {"abandoned_cart": (3000, 330), "birthday": (700, 20), "welcome": (4000, 0), "win_back": (600, 600)}
CONVERTED = {"abandoned_cart": (372, 33), "birthday": (51, 1), "welcome": (401, 0), "win_back": (60, 30)}
REFUSED = {"abandoned_cart": [("goal_already_met", 210), ("not_in_audience", 64)], "welcome": [("already_entered", 12)]}
ANSWERED = {"welcome": {"email": (50, 20, 3, 5), "sms": (10, 0, 0, 1)}, "birthday": {"email": (8, 0, 0, 0)}}
"""Messages handed over the day before: how many, opened by people, opened by machines only, clicked."""
GOAL_SECONDS = 86_400
ENDED = {"abandoned_cart": [("converted", 74), ("completed", 301), ("exited", 12)], "welcome": [("goal_before_message", 5)]}


def tell(warehouse: Warehouse) -> None:
    """Write the tick, and some that came before, into an empty warehouse."""
    put(warehouse, "runs.ticks", [{"as_of": at, "day": at.date(), "started_at": at, "status": "committed", "send": True} for at in (BEFORE, AS_OF)])
    for scenario in FATES:
        tell_scenario(warehouse, scenario)
    tell_segments(warehouse)
    tell_audiences(warehouse)
    tell_sources(warehouse)
    guard = {"scenario": "birthday", "tripped_at": AS_OF, "entries": 5200, "usual": 40}
    put(warehouse, "runs.guards", [guard, {**guard, "scenario": "welcome", "released_at": AS_OF}])


def tell_scenario(warehouse: Warehouse, scenario: str) -> None:
    version = {"scenario": scenario, "fingerprint": "x", "first_as_of": BEFORE, "category": "marketing", "topic": "promotions", "priority": 50, "holdout": 0.1}
    aims = [{"goal_target": 0.5}, {"goal_target": 0.12, "goal_by": date(2026, 9, 30)}]
    numbered = [{**version, **goal, "version": number, "reentry": "never", "goal_seconds": GOAL_SECONDS} for number, goal in enumerate(aims, 1)]
    put(warehouse, "journeys.versions", numbered)
    condition = {"scenario": scenario, "condition": 0, "role": "goal", "kind": "did", "activities": "order_placed"}
    put(warehouse, "journeys.conditions", [{**condition, "version": number} for number in (1, 2)])
    treated, ghosts = ENTERED[scenario]
    figures = {"entered": 1402, "refused": 274, "ended": 387, "converted": 74, "in_flight": 5120, "due": 0, "to_send": 0, "held": 0, "dropped": 0}
    put(warehouse, "results.scenarios", [{"scenario": scenario, "as_of": AS_OF, "state": STATES[scenario], **figures}])
    enrolments = [(f"{scenario}:{number}", number >= treated) for number in range(treated + ghosts)]
    common = {"scenario": scenario, "version": 1, "contact_id": "c"}
    moments = {"triggered_at": BEFORE, "entered_at": BEFORE, "entered_as_of": BEFORE}
    runs = [{**common, **moments, "enrolment_id": key, "contact_id": key, "entry_key": key, "ghost": ghost} for key, ghost in enrolments]
    put(warehouse, "journeys.enrolments", runs)
    met = enrolments[: CONVERTED[scenario][0]] + enrolments[treated : treated + CONVERTED[scenario][1]]
    goal = {"scenario": scenario, "contact_id": "c", "goal": "order_placed", "met_at": BEFORE, "as_of": AS_OF, "value": 40}
    put(warehouse, "results.goals", [{**goal, "enrolment_id": key, "ghost": ghost} for key, ghost in met])
    order = {"ordered_at": BEFORE + timedelta(hours=1), "total": 40, "loaded_from": "orders", "loaded_at": AS_OF}
    put(warehouse, "raw.orders", [{**order, "order_id": key, "contact_id": key} for key, _ in met])
    refusals = [why for why, number in REFUSED.get(scenario, []) for _ in range(number)]
    decision = {**common, "as_of": AS_OF, "decided_at": AS_OF, "outcome": "refused"}
    put(warehouse, "journeys.decisions", [{**decision, "enrolment_id": str(number), "reason": why} for number, why in enumerate(refusals)])
    endings = [outcome for outcome, number in ENDED.get(scenario, []) for _ in range(number)]
    ending = {**common, "entered_at": BEFORE, "ended_at": AS_OF, "as_of": AS_OF, "ghost": False}
    put(warehouse, "journeys.endings", [{**ending, "enrolment_id": str(number), "outcome": outcome} for number, outcome in enumerate(endings)])
    tell_messages(warehouse, scenario)
    tell_answers(warehouse, scenario)


def tell_messages(warehouse: Warehouse, scenario: str) -> None:
    fixed = message(scenario, AS_OF)
    messages, sends = [], []
    for place, (status, reason, states, number) in enumerate(FATES[scenario]):
        for each in range(number):
            key = f"{scenario}:{place}:{each}"
            messages.append({**fixed, "message_key": key, "status": status, "reason": reason})
            sends += [{"message_key": key, "sender": "mail_out", "attempt": 1, "state": state, "changed_at": AS_OF} for state in states]
    put(warehouse, "outbox.messages", [*messages, {**fixed, "message_key": f"{scenario}:old", "as_of": BEFORE, "status": "to_send", "reason": None}])
    put(warehouse, "delivery.sends", sends)


def message(scenario: str, as_of: datetime, channel: str = "email") -> dict[str, Any]:
    """Return a row of outbox.messages that lacks its key and its fate."""
    return {
        "as_of": as_of, "scenario": scenario, "version": 1, "step": "s", "enrolment_id": "e", "contact_id": "c", "channel": channel, "topic": "promotions",
        "category": "marketing", "template": "t", "locale": "fr", "due_at": as_of, "not_before": as_of, "expires_at": as_of, "priority": 50,
        "changed_at": as_of,
    }  # fmt: skip


def tell_answers(warehouse: Warehouse, scenario: str) -> None:
    for channel, (handed_over, opened, machines, clicked) in ANSWERED.get(scenario, {}).items():
        keys = [f"{scenario}:{channel}:{number}" for number in range(handed_over)]
        put(warehouse, "outbox.messages", [{**message(scenario, BEFORE, channel), "message_key": key, "status": "to_send"} for key in keys])
        send = {"sender": "mail_out", "attempt": 1, "state": "accepted", "changed_at": BEFORE}
        put(warehouse, "delivery.sends", [{**send, "message_key": key} for key in keys])
        told = [("opened", None, keys[:opened]), ("opened", "machine", keys[opened : opened + machines]), ("clicked", None, keys[:clicked])]
        happened = {"channel": channel, "occurred_at": BEFORE + timedelta(hours=2), "loaded_from": "mail", "loaded_at": AS_OF}
        rows = [
            {**happened, "event_id": f"{kind}:{key}", "message_key": key, "kind": kind, "reason": reason} for kind, reason, told_of in told for key in told_of
        ]
        put(warehouse, "raw.message_events", rows)


def tell_audiences(warehouse: Warehouse) -> None:
    kept_out = {"no_consent": 1204, "suppressed": 31, "unreachable": 0, "held_out": 63}
    sizes = [{"audience": "loyal_lookalikes", "as_of": as_of, "members": members, **kept_out} for as_of, members in ((BEFORE, 902), (AS_OF, 912))]
    put(warehouse, "audiences.sizes", sizes)
    told = {"audience": "loyal_lookalikes", "as_of": AS_OF, "decided_at": AS_OF, "written": True}
    files = [(7, "removes", 4), (8, "adds", 12), (9, "adds", 2)]
    put(warehouse, "audiences.files", [{**told, "number": n, "action": action, "name": f"f{n}.csv", "lines": lines} for n, action, lines in files])
    given = {"audience": "comebacks", "fingerprint": "f", "since": BEFORE}
    put(warehouse, "audiences.given", [{**given, "member": who, "kind": kind, "hash": "h"} for who, kind in (("a", "email"), ("b", "email"), ("a", "phone"))])


def tell_segments(warehouse: Warehouse) -> None:
    size = {"status": "built", "entered": 12, "left_count": 3}
    for segment, start, step in (("cold_prospects", 31250, -40), ("lapsed_customers", 9800, 55), ("loyal_customers", 2210, 3)):
        ticks = [{**size, "segment": segment, "as_of": AS_OF - timedelta(days=ago), "members": start - step * ago + ago * ago % 7 * 9} for ago in range(40)]
        put(warehouse, "segments.sizes", ticks)
    held = {
        "segment": "price_sensitive",
        "as_of": AS_OF,
        "members": 1482,
        "status": "held",
        "reason": "it returns 3 rows too many: a contact is returned more than once",
    }
    put(warehouse, "segments.sizes", [{**held, "entered": 0, "left_count": 0}])


def tell_sources(warehouse: Warehouse) -> None:
    load = {"as_of": AS_OF, "files": 1, "inserted": 48211, "replaced": 12, "rejected": 0, "newest_at": BEFORE, "status": "fresh"}
    late = "nothing newer than 2026-09-18, allowed are 2 days"
    put(warehouse, "raw.loads", [
        {**load, "source": "orders", "contract": "orders", "files": 0, "inserted": 0, "status": "stale", "reason": late},
        {**load, "source": "contacts", "contract": "contacts", "rejected": 3},
        {**load, "source": "site_events", "contract": "site_events", "inserted": 1204338},
    ])  # fmt: skip
    reject = {"source": "contacts", "file": "data/contacts/2026-09-20.csv", "loaded_at": AS_OF}
    put(warehouse, "raw.rejects", [
        {**reject, "line": 18, "reason": "`not-an-address` is not an e-mail address"},
        {**reject, "line": 7, "reason": "`jean@@nulle-part` is not an e-mail address"},
        {**reject, "line": 44, "reason": "no contact_id"},
    ])  # fmt: skip


def put(warehouse: Warehouse, table: str, rows: list[dict[str, Any]]) -> None:
    names = sorted({name for row in rows for name in row})
    warehouse.append(table, names, [tuple(row.get(name) for name in names) for row in rows])
