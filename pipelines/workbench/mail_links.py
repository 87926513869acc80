"""Where the links and pictures of an e-mail lead, and what mail programs take out of it: told of the rendered page, with the line that wrote it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from ipaddress import ip_address
from urllib.parse import urlsplit

from pipelines.errors import Problem, nearest
from pipelines.messages.plausible import WORD

OPENED = frozenset({"http", "https", "mailto", "tel", "sms"})
SHORTENERS = frozenset({
    "bit.ly", "buff.ly", "cutt.ly", "goo.gl", "is.gd", "lnkd.in", "ow.ly", "rb.gy", "rebrand.ly", "shorturl.at", "t.co", "t.ly", "tiny.cc", "tinyurl.com",
})  # fmt: skip
TAKEN_OUT = frozenset({"form", "iframe", "script"})
SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
NO_ADDRESS = "write it as browsers show it, such as `https://shop.example/sale`"
OWN_NETWORK = ("localhost", ".localhost", ".local", ".internal", ".lan")


@dataclass(frozen=True)
class Found:
    """An address in a page, or a tag without one: `attribute` is `href`, `src`, or the tag's name."""

    attribute: str
    value: str = ""


class _Reader(HTMLParser):
    """Collects what a page leads to, shows and asks of the program that opens it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[Found, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("a", "area") and "href" in values:
            self.found[Found("href", (values["href"] or "").strip())] = None
        elif tag == "img":
            self.found[Found("src", (values.get("src") or "").strip())] = None
        elif tag in TAKEN_OUT:
            self.found[Found(tag)] = None


def link_doubts(pages: Iterable[str], file: str, texts: Mapping[str, str]) -> Iterator[Problem]:
    """
    Yield what is doubtful about the links and pictures of *pages*, the ways that the template *file* may turn out, each once.

    *texts* are the files of messages: the line is that of the file which wrote the address. What values of the shop's data would lead to is not judged.
    """
    reader = _Reader()
    for page in pages:
        reader.feed(page)
        reader.reset()
    for found in reader.found:
        if not found.value.startswith(WORD) and (told := _doubt(found)):
            yield Problem(*_place(found, file, texts), *told, "warning")


def _doubt(found: Found) -> tuple[str, str] | None:
    """Return what is wrong with *found*, and what to do about it."""
    match found:
        case Found("href", value):
            return _of_link(value)
        case Found("src", value):
            return _of_picture(value)
        case Found(tag):
            return f"has a `<{tag}>`, which mail programs take out, and filters hold against a message", "lead to a page of the shop that has it"


def _of_link(value: str) -> tuple[str, str] | None:
    if value in ("", "#"):
        return "has a link that leads nowhere", "write an `https://` address"
    if value.startswith("#"):
        return None
    if not (scheme := SCHEME.match(value)):
        return f"links to `{value}`, which is no whole address: in an e-mail it leads nowhere", "write all of it, from `https://` on"
    if scheme[1].lower() not in OPENED:
        return f"links to `{value}`, which mail programs do not open", nearest(scheme[1].lower(), OPENED) or f"there are {', '.join(sorted(OPENED))}"
    if scheme[1].lower() not in ("http", "https"):
        return None
    if (host := _host(value)) is None:
        return f"links to `{value}`, which is no address", NO_ADDRESS
    if _only_here(host):
        return f"links to `{value}`, which only this machine or network knows", "write the address that everybody has"
    if host.removeprefix("www.") in SHORTENERS:
        return f"links to `{value}`, behind which filters suspect whatever others have hidden there", "link to the page itself: clicks are counted without it"
    return None


def _of_picture(value: str) -> tuple[str, str] | None:
    scheme = SCHEME.match(value)
    match scheme[1].lower() if scheme else "":
        case "" if not value:
            return "shows a picture without a `src`", "write its `https://` address, or leave the picture out"
        case "":
            return f"shows the picture `{value}`, which is no whole address: nobody would see it", "write all of it, from `https://` on"
        case "https":
            if (host := _host(value)) is None:
                return f"shows the picture `{value}`, which is no address", NO_ADDRESS
            return (f"shows the picture `{value}`, which only this machine or network knows", "put it where everybody sees it") if _only_here(host) else None
        case "http":
            return f"shows the picture `{value}`, which many mail programs do not load without encryption", "write `https://`"
        case "data":
            return "shows a picture that is written into the page (`data:`), which Gmail and Outlook do not show", "show it from an `https://` address"
        case "cid":
            return f"shows the picture `{value}`, an attachment that messages do not carry", "show it from an `https://` address"
        case other:
            return f"shows the picture `{value}`, which mail programs do not open", nearest(other, OPENED) or "show it from an `https://` address"


def _host(value: str) -> str | None:
    """Return the host of an address; None for what is none, such as `https://[::1/` or `https://`."""
    try:
        return urlsplit(value).hostname or None
    except ValueError:
        return None


def _only_here(host: str) -> bool:
    """Whether an address has no host that others could reach."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(OWN_NETWORK)


def _place(found: Found, file: str, texts: Mapping[str, str]) -> tuple[str, int | None]:
    """Return the file and line that wrote *found*; those of the template itself where it cannot be told."""
    written = re.compile(_as_written(found), re.IGNORECASE)
    for name in (file, *sorted(texts)):
        if place := written.search(texts.get(name, "")):
            return name, texts[name].count("\n", 0, place.start()) + 1
    return file, None


def _as_written(found: Found) -> str:
    """Return a pattern of how a template may have written *found*: up to what is filled in, or added for web analytics."""
    match found:
        case Found("src", ""):
            return r"""<(?:mj-)?(?:img|image)\b(?![^<>]*\bsrc\s*=\s*["'][^"'])"""
        case Found("href", ""):
            return r"""\bhref\s*=\s*(?:"\s*"|'\s*')"""
        case Found("href" | "src", value):
            start = re.escape(re.split(rf"{WORD}|[?]", value)[0]).replace("\\&", "&(?:amp;)?")
            return rf"""\b{found.attribute}\s*=\s*["']\s*{start}(?=[\s"'?{{])"""
        case Found(tag):
            return rf"<{tag}\b"
