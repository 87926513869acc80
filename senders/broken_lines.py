"""A line that broke: whether the server can have taken the request, and why it broke."""

import ssl
from collections.abc import Mapping
from typing import Any

import httpx

REFUSED_STREAM = 7
"""The error code of a stream that the server ended before it did anything (RFC 9113, section 7)."""


class Stages:
    """How far a request came: what httpcore tells of it (its extension `trace`), and of the connection, but not of the CONNECT that goes to a proxy before."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self._is_ours = True
        self._stream = 0

    def __call__(self, stage: str, told: Mapping[str, Any]) -> None:
        if stage.endswith(".started"):
            self._is_ours = getattr(told.get("request"), "method", b"") != b"CONNECT"
            self._stream = told.get("stream_id", self._stream)
        if self._is_ours:
            self._told.append(stage)

    @property
    def are_half_way(self) -> bool:
        """
        Whether the request did not leave whole.

        That it was an error of writing says nothing: HTTP/2 also writes while it reads.
        """
        last = next((stage for stage in reversed(self._told) if ".send_request_" in stage), "")
        return not last.endswith(".send_request_body.complete") if last else bool(self._told)

    @property
    def are_of_first_stream(self) -> bool:
        """Whether no request went before on the connection, an HTTP/2 one (RFC 9113, section 5.1.1)."""
        return self._stream == 1


def is_untouched(error: BaseException, stages: Stages) -> bool:
    """
    Whether an HTTP/2 server says in its goodbye that it did nothing with the request of *stages* (RFC 9113, section 8.7).

    One that says of a connection that nothing was done is not believed where it has answered before.
    """
    match _goodbye(error):
        case object(last_stream_id=0):
            return stages.are_of_first_stream
        case object(stream_id=_, error_code=code):
            return bool(code == REFUSED_STREAM)
        case _:
            return False


def said(error: BaseException) -> str:
    """Return the reason that lies at the bottom of an error of httpx."""
    match _goodbye(error):
        case object(additional_data=bytes(words)) if words:
            return f"the server closed it: {words.decode('utf-8', 'replace')}"
        case object(last_stream_id=_):
            return "the server closed it and did not say why"
        case object(stream_id=_, error_code=code):
            return f"the server broke the request off, HTTP/2 error {code}"
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate cannot be verified: {error.verify_message}"
        case httpx.LocalProtocolError():
            return "a header cannot be written"
        case OSError(strerror=str(reason)):
            return reason
        case _:
            return str(error) or type(error).__name__


def _goodbye(error: BaseException | None) -> object:
    """Return the event of h2 behind an error of httpx: the end of a connection (GOAWAY) or of a stream (RST_STREAM); None where there is none."""
    while error is not None:
        match error.args:
            case [object(last_stream_id=_) | object(stream_id=_) as event]:
                return event
        error = error.__cause__ or error.__context__
    return None
