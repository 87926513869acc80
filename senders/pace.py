"""How fast a sender may send: the settings that all senders to real people share."""

from datetime import date, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

RECONNECT = 5.0
"""Seconds after which a provider that would not have a further connection is asked once more: it may still count the one before, or be starting again."""


class WarmUp(BaseModel):
    """A new address or server earns its reputation: few messages on the first day, more each day after."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first_day: date = Field(description="Day of the first messages, in the project's zone.")
    start: int = Field(50, ge=1, description="Messages on the first day.")
    growth: float = Field(1.5, gt=1, le=10, description="How many times the messages of the day before each day may bring.")
    full: int = Field(50_000, ge=1, description="Once a day may bring so many, the plan is over.")

    def allowance(self, day: date) -> int | None:
        """Return how many messages *day* may bring; None once the plan is over. A day before the first may bring none."""
        days = (day - self.first_day).days
        if days < 0:
            return 0
        allowed = self.start * self.growth ** min(days, 400)
        return None if allowed >= self.full else int(allowed)


class PacedSettings(BaseModel):
    """The part of a sender's settings that says how fast it may go; without any of it, as fast as the provider takes messages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    connections: int = Field(4, ge=1, le=50, description="Messages handed over at the same time, each on a connection of its own.")
    per_second: float | None = Field(None, gt=0, le=10_000, description="Messages a second at most, over all connections.")
    per_day: int | None = Field(None, ge=1, description="Messages a day at most, in the project's zone; the rest waits for the next day.")
    warm_up: WarmUp | None = Field(None, description="Plan of the first days of a new address or server.")

    @model_validator(mode="after")
    def _plan_has_room(self) -> Self:
        if self.warm_up and self.warm_up.start > self.warm_up.full:
            raise ValueError("`warm_up.start` is more than `warm_up.full`: there is nothing to warm up")
        return self

    @property
    def ahead(self) -> timedelta:
        """How long before its hour a message is handed over, with the hour: not at all, but to a provider that schedules and is asked to."""
        return timedelta(0)

    @property
    def notice(self) -> timedelta:
        """How long before its hour a provider that schedules wants to be given a message at the latest."""
        return timedelta(0)

    def allowance(self, day: date) -> int | None:
        """Return how many messages *day* may bring by the quota and the warm-up plan, whichever is less; None for as many as there are."""
        limits = [limit for limit in (self.per_day, self.warm_up.allowance(day) if self.warm_up else None) if limit is not None]
        return min(limits, default=None)
