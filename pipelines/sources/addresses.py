"""
What SQL cannot say of addresses, from libraries that follow the registries: email-validator for domains, phonenumbers for the
numbering plans of all countries. Asked about distinct domains and the numbers that SQL could not read: docs/decisions/0016.
"""

from functools import lru_cache

import idna
import phonenumbers

from pipelines.warehouse.duckdb import Warehouse
from senders.address import fault_of_address
from senders.mime import ascii_address


def judge_addresses(warehouse: Warehouse) -> None:
    """
    Write `bad_domains` (domain, why), `read_domains` (domain, ascii) for good ones beyond ASCII, and `read_numbers` (given, country,
    phone): what becomes of `domains` and `unread`.
    """
    domains = [(domain, _fault_of_domain(domain)) for (domain,) in warehouse.rows("select domain from domains")]
    warehouse.run("create or replace temp table bad_domains (domain varchar, why varchar)")
    warehouse.append("bad_domains", ["domain", "why"], [(domain, why) for domain, why in domains if why])
    warehouse.run("create or replace temp table read_domains (domain varchar, ascii varchar)")
    read = [(domain, address_as_kept(f"a@{domain}").partition("@")[2]) for domain, why in domains if not why and not domain.isascii()]
    warehouse.append("read_domains", ["domain", "ascii"], read)
    unread = warehouse.rows("select given, country from unread")
    numbers = [(given, country, number) for given, country in unread if (number := number_in(given, country))]
    warehouse.run("create or replace temp table read_numbers (given varchar, country varchar, phone varchar)")
    warehouse.append("read_numbers", ["given", "country", "phone"], numbers)


def address_as_kept(text: str) -> str:
    """Return an e-mail address with a domain beyond ASCII as contacts have it, `info@xn--mller-kva.example`; anything else as it is."""
    try:
        return ascii_address(text).lower() if "@" in text and not text.isascii() else text
    except ValueError:
        return text


def address_as_written(email: str) -> str:
    """Return the e-mail address of a contact with the letters of its domain, `info@müller.example`; the same address where it has no others."""
    local, _, domain = email.rpartition("@")
    try:
        return f"{local}@{idna.decode(domain)}"
    except idna.IDNAError:
        return email


@lru_cache(maxsize=100_000)
def _fault_of_domain(domain: str) -> str:
    return fault_of_address(f"a@{domain}")


def number_in(text: str, country: str) -> str:
    """Return *text*, as people dial it in *country* (ISO 3166), in international form; empty where the numbering plan has no such number."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_valid_number(number) else ""
