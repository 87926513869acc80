"""The headers by which mail programs and mailbox providers tell one stream of marketing mail from another."""

import re
from functools import cache

from senders.mime import ascii_address

NOT_IN_A_LABEL = re.compile(r"[^A-Za-z0-9-]+")


def bulk_headers(project: str, sender: str, topic: str, place: str) -> dict[str, str]:
    """
    Return List-Id (RFC 2919) and Feedback-ID of the marketing mail about *topic* that *sender*, an address, sends at *place*, a step of a scenario.

    Gmail counts complaints by up to four fields of Feedback-ID, from the right: the sender's own identifier of 5 to 15
    characters, which is the same in all mail, and three that the sender chooses. None of them may name a person.
    """
    domain = _domain(sender)
    identifier = NOT_IN_A_LABEL.sub("", domain)[:15].ljust(5, "0")
    return {"List-Id": f"<{_label(topic)}.{_label(project)}.{domain}>", "Feedback-ID": f"{place}:{topic}:{project}:{identifier}"}


@cache
def _domain(address: str) -> str:
    """Return the domain as headers write it: one address sends everything, and to encode it takes longer than the rest."""
    return ascii_address(address).rpartition("@")[2]


def _label(name: str) -> str:
    return NOT_IN_A_LABEL.sub("-", name)
