"""Settings → sender: the one place that knows every kind."""

from pathlib import Path
from typing import assert_never

from senders.call_list import CallListSender, CallListSettings
from senders.files import FilesSender, FilesSettings
from senders.http_email import HttpEmailSender, HttpEmailSettings
from senders.http_sms import HttpSmsSender, HttpSmsSettings
from senders.message import Sender
from senders.smtp import SmtpSender, SmtpSettings
from senders.webhook import WebhookSender, WebhookSettings

SenderSettings = CallListSettings | FilesSettings | HttpEmailSettings | HttpSmsSettings | SmtpSettings | WebhookSettings


def sender_from(settings: SenderSettings, root: Path) -> Sender:
    """Return the sender that *settings* describe; relative paths start from *root*, the project's folder."""
    match settings:
        case CallListSettings():
            return CallListSender(settings, root)
        case FilesSettings():
            return FilesSender(settings, root)
        case HttpSmsSettings():
            return HttpSmsSender(settings, root)
        case SmtpSettings():
            return SmtpSender(settings, root)
        case HttpEmailSettings():
            return HttpEmailSender(settings, root)
        case WebhookSettings():
            return WebhookSender(settings, root)
        case _:
            assert_never(settings)
