"""Which statements of a tick each word of the language needs: those that nobody makes use of are not run."""

from collections.abc import Iterable, Mapping, Set
from pathlib import Path

from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
BEFORE_MOVING = ("eject.sql",)
BEFORE_A_WALK = (
    "unused_codes.sql", "holds.sql", "joined.sql", "lost.sql", "moments.sql", "dates_awaited.sql", "openings.sql", "arms_given.sql", "had.sql",
)  # fmt: skip
"""What a walk needs to know, in the order in which it is found out."""
AFTER_A_WALK = ("put_off.sql", "give_codes.sql", "starts.sql", "audiences_asked.sql")
AFTER_MOVING = ("tags.sql",)
NOTHING: Set[str] = frozenset()
NEEDS: Mapping[str, Set[str]] = {
    # kinds of steps
    "send": NOTHING,
    "wait": NOTHING,
    "wait_until": {"moments.sql"},
    "wait_days": {"moments.sql"},
    "wait_date": {"dates_awaited.sql"},
    "wait_for": NOTHING,
    "if": NOTHING,
    "split": {"arms_given.sql"},
    "offer": {"give_codes.sql"},
    "start": {"starts.sql"},
    "tag": {"tags.sql"},
    "untag": {"tags.sql"},
    "sync": {"audiences_asked.sql"},
    "unsync": {"audiences_asked.sql"},
    "exit": NOTHING,
    # kinds of conditions
    "message": {"holds.sql", "lost.sql"},
    "did": {"holds.sql"},
    "in_segment": {"holds.sql"},
    "tagged": {"holds.sql"},
    "offer_unused": {"unused_codes.sql", "holds.sql"},
    "where": {"holds.sql"},
    "joined": {"joined.sql"},
    # whatever else in_use.sql looks for
    "window": {"openings.sql"},
    "moved": {"had.sql"},
    "weighed_anew": {"put_off.sql"},
    "audience": NOTHING,
    "ejected": {"eject.sql"},
}
"""Every word that in_use.sql can say: a word without its line here stops the tick, so that a new one is not passed over."""
BROUGHT_BY: Mapping[str, Set[str]] = {
    "activity": NOTHING,
    "segment": NOTHING,
    "scenario": NOTHING,
    "anniversary": {"anniversaries.sql"},
    "date": {"dates.sql"},
    "campaign": {"campaigns.sql"},
    "product": {"products.sql"},
    "unanswered": {"unanswered.sql"},
}
"""Who may enter beside those who did something, changed segment or were started, by the kind of trigger."""


def words_in_use(warehouse: Warehouse) -> Set[str]:
    """Return what the scenarios that ever ran, and those of this tick, make use of."""
    return {word for (word,) in warehouse.rows(HERE / "in_use.sql")}


def needed_for(words: Iterable[str]) -> Set[str]:
    """Return the statements that *words* need; KeyError for a word that nobody said what it needs."""
    return {name for word in words for name in NEEDS[word]}
