"""What the place where a line broke says of the message, by what httpcore tells of its way; whole servers that break it are in the tests of senders."""

import httpx
import pytest

from senders.http import HttpSession
from senders.message import State
from tests.senders.mails import mail
from tests.senders.providers import PROVIDERS


class Failing(httpx.BaseTransport):
    """Loses the connection when it has told the stages that httpcore would."""

    def __init__(self, *stages: str) -> None:
        self.stages = stages

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for stage in self.stages:
            request.extensions["trace"](stage, {})
        raise httpx.WriteError("Broken pipe")


@pytest.mark.parametrize(
    ("stages", "state"),
    [
        (["http2.send_request_body.failed"], "retry"),
        (["http2.send_request_body.complete"], "unknown"),
        (["http2.send_request_body.complete", "http2.send_request_headers.started"], "retry"),
        (["http2.send_connection_init.failed"], "retry"),
        ([], "unknown"),
    ],
    ids=["in the middle of a request", "while the answer is read", "on a second connection", "before any request", "nobody knows when"],
)
def test_a_line_that_breaks_while_writing_leaves_unknown_what_was_whole(stages: list[str], state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_KEY", "right-horse")
    with PROVIDERS["brevo"].sender("https://127.0.0.1").session() as session, httpx.Client(transport=Failing(*stages), base_url="https://127.0.0.1") as client:
        assert isinstance(session, HttpSession)
        session.client = client
        assert [receipt.state for receipt in session.send([mail("a")])] == [state]
