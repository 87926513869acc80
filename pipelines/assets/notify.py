"""Tells people that a run failed: a POST to a webhook, a mail, or both, as the settings say."""

import os
from dataclasses import dataclass
from datetime import datetime

from pipelines.errors import RelanceError
from pipelines.settings import Project
from senders.message import Message
from senders.smtp import SmtpSender, SmtpSettings

TIMEOUT = 10.0
"""Seconds to wait for the webhook."""


@dataclass(frozen=True)
class Alert:
    """What to say. `key` is the run's id: a mail program shows one run's alerts together."""

    key: str
    subject: str
    text: str
    at: datetime


def notify(project: Project, alert: Alert, *, live: bool) -> None:
    """
    Tell whoever the settings name; nobody where they name no one.

    Only when *live* a mail goes out, and a webhook must be set: a clone mails nobody, and may have no webhook.

    Raises RelanceError, after having tried every way, where one of them failed.
    """
    failures = [*_posted(project, alert, live=live), *(_mailed(project, alert) if live else [])]
    if failures:
        raise RelanceError("nobody may have heard of it: " + "; ".join(failures))


def _posted(project: Project, alert: Alert, *, live: bool) -> list[str]:
    name = project.settings.alerts.webhook_env
    url = os.environ.get(name) if name else None
    if not url:
        return [f"alerts.webhook_env names `{name}`, which is not set"] if name and live else []
    import httpx  # a third of a second, which every start of Dagster would pay

    try:
        httpx.post(url, json={"text": f"{alert.subject}\n{alert.text}"}, timeout=TIMEOUT).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return [f"the webhook in {name} did not take the alert ({type(error).__name__})"]
    return []


def _mailed(project: Project, alert: Alert) -> list[str]:
    alerts, shop = project.settings.alerts, project.settings.shop
    carriers = [each for each in project.settings.senders if isinstance(each, SmtpSettings) and each.name == alerts.smtp_sender]
    if not alerts.email_to:
        return []
    if not carriers:
        return [f"alerts.smtp_sender names `{alerts.smtp_sender}`, which is no smtp sender"]
    mail = Message(
        f"alert-{alert.key}", "email", alerts.email_to, alert.text, alert.at, subject=alert.subject, sender=shop.email, sender_name=f"{shop.name}: relance"
    )
    with SmtpSender(carriers[0], project.root).session() as session:
        return [f"{alerts.smtp_sender} did not take the mail ({receipt.error})" for receipt in session.send([mail]) if receipt.state != "accepted"]
