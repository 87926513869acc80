"""Settings → sender: the one place that knows every kind."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import assert_never

from senders.apns import ApnsSender, ApnsSettings
from senders.call_list import CallListSender, CallListSettings
from senders.files import FilesSender, FilesSettings
from senders.http_email import HttpEmailSender, HttpEmailSettings
from senders.http_sms import HttpSmsSender, HttpSmsSettings
from senders.message import Sender
from senders.mobile_push import MobilePushSender, MobilePushSettings
from senders.ses import SesSender, SesSettings
from senders.smtp import SmtpSender, SmtpSettings
from senders.web_push import WebPushSender, WebPushSettings
from senders.webhook import WebhookSender, WebhookSettings

SenderSettings = (
    ApnsSettings
    | CallListSettings
    | FilesSettings
    | HttpEmailSettings
    | HttpSmsSettings
    | MobilePushSettings
    | SesSettings
    | SmtpSettings
    | WebPushSettings
    | WebhookSettings
)


def sender_from(settings: SenderSettings, root: Path, clock: Callable[[], datetime]) -> Sender:
    """
    Return the sender that *settings* describe; relative paths start from *root*, the project's folder.

    *clock* tells the time (UTC, without zone) to senders whose requests carry it.
    """
    match settings:
        case ApnsSettings():
            return ApnsSender(settings, root, clock)
        case CallListSettings():
            return CallListSender(settings, root)
        case FilesSettings():
            return FilesSender(settings, root)
        case HttpSmsSettings():
            return HttpSmsSender(settings, root)
        case MobilePushSettings():
            return MobilePushSender(settings, root)
        case WebPushSettings():
            return WebPushSender(settings, root, clock)
        case SesSettings():
            return SesSender(settings, root)
        case SmtpSettings():
            return SmtpSender(settings, root)
        case HttpEmailSettings():
            return HttpEmailSender(settings, root)
        case WebhookSettings():
            return WebhookSender(settings, root, clock)
        case _:
            assert_never(settings)
