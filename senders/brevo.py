"""What Brevo's APIs for e-mail and SMS have in common."""

from collections.abc import Mapping

from senders.http import Json
from senders.json_api import Lookup

ERRORS = {"unauthorized": 401, "permission_denied": 403, "not_enough_credits": 402, "account_under_validation": 403}
"""The codes of its API reference (ErrorModel) that are about the account."""


def by_tag(path: str, params: Mapping[str, Json]) -> Lookup:
    """
    Return how *path*, a list of events, is asked for those of a message whose tag is our key.

    «Get all your transactional email activity», «Get all your SMS activity»: tags are asked for as a list, and an event tells its tag,
    alone or, as in webhooks, as such a list. Without events the answer may have no list of them.
    """
    return Lookup(
        path,
        params={"tags": "$query", "limit": "$most", **params},
        query='["{key}"]',
        entries=lambda body: body.get("events") or [],
        key=lambda event: str(event.get("tag")).strip('[]"'),
        id=lambda event: str(event["messageId"]),
    )
