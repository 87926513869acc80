"""What the contacts of a story share, and of whose codes there are not enough for all: given in the order people come."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.durations import parse_duration
from pipelines.scenarios import model as m
from pipelines.scenarios.tree import steps
from tests.journeys.oracle_runs import Given, Run
from tests.journeys.story import Code, Doing, Story

if TYPE_CHECKING:
    from tests.journeys.oracle_steps import Life


@dataclass(frozen=True)
class Asking:
    """A run that came to an offer, and when; it goes on when those who came have their codes."""

    life: "Life"
    run: Run
    offer: str
    reached: datetime


@dataclass
class Shop:
    """The story, the arms drawn so far, by experiment and subject, the codes given so far, who waits for one, and which words of the language came about."""

    story: Story
    lives: list["Life"] = field(default_factory=list)
    arms: dict[tuple[str, str], str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    asking: list[Asking] = field(default_factory=list)
    happened: set[str] = field(default_factory=set)

    def arm(self, experiment: str, subject: str, drawn: str) -> str:
        """The first assignment stands for ever."""
        return self.arms.setdefault((experiment, subject), drawn)

    def serve(self, now: datetime) -> list[tuple["Life", Run]]:
        """Give codes to those who came to an offer, first come first served; return them: they go on."""
        served, self.asking = sorted(self.asking, key=lambda each: (each.reached, each.run.id)), []
        last = {each.offer: max(each.reached, now) for each in served if not each.run.ghost and not each.run.has_code(each.offer)}
        for asking in served:
            self.give(asking, last.get(asking.offer, now), now)
        return [(asking.life, asking.run) for asking in served]

    def give(self, asking: Asking, last: datetime, now: datetime) -> None:
        """A run has one code of an offer, a ghost none; the code that runs out first goes first, if it is good when the *last* of those who came gets theirs."""
        run, offer, at = asking.run, asking.offer, max(asking.reached, now)
        if run.has_code(offer) or (run.ghost and offer in run.codes):
            return
        good_for = self.valid_for(offer)
        free = None if run.ghost else min(self.free(offer, last, now), key=lambda each: (each.valid_until or datetime.max, each.code), default=None)
        ends = [until for until in (free and free.valid_until, good_for and at + good_for) if until]
        self.happened.add("a ghost at an offer" if run.ghost else "a code" if free else "no code left")
        run.codes[offer] = Given(free and free.code, min(ends) if ends and (free or run.ghost) else None)
        self.given |= {free.code} if free else set()

    def valid_for(self, offer: str) -> timedelta | None:
        text = self.story.settings.get("offers", {}).get(offer, {}).get("valid_for")
        return parse_duration(text) if text else None

    def free(self, offer: str, last: datetime, now: datetime) -> Iterator[Code]:
        for code in self.story.codes:
            runs_on = code.valid_until is None or code.valid_until >= last
            if code.offer == offer and code.known_at <= now and runs_on and code.code not in self.given and not self.used(code.code, now):
                yield code

    def used(self, code: str, now: datetime) -> bool:
        """An order of anybody carries it."""
        return any((doing.values.get("coupon_code") or "").upper() == code.upper() for life in self.lives for doing in life.doings if ordered(doing, now))

    def unused(self, life: "Life", run: Run, offer: str, now: datetime) -> bool:
        """The code that this run gave can still be used; of an offer that the scenario does not give, the contact has such a code."""
        own = any(isinstance(step, m.OfferStep) and step.offer == offer for _, step in steps(run.scenario.steps))
        given = [each.codes[offer] for each in ([run] if own else life.runs) if offer in each.codes]
        for each in given:
            has = each.code is not None or (own and run.ghost)
            if has and (each.until is None or each.until >= now) and not (each.code and self.used(each.code, now)):
                return True
        return False


def ordered(doing: Doing, now: datetime) -> bool:
    return doing.activity == "order_placed" and doing.visible(now)
