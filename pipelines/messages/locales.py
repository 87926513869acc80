"""Languages: which template serves a contact, and how amounts and dates are written for them."""

from functools import cache

from babel import Locale, UnknownLocaleError


def normal(tag: str) -> str:
    """Return a language tag as templates are named: `fr_ca` and `FR-ca` are `fr-CA`."""
    language, *rest = tag.strip().replace("_", "-").split("-")
    return "-".join([language.lower(), *(part.upper() if len(part) == 2 else part.title() for part in rest)])


@cache
def fallback(tag: str) -> tuple[str, ...]:
    """Return where to look for a language, best first; the empty name is the project's own: fr-CA → fr → default."""
    parts = [part for part in normal(tag).split("-") if part]
    return (*("-".join(parts[:count]) for count in range(len(parts), 0, -1)), "")


def language_of(tag: str) -> str:
    """Return the language of *tag* without its country."""
    return normal(tag).partition("-")[0]


@cache
def writing(tag: str, language: str) -> str:
    """
    Return the babel locale to write amounts and dates in, inside a text in *language*, for a contact who has *tag*.

    The contact's country counts only where the contact reads its own language: no German dates in an English text.
    """
    for candidate in (tag, language, "en"):
        wanted = normal(candidate).replace("-", "_")
        if language_of(candidate) == language_of(language) and _known(wanted):
            return wanted
    return "en"


def _known(name: str) -> bool:
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return False
    return True
