"""Jinja as messages may use it: sandboxed, strict, escaped in HTML, without clock or chance."""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from types import CodeType
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from jinja2 import BaseLoader, BytecodeCache, Environment, StrictUndefined, Template, TemplateNotFound, nodes, pass_context
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.filters import do_default
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

from pipelines.messages.folding import folded, never_given
from pipelines.messages.mjml import SUFFIX
from pipelines.messages.pieces import Joined, Macro, joined, printed
from pipelines.messages.views import Cart, Contact, Event, Line, Offer, Order, Product, Subscription

FIRST_OF_MONTH = re.compile(r"(?<!\d)1(?=\s[^\W\d])")
"""The day in «1 septembre», which French writes «1er septembre» and babel does not."""

KEPT = 5000
"""Compiled templates that are kept: those of a large shop are some hundreds."""
OWN = frozenset({Contact, Product, Line, Cart, Order, Event, Subscription, Offer, TemplateModule, LoopContext})
"""What only has values, macros and the like: of their attributes, none but those that begin with `_` is a way out of the sandbox."""
SCOPES = {"_loop_vars", "_block_vars"}
"""What every call is given besides, for functions that look at the names around them."""


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

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        fixed = environment.fixed if isinstance(environment, Sandbox) else {}
        return super().get_bucket(environment, name, filename, f"{fixed}{source}")

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


class _Generator(CodeGenerator):
    """Writes code that prints in one call: `escape` and `str` refuse what is empty too."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        super()._output_child_pre(node, frame, finalize._replace(src=None))

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        super()._output_child_post(node, frame, finalize._replace(src=None))


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which asks a dozen questions of every object and call: none is needed for what templates see all the time."""

    code_generator_class = _Generator
    concat = staticmethod(joined)

    def __init__(self, fixed: Mapping[str, Any], **settings: Any) -> None:
        super().__init__(**settings)
        self.fixed = fixed
        self._templates: dict[Any, Template] = {}

    def _generate(self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False) -> str:
        tree = folded(source, self, name, self.fixed)
        return super()._generate(tree, name, filename, defer_init) + "\nfrom pipelines.messages.pieces import Macro, escape, text as str\n"

    def get_template(self, name: str | Template, parent: str | None = None, globals: MutableMapping[str, Any] | None = None) -> Template:
        if name not in self._templates:
            self._templates[name] = super().get_template(name, parent, globals)
        return self._templates[name]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> dict[str, Any]:
        return {**self.globals, **(d or {})}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Settings have methods that read files and unpickle what they are given: of them, templates see the values alone."""
        return (not isinstance(obj, BaseModel) or attr in type(obj).model_fields) and super().is_safe_attribute(obj, attr, value)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.getattr(obj, argument) if type(obj) in OWN and type(argument) is str else super().getitem(obj, argument)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) in OWN and attribute[:1] != "_" and hasattr(obj, attribute):
            return getattr(obj, attribute)
        if type(obj) is dict and attribute in obj and not hasattr(dict, attribute):
            return obj[attribute]
        return super().getattr(obj, attribute)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: B902, N805
        if type(__obj) is Macro and __obj.takes(len(args)) and not kwargs.keys() - SCOPES:
            return __obj._invoke(args, __context.eval_ctx.autoescape)
        return super().call(__context, __obj, *args, **kwargs)


class Piece:
    """One compiled template: the body of a message or a value of its header. What is `fixed` is the same in every message."""

    def __init__(self, template: Template, fixed: bool) -> None:
        self._template, self._fixed = template, fixed
        self._known: Joined | None = None
        self.globals: dict[str, Any] = dict(template.globals)

    def written(self, names: dict[str, Any]) -> Joined:
        """Return what it writes where *names*, the globals among them, are known."""
        if self._known is not None:
            return self._known
        try:
            made = joined(self._template.root_render_func(self._template.new_context(names, shared=True)))
        except Exception:  # raised again, with the file and line of the template
            self._template.environment.handle_exception()
        if self._fixed:
            self._known = made
        return made


def environment(sources: Mapping[str, Source], locales: tuple[str, ...], fixed: Mapping[str, Any]) -> Environment:
    """
    Return the environment that templates of one language are compiled in; *locales* are looked through in order.

    The attributes of *fixed* values, by the names they have in templates, are the same in every message.
    """
    made = Sandbox(
        never_given(fixed, [source.text for source in sources.values()]),
        loader=Localized(sources, locales),
        autoescape=lambda name: name is not None and name.endswith((".html.j2", SUFFIX)),
        undefined=StrictUndefined,
        finalize=printed,
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
