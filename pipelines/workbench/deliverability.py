"""What would keep e-mail from the inbox, or from being read there: whose address it comes from, how long it is, pictures without words."""

import re
from collections.abc import Iterator

from pipelines.errors import Problem, shown
from pipelines.messages.html_size import CLIPPED, LARGEST, kilobytes
from pipelines.messages.mjml import SUFFIX
from pipelines.messages.plausible import pages
from pipelines.messages.unsubscribe import FILLED_IN
from pipelines.settings import FILE_NAME, Project
from pipelines.settings_file import line_of_setting
from pipelines.workbench.mail_links import link_doubts
from pipelines.workbench.project_files import ProjectFiles
from pipelines.workbench.templates import Sent, sent_templates
from senders.address import fault_of_address
from senders.http_email import HttpEmailSettings
from senders.ses import SesSettings
from senders.smtp import SmtpSettings

FREE = frozenset({
    "aol", "bbox", "free", "gmail", "gmx", "googlemail", "hotmail", "icloud", "laposte", "live", "msn", "neuf", "numericable", "orange", "outlook",
    "proton", "protonmail", "rocketmail", "sfr", "t-online", "wanadoo", "web", "yahoo", "ymail",
})  # fmt: skip
"""First label of domains at which anybody may have a mailbox, and nobody may send for the shop."""
ENDINGS = frozenset({"com", "fr", "net", "de", "me", "uk", "it", "es", "be", "ch", "ca", "at"})
SHARED = frozenset({"ac", "co", "com", "edu", "gouv", "gov", "net", "org"})
"""Labels under which countries register names, as in `co.uk`."""


MAILERS = SmtpSettings | HttpEmailSettings | SesSettings
"""Senders that people get e-mail from."""
PICTURE = re.compile(r"""<(?:img|mj-image|mj-carousel-image)\b(?:[^<>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
ALT = re.compile(r"""\balt\s*=""", re.IGNORECASE)


def mail_doubts(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    """Yield what is doubtful about the e-mail of *project*."""
    yield from _faulty(project)
    yield from _addresses(project)
    yield from _way_out(project)
    yield from dict.fromkeys(_rendered(project, files))
    yield from _pictures(project, files)


def _faulty(project: Project) -> Iterator[Problem]:
    """Addresses of settings that no mail can go to; those of [shop] are looked at with the messages."""
    named: list[tuple[tuple[str | int, ...], str]] = [(("alerts", "email_to"), project.settings.alerts.email_to)]
    for number, sender in enumerate(project.settings.senders):
        if isinstance(sender, SmtpSettings):
            named.append((("senders", number, "bounce_address"), sender.bounce_address))
    for place, address in named:
        if address and (fault := fault_of_address(address)):
            text = f"`{place[-1]}` is `{address}`, which is no address that mail can go to: {fault}"
            yield Problem(FILE_NAME, line_of_setting(project, *place), text, "write an address such as `hello@shop.example`")


def _addresses(project: Project) -> Iterator[Problem]:
    """DMARC wants the domain that people see to be the one that SPF or DKIM vouches for; Gmail, Yahoo and Microsoft ask it of bulk senders."""
    domain = _domain(project.settings.shop.email)
    if _is_free(domain):
        text = f"`shop.email` is an address of {domain}: mail from it that others send is taken for forged"
        yield Problem(FILE_NAME, line_of_setting(project, "shop", "email"), text, "write from a domain of the shop", "warning")
        return
    for number, sender in enumerate(project.settings.senders):
        if isinstance(sender, SmtpSettings) and sender.bounce_address and not _aligned(domain, _domain(sender.bounce_address)):
            text = f"bounces go to {_domain(sender.bounce_address)}, and `shop.email` is of {domain}: SPF vouches for another domain than people see"
            hint = f"let bounces go to a domain such as bounces.{domain}, or make sure that DKIM signs for {domain}"
            yield Problem(FILE_NAME, line_of_setting(project, "senders", number, "bounce_address"), text, hint, "warning")
        if isinstance(sender, HttpEmailSettings) and sender.domain and not _aligned(domain, sender.domain.lower()):
            text = f"mail goes out under {sender.domain}, and `shop.email` is of {domain}: SPF and DKIM vouch for another domain than people see"
            hint = f"send under a domain such as mg.{domain}, or write from an address of {sender.domain}"
            yield Problem(FILE_NAME, line_of_setting(project, "senders", number, "domain"), text, hint, "warning")


def _way_out(project: Project) -> Iterator[Problem]:
    """Gmail, Yahoo and Microsoft ask bulk senders for a way out at one click (RFC 8058)."""
    shop, line = project.settings.shop, line_of_setting(project, "shop", "unsubscribe_url")
    if shop.unsubscribe_url.startswith("http://"):
        text = "`shop.unsubscribe_url` is not https: mail programs offer no way out at one click, which Gmail and Yahoo ask of bulk senders"
        yield Problem(FILE_NAME, line, text, "write an `https://` address that takes a POST", "warning")
    if shop.unsubscribe_url and not any(placeholder in shop.unsubscribe_url for placeholder in FILLED_IN):
        text = "`shop.unsubscribe_url` is the same for everybody: the page cannot know who leaves, least of all at one click"
        yield Problem(FILE_NAME, line, text, f"put one of {', '.join(FILLED_IN)} into it; docs/sending.md says more", "warning")
    if shop.unsubscribe_mailto and not shop.unsubscribe_url and any(isinstance(each, MAILERS) for each in project.settings.senders):
        text = "there is only `shop.unsubscribe_mailto` to unsubscribe: no way out at one click, which Gmail and Yahoo ask of bulk senders"
        line = line_of_setting(project, "shop", "unsubscribe_mailto")
        yield Problem(FILE_NAME, line, text, "set `shop.unsubscribe_url` too; docs/sending.md says what its page does", "warning")


def _rendered(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    """What e-mails turn out to be: how large, and where their links and pictures lead."""
    folder = shown(project.messages_folder, project.root)
    texts = {file: text for file, text in files.texts.items() if file.startswith(f"{folder}/")}
    seen = {sent.template.file: sent for sent in sent_templates(files) if sent.channel == "email"}
    for sent in seen.values():
        made = pages(files.messages, sent.message, sent.locale, sent.scenario.category, sent.values)
        yield from _sizes(sent, made)
        yield from link_doubts(made, sent.template.file, texts)


def _sizes(sent: Sent, made: list[str]) -> Iterator[Problem]:
    size = max(map(kilobytes, made), default=0)
    if size > LARGEST:
        text = f"takes {size} kB of HTML with the longest likely values, more than the {LARGEST} that are sent"
        yield Problem(sent.template.file, None, text, "shorten it: pictures are shown from an address", "error" if sent.goes else "warning")
    elif size > CLIPPED:
        text = f"takes {size} kB of HTML with the longest likely values: Gmail hides all beyond {CLIPPED}, the link to unsubscribe with it"
        yield Problem(sent.template.file, None, text, "shorten it, or lead to a page of the shop", "warning")


def _pictures(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    """Many read mail with pictures off, or with a screen reader; filters count pictures without words against a message."""
    folder = shown(project.messages_folder, project.root)
    for file, text in sorted(files.texts.items()):
        if file.startswith(f"{folder}/") and file.endswith((".html.j2", SUFFIX)):
            for found in PICTURE.finditer(text):
                if not ALT.search(found[0]):
                    hint = 'write `alt="…"`, or `alt=""` where the words beside it say it all'
                    yield Problem(file, text.count("\n", 0, found.start()) + 1, "shows a picture without `alt`", hint, "warning")


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _is_free(domain: str) -> bool:
    labels = domain.split(".")
    return labels[0] in FREE and set(labels[1:]) <= ENDINGS | SHARED


def _aligned(one: str, other: str) -> bool:
    """Whether two domains belong to one registered name: what relaxed alignment asks."""
    return _registered(one) == _registered(other)


def _registered(domain: str) -> str:
    labels = domain.split(".")
    return ".".join(labels[-3:] if labels[-2:-1] and labels[-2] in SHARED and len(labels[-1]) == 2 else labels[-2:])
