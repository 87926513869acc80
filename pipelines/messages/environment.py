"""Jinja as messages may use it: sandboxed, strict, escaped in HTML, without clock or chance."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from types import CodeType
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from jinja2 import BaseLoader, BytecodeCache, Environment, StrictUndefined, TemplateNotFound, UndefinedError, pass_context
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.filters import do_default
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipelines.messages.mjml import SUFFIX
from pipelines.messages.views import Cart, Contact, Event, Line, Offer, Order, Product, Subscription
from pipelines.settings import ShopSettings

FIRST_OF_MONTH = re.compile(r"(?<!\d)1(?=\s[^\W\d])")
"""The day in «1 septembre», which French writes «1er septembre» and babel does not."""

KEPT = 5000
"""Compiled templates that are kept: those of a large shop are some hundreds."""
OWN = frozenset({Contact, Product, Line, Cart, Order, Event, Subscription, Offer, ShopSettings, TemplateModule})
"""What only has values and macros: of their attributes, none but those that begin with `_` is a way out of the sandbox."""


@dataclass(frozen=True)
class Source:
    """The text of a template and the file, as a person knows it, that it came from."""

    text: str
    file: str


class Localized(BaseLoader):
    """Finds a template in the best language there is: `layout/footer.html.j2` may be `layout/footer.fr.html.j2`."""

    def __init__(self, sources: Mapping[str, Source], locales: tuple[str, ...]) -> None:
        self.sources = sources
        self.locales = locales

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        for locale in self.locales:
            if source := self.sources.get(localized(template, locale)):
                return source.text, source.file, None
        raise TemplateNotFound(template)

    def list_templates(self) -> list[str]:
        return sorted(self.sources)


class Compiled(BytecodeCache):
    """What this process compiled before: files that are read again, as each run of a server does, are compiled where they changed."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if len(self.codes) == KEPT:
            self.codes.clear()
        assert bucket.code is not None
        self.codes[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


def localized(name: str, locale: str) -> str:
    """Return the name that the template *name* has in *locale*: `a/b.html.j2` in fr is `a/b.fr.html.j2`."""
    folder, slash, file = name.rpartition("/")
    stem, dot, rest = file.partition(".")
    return f"{folder}{slash}{stem}.{locale}{dot}{rest}" if locale else name


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which asks a dozen questions of every object: once is enough for what templates see all the time."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return (type(obj) in OWN and not attr.startswith("_")) or super().is_safe_attribute(obj, attr, value)


def environment(sources: Mapping[str, Source], locales: tuple[str, ...]) -> Environment:
    """Return the environment that templates of one language are compiled in; *locales* are looked through in order."""
    made = Sandbox(
        loader=Localized(sources, locales),
        autoescape=lambda name: name is not None and name.endswith((".html.j2", SUFFIX)),
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        auto_reload=False,
        bytecode_cache=COMPILED,
    )
    for chance in ("random", "shuffle"):
        made.filters.pop(chance, None)
    del made.globals["lipsum"]
    made.filters |= {"money": money, "number": number, "date": written_date, "time": written_time, "default": filled, "d": filled}
    return made


def filled(value: Any, other: Any = "", also_false: bool = False) -> Any:
    """Return *other* where *value* is not there, or empty: jinja's own filter would print nothing for an empty one."""
    return other if value is None else do_default(value, other, also_false)


@pass_context
def money(context: Context, amount: Any) -> str:
    """Write an amount of the project's currency as the contact's country does: 1234.5 → 1 234,50 €."""
    return _money(_decimal(amount, "money"), context["currency"], context["locale"])


@pass_context
def number(context: Context, value: Any) -> str:
    """Write a number as the contact's country does: 1234.50 → 1 234,5."""
    return _number(_decimal(value, "number"), context["locale"])


@pass_context
def written_date(context: Context, moment: Any, form: str = "long") -> str:
    """Write a day, or the day of an instant in the contact's zone; *form* is short, medium, long, full or a pattern."""
    day = _local(moment, context["timezone"], "date")
    text = format_date(day, form, locale=context["locale"])
    return FIRST_OF_MONTH.sub("1er", text) if day.day == 1 and context["locale"].startswith("fr") else text


@pass_context
def written_time(context: Context, moment: Any, form: str = "short") -> str:
    """Write the time of day of an instant, in the contact's zone."""
    local = _local(moment, context["timezone"], "time")
    if not isinstance(local, datetime):
        raise TypeError("`time` needs an instant, this is a whole day")
    return format_time(local, form, locale=context["locale"])


# The same prices come again and again in a batch, and writing one costs babel 20 µs.
@lru_cache(maxsize=10_000)
def _money(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=locale)


@lru_cache(maxsize=10_000)
def _number(value: Decimal, locale: str) -> str:
    return format_decimal(value, locale=locale)


def _decimal(value: Any, filter_name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError(f"`{filter_name}` needs a number, this is {_shown(value)}")
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _local(moment: Any, zone: str, filter_name: str) -> date:
    value = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if not isinstance(value, date):
        raise TypeError(f"`{filter_name}` needs a date, this is {_shown(value)}")
    return value.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) if isinstance(value, datetime) else value


def _shown(value: Any) -> str:
    return "empty" if value is None else f"`{value}`"


def _printed(value: Any) -> Any:
    """Refuse to print nothing: «Hello None» must never reach anybody."""
    if value is None:
        raise UndefinedError("an empty value would be printed: put it in an `{% if %}`, or write `… or 'something else'`")
    return value
