"""A line that broke: whether the server can have taken the request, and why it broke."""

import ssl
from collections.abc import Sequence

import httpx

REFUSED_STREAM = 7
"""The error code of a stream that the server ended before it did anything (RFC 9113, section 7)."""


def is_half_sent(stages: Sequence[str]) -> bool:
    """
    Whether the last request of which httpcore told the *stages* (its extension `trace`) did not leave whole.

    That it was an error of writing says nothing: HTTP/2 also writes while it reads.
    """
    last = next((stage for stage in reversed(stages) if ".send_request_" in stage), None)
    return last is not None and not last.endswith(".send_request_body.complete")


def is_untouched(error: BaseException) -> bool:
    """Whether an HTTP/2 server says in its goodbye that it did nothing with the request (RFC 9113, section 8.7)."""
    match _goodbye(error):
        case object(last_stream_id=0):
            return True
        case object(stream_id=_, error_code=code):
            return bool(code == REFUSED_STREAM)
        case _:
            return False


def said(error: BaseException) -> str:
    """Return the reason that lies at the bottom of an error of httpx."""
    match _goodbye(error):
        case object(additional_data=bytes(words)):
            return f"the server closed it: {words.decode('utf-8', 'replace')}"
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
