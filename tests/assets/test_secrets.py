"""Nothing that a run leaves behind tells a secret: not even when the provider repeats it in its refusal."""

import base64
import json
import logging
import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import trustme

from pipelines.assets.in_process import Runner
from pipelines.assets.tags import LIVE
from pipelines.delivery.ownership import warehouse_name
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.warehouse.duckdb import open_warehouse
from tests.assets.small_shop import FILES, Day, write, write_shop
from tests.senders.http2_server import http2_server
from tests.senders.http_server import CUT, Desk, Heard, Reply, http_server
from tests.senders.mail_server import mail_server
from tests.senders.test_apns import KEY as APNS_KEY
from tests.senders.test_mobile_push import KEY as ACCOUNT_KEY
from tests.senders.test_mobile_push import TOKEN
from tests.senders.test_web_push import AUTH, P256DH, VAPID_KEY

KEY = "xkeysib-77-right-horse"
FILES_SENDER = '[[senders]]\nname = "outgoing"\nkind = "files"\nchannels = ["email"]\n'
SIGNED = 'stop/{token}"\nunsubscribe_secret_env = "UNSUBSCRIBE'
SECRETS = {
    "MAIL_KEY": KEY,
    "UNSUBSCRIBE": "unsubscribe-right-horse-battery-staple",
    "HOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "HOOK_PATH": "/hooks/T0123-right-horse",
    "MAIL_PASSWORD": "wrong-right-horse",
    "MAILGUN_LOGIN": base64.b64encode(f"api:{KEY}".encode()).decode(),
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI-right-horse",
    "VAPID_KEY": VAPID_KEY,
    "ACCOUNT_KEY": ACCOUNT_KEY.splitlines()[3],
    "ACCOUNT_TOKEN": TOKEN,
    "APNS_KEY": APNS_KEY.splitlines()[1],
    "APNS_TOKEN": base64.b64encode(b'{"alg": "ES256", "typ": "JW').decode(),
    "SMTP_LOGIN": base64.b64encode(b"\0lilas\0wrong-right-horse").decode(),
}
HTTP_SENDERS = {
    "brevo": 'kind = "http_email"\nprovider = "brevo"\napi_key_env = "MAIL_KEY"\nper_request = 1\nbase_url = "{url}"\n',
    "mailgun": 'kind = "http_email"\nprovider = "mailgun"\ndomain = "mg.lilas.example"\napi_key_file = "key.txt"\nper_request = 1\nbase_url = "{url}"\n',
    "webhook": 'kind = "webhook"\nchannels = ["email"]\nurl_env = "HOOK_URL"\nsecret_env = "HOOK_SECRET"\n',
    "ses": 'kind = "ses"\nregion = "eu-west-3"\nendpoint_url = "{url}"\n',
}
APPLE = 'bundle_id = "lilas.app"\nteam_id = "C86NV9JX3D"\nkey_id = "8YL3G3RRW7"\nprivate_key_env = "APNS_KEY"\nca_file = "../ca.pem"\n'
PUSHERS = {
    "web_push": (
        'kind = "web_push"\nprivate_key_env = "VAPID_KEY"\nsubject = "mailto:web@lilas.example"\nservices = ["127.0.0.1"]\n',
        ("{url}/c3", f"{P256DH},{base64.urlsafe_b64encode(AUTH).decode()}"),
    ),
    "mobile_push": ('kind = "mobile_push"\nservice_account_env = "ACCOUNT"\nbase_url = "{url}"\n', ("token-c3", ",")),
    "apns": (f'kind = "apns"\n{APPLE}base_url = "{{url}}"\n', ("00fc13c3", ",")),
}
"""Senders of pushes, and of whom each believes that a contact subscribed: the endpoint, and the two keys."""
SUBSCRIPTIONS = '[[sources]]\nname = "subscriptions"\ntable = "push_subscriptions"\npath = "data/subscriptions.csv"\nformat = "csv"\n'


def repeats(statuses: Iterator[int], heard: Heard) -> Reply:
    """Answer with everything the request had that nobody should see; with a token where one is asked for."""
    if heard.path == "/token":
        return Reply(200, {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})
    seen = [heard.path, *(heard.headers.get(name, "") for name in ("api-key", "authorization", "webhook-signature"))]
    return Reply(next(statuses), {"message": f"who is {' '.join(seen)} {SECRETS['HOOK_SECRET'] if 'webhook-signature' in heard.headers else ''}?"})


@contextmanager
def failing(tmp_path: Path, carrier: str, pusher: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A live shop whose providers repeat what they are told, refuse the key, fail, and cut the line."""
    for name in ("MAIL_KEY", "UNSUBSCRIBE", "HOOK_SECRET", "MAIL_PASSWORD", "AWS_SECRET_ACCESS_KEY", "VAPID_KEY"):
        monkeypatch.setenv(name, SECRETS[name])
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA0LILAS")
    monkeypatch.setenv("APNS_KEY", APNS_KEY)
    if carrier == "smtp":
        authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        login = f'username = "lilas"\npassword_env = "MAIL_PASSWORD"\nca_file = "{tmp_path / "ca.pem"}"\n'
        with mail_server(starttls=context, login=True) as room:
            yield shop(tmp_path, f'kind = "smtp"\nhost = "127.0.0.1"\nport = {room.port}\n{login}')
        return
    with repeating([500, 401, 400, 429, 302] * 9, tmp_path, http2=False) as desk, repeating([429, 400], tmp_path, http2=pusher == "apns") as pushed:
        desk.faults = [CUT]
        monkeypatch.setenv("HOOK_URL", desk.url + SECRETS["HOOK_PATH"])
        account = {"project_id": "lilas", "private_key": ACCOUNT_KEY, "client_email": "a@lilas.example", "token_uri": f"{pushed.url}/token"}
        monkeypatch.setenv("ACCOUNT", json.dumps(account))
        project = shop(tmp_path, HTTP_SENDERS[carrier].format(url=desk.url))
        yield pushing(project, pushed.url, pusher) if pusher else project


def repeating(statuses: list[int], folder: Path, *, http2: bool) -> AbstractContextManager[Desk]:
    """A server that answers with *statuses*, one after the other."""
    left = iter(statuses)

    def answer(heard: Heard) -> Reply:
        return repeats(left, heard)

    return http2_server(answer, folder) if http2 else http_server(answer)


def shop(root: Path, carrier: str) -> Project:
    project = write_shop(root / "shop", **{FILES_SENDER: f'[[senders]]\nname = "post"\n{carrier}', "stop/{message_key}": SIGNED})
    (project.root / "key.txt").write_text(KEY + "\n", encoding="utf-8")
    with open_warehouse(project) as warehouse:
        owner = warehouse_name(warehouse, project, datetime(2026, 3, 1))
    with (project.root / "relance.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[sending]\nwarehouse = "{owner}"\n')
    return load_project(project.root)


def pushing(project: Project, url: str, pusher: str) -> Project:
    """The same shop, where whoever bought is thanked by a push, and two are welcomed by e-mail."""
    write(project.root, "scenarios/thanks.yaml", FILES["scenarios/thanks.yaml"].replace("send: thank_you", "{send: thank_you, via: push}"))
    write(project.root, "scenarios/messages/thank_you/push.txt.j2", "Your order came in.\n")
    write(project.root, "data/events.csv", FILES["data/events.csv"] + "e3,c4,2026-03-01T12:00:00,signed_up\n")
    endpoint, keys = PUSHERS[pusher][1]
    write(project.root, "data/subscriptions.csv", f"endpoint,contact_id,p256dh,auth,subscribed_at\n{endpoint.format(url=url)},c3,{keys},2025-06-01T00:00:00\n")
    settings = (project.root / "relance.toml").read_text(encoding="utf-8")
    write(project.root, "relance.toml", f'{settings}{SUBSCRIPTIONS}[[senders]]\nname = "push"\n{PUSHERS[pusher][0].format(url=url)}')
    return load_project(project.root)


def left_behind(project: Project) -> Iterator[tuple[str, str]]:
    """Every file of the project but the one that holds the key, and every row of its warehouse."""
    for path in sorted(path for path in project.root.rglob("*") if path.is_file() and path.name != "key.txt"):
        yield str(path.relative_to(project.root)), path.read_bytes().decode("utf-8", "replace")
    with open_warehouse(project) as warehouse:
        for schema, table in warehouse.rows("select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"):
            yield f"{schema}.{table}", str(warehouse.rows(f'select * from "{schema}"."{table}"'))


@pytest.mark.parametrize(("carrier", "pusher"), [("brevo", "web_push"), ("mailgun", "mobile_push"), ("webhook", "apns"), ("ses", ""), ("smtp", "")])
def test_no_secret_is_told(
    tmp_path: Path, carrier: str, pusher: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with failing(tmp_path, carrier, pusher, monkeypatch) as project:
        day = Day(project, recorded=True)
        day.runner = Runner(project, lambda: day.as_of, {LIVE: "live"})
        outcomes = [day.daily(), *(day.hand_over(timedelta(hours=hours)) for hours in (4, 5))]
    left = dict(left_behind(project)) | {"log": caplog.text, "screen": "".join(capfd.readouterr()), "outcomes": str(outcomes), "settings": repr(project)}
    assert not [(where, name) for where, text in left.items() for name, secret in SECRETS.items() if secret in text]
    with open_warehouse(project) as warehouse:
        told = warehouse.rows("select distinct sender from delivery.sends where error like '%who is%' or error like '%Authentication%' order by sender")
    assert told == [("post",), ("push",)][: 2 if pusher else 1], "each provider did repeat what it was told"
