"""
Customer lists for the platforms that show ads: how each wants people told apart, and files of whom to add and whom to take out.

Where the rules come from, read in November 2026:

- Google Customer Match: columns, what is hashed and what is not, `support.google.com/google-ads/answer/7659867` and `/7476159`; how values are
  brought into one form first, the points and `+` of Gmail addresses included, `developers.google.com/data-manager/api/devguides/concepts/formatting`;
  no punctuation in family names, `developers.google.com/google-ads/api/reference/rpc/latest/OfflineUserAddressInfo`.
- Meta Custom Audiences: columns, `facebook.com/business/help/2082575038703844`; forms and hashes,
  `developers.facebook.com/documentation/ads-commerce/conversions-api/parameters/customer-information-parameters`.
- TikTok Customer File: headings, forms and hashes, `ads.tiktok.com/help/article/list-of-supported-ids-and-formats-for-a-customer-file`; a line for each
  identifier, `/how-to-create-a-custom-audience-with-a-customer-file`. It writes numbers with a `+` and hashes its own example without, which it takes too.
- Pinterest customer list: one column of nothing but addresses, `help.pinterest.com/en/business/article/audience-targeting`; lower case, SHA-256,
  `developers.pinterest.com/docs/api/v5/customer_lists-update`.
- Snapchat customer list: addresses or numbers, SHA-256, `forbusiness.snapchat.com/online-transactions-targeting`; forms,
  `developers.snap.com/api/marketing-api/Conversions-API/BestPractices`.
- Microsoft Advertising customer match: one column `Email`, `help.ads.microsoft.com/apex/index/3/en/56921`; hashes,
  `learn.microsoft.com/en-us/advertising/bulk-service/customer-list-item`.
- X list custom audience: identifiers a line, `business.x.com/en/help/campaign-setup/campaign-targeting/custom-audiences/lists`; forms and hashes, of numbers
  none, `docs.x.com/x-ads-api/audiences`.
- Telephone numbers are brought to E.164 by Google's own library, `phonenumbers`.
"""

import csv
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Literal

import phonenumbers

from senders.files import sync

Platform = Literal["google", "meta", "tiktok", "pinterest", "snapchat", "microsoft", "x", "csv"]
Kind = Literal["email", "phone"]
KINDS: tuple[Kind, ...] = ("email", "phone")
GMAIL = ("gmail.com", "googlemail.com")
HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Person:
    """What a platform may know somebody by; empty where it is not known. `country` is an ISO 3166 code of two letters."""

    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""
    country: str = ""
    postcode: str = ""


Form = Callable[[Person], str]


@dataclass(frozen=True)
class Column:
    """
    A column of a platform's file: its heading, the one form its values are brought to, and whether they go as SHA-256 in hexadecimal.

    Where no column has a heading, the file has no first line.
    """

    heading: str
    form: Form
    hashed: bool = True

    def cell(self, person: Person) -> str:
        value = self.form(person)
        return sha256(value.encode()).hexdigest() if value and self.hashed else value


@dataclass(frozen=True)
class Format:
    """The columns of a file: the addresses by which people are told apart, those first, and where they live."""

    addresses: Mapping[Kind, Column]
    home: tuple[Column, ...] = ()

    @property
    def of_people(self) -> bool:
        """Whether a line of adds is a person, with all addresses; else it is an address."""
        return len(self.addresses) > 1

    def headings(self, *, home: bool = False) -> list[str]:
        """Return the first line of a file, empty where it has none; with *home* it says where people live too."""
        found = [column.heading for column in (*self.addresses.values(), *(self.home if home else ()))]
        return found if any(found) else []

    def person(self, person: Person, *, home: bool) -> list[str]:
        """Return the line that adds *person*. Names, country and postcode match only together, so they go together or not at all."""
        lives = [column.cell(person) for column in self.home] if home else []
        return [*(column.cell(person) for column in self.addresses.values()), *(lives if all(lives) else [""] * len(lives))]

    def address(self, kind: Kind, address: str) -> list[str]:
        """Return the line of one hashed *address*: that takes it out, or adds it where lines are no people."""
        return [address if each == kind else "" for each in self.addresses]

    def read(self, line: Sequence[str]) -> dict[Kind, str]:
        """Return the hashed addresses of a line; none of the first."""
        return {kind: cell for kind, cell in zip(self.addresses, line, strict=False) if HASH.fullmatch(cell)}


def email(person: Person) -> str:
    """Lower case, no blanks."""
    return "".join(person.email.lower().split())


def google_email(person: Person) -> str:
    """As `email`; Gmail ignores points before the @ and what follows a `+`, so Google's own addresses are written without them."""
    name, at, domain = email(person).partition("@")
    return f"{name.partition('+')[0].replace('.', '')}@{domain}" if at and domain in GMAIL else email(person)


def e164(person: Person) -> str:
    """`+33612345678`; empty for what cannot be a number. A national one is read as of the person's country."""
    try:
        number = phonenumbers.parse(person.phone, person.country or None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(number) else ""


def digits(person: Person) -> str:
    """The digits of the number, country code first."""
    return e164(person).removeprefix("+")


def _plain(name: str, dropped: str = "") -> str:
    """Return *name* in lower case, with single blanks, without signs of the Unicode categories that begin with a letter of *dropped*."""
    kept = "".join(sign for sign in name.lower() if not unicodedata.category(sign).startswith(tuple(dropped)))
    return " ".join(kept.split())


def _postcode(person: Person) -> str:
    return re.sub(r"[^\w -]", "", person.postcode).strip(" -_")


def meta_postcode(person: Person) -> str:
    """Lower case, no blanks and hyphens; of the United States the first five digits."""
    code = re.sub(r"[ -]", "", _postcode(person)).lower()
    return code[:5] if person.country.upper() == "US" else code


FORMATS: dict[Platform, tuple[Format, ...]] = {
    "google": (
        Format(
            {"email": Column("Email", google_email), "phone": Column("Phone", e164)},
            (
                Column("First Name", lambda person: _plain(person.first_name)),
                Column("Last Name", lambda person: _plain(person.last_name, "P")),
                Column("Country", lambda person: person.country.upper(), hashed=False),
                Column("Zip", _postcode, hashed=False),
            ),
        ),
    ),
    "meta": (
        Format(
            {"email": Column("email", email), "phone": Column("phone", digits)},
            (
                Column("fn", lambda person: _plain(person.first_name, "P")),
                Column("ln", lambda person: _plain(person.last_name, "P")),
                Column("country", lambda person: person.country.lower()),
                Column("zip", meta_postcode),
            ),
        ),
    ),
    "tiktok": (Format({"email": Column("Email_SHA256", email)}), Format({"phone": Column("Phone_SHA256", digits)})),
    "pinterest": (Format({"email": Column("", email)}),),
    "snapchat": (Format({"email": Column("", email)}), Format({"phone": Column("", digits)})),
    "microsoft": (Format({"email": Column("Email", email)}),),
    "x": (Format({"email": Column("", email)}),),
    "csv": (Format({"email": Column("email_sha256", email), "phone": Column("phone_sha256", e164)}),),
}
"""The files of each platform. One that wants each kind of address by itself has several."""


def kinds(platform: Platform) -> tuple[Kind, ...]:
    """Return the addresses by which *platform* tells people apart."""
    return tuple(kind for form in FORMATS[platform] for kind in form.addresses)


def addresses(platform: Platform, person: Person) -> dict[Kind, str]:
    """Return the hashes by which *platform* knows *person*; empty for somebody without an address that can be one."""
    return {kind: cell for form in FORMATS[platform] for kind, column in form.addresses.items() if (cell := column.cell(person))}


def draft(path: Path, headings: Sequence[str], lines: Iterable[Sequence[str]]) -> int:
    """Write a file under a name that nobody takes for a whole one, and wait until it is on the disk; return its *lines*. Without any there is none."""
    rest = iter(lines)
    if (first := next(rest, None)) is None:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with _drafted(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if headings:
            writer.writerow(headings)
        for line in chain([first], rest):
            writer.writerow(line)
            count += 1
    sync(_drafted(path))
    return count


def publish(path: Path) -> None:
    """Give the file drafted for *path* its name. Doing so again changes nothing."""
    if _drafted(path).exists():
        os.replace(_drafted(path), path)
        sync(path.parent)


def discard(folder: Path, audience: str) -> None:
    """Delete drafts of *audience* that nothing came of."""
    for path in folder.glob(f"{audience}-*.csv.part"):
        path.unlink()


def erase(folder: Path, audience: str, addresses: set[str]) -> int:
    """
    Take the people out of the files of adds that lie in *folder* all of whose hashed addresses are among *addresses*; return how many lines that were.

    Files of removes stay as they are: without its hash no platform takes an address out.
    """
    erased = 0
    for path in sorted(folder.glob(f"{audience}-*-adds-*.csv*")):
        lines = read(path)
        kept = [line for line in lines if not addresses.issuperset(filter(None, line[: len(KINDS)]))]
        if len(kept) < len(lines):
            made = path.with_name(f"{path.name}.new")
            with made.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(kept)
            sync(made)
            os.replace(made, path)
            sync(folder)
        erased += len(lines) - len(kept)
    return erased


def read(path: Path) -> list[list[str]]:
    """
    Return the lines of a file, its first one too; none of a draft that a killed pass had just begun.

    Raises ValueError where it cannot be read, with the reason.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise ValueError(f"{path.name} is not as it was written: a CSV file in UTF-8") from None


def _drafted(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")
