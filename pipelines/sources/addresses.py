"""
What SQL cannot say of addresses, from libraries that follow the registries: email-validator for domains, phonenumbers for the
numbering plans of all countries. Asked about distinct domains and the numbers that SQL could not read: docs/decisions/0016.
"""

from functools import lru_cache

import phonenumbers

from pipelines.warehouse.duckdb import Warehouse
from senders.address import fault_of_address


def judge_addresses(warehouse: Warehouse) -> None:
    """Write `bad_domains` (domain, why) and `read_numbers` (given, country, phone): what becomes of `domains` and `unread`."""
    domains = [(domain, why) for (domain,) in warehouse.rows("select domain from domains") if (why := _fault_of_domain(domain))]
    warehouse.run("create or replace temp table bad_domains (domain varchar, why varchar)")
    warehouse.append("bad_domains", ["domain", "why"], domains)
    unread = warehouse.rows("select given, country from unread")
    numbers = [(given, country, number) for given, country in unread if (number := number_in(given, country))]
    warehouse.run("create or replace temp table read_numbers (given varchar, country varchar, phone varchar)")
    warehouse.append("read_numbers", ["given", "country", "phone"], numbers)


@lru_cache(maxsize=100_000)
def _fault_of_domain(domain: str) -> str:
    return fault_of_address(f"a@{domain}")


def number_in(text: str, country: str) -> str:
    """Return *text*, as people dial it in *country* (ISO 3166), in international form; empty where the numbering plan has no such number."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_valid_number(number) else ""
