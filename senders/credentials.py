"""Secrets: read from an environment variable or a file when they are needed, never kept in settings, never told."""

import os
import re
from pathlib import Path

KEY = re.compile(r"[\x21-\x7e]+")


def read_secret(variable: str, file: Path | None, root: Path) -> str:
    """
    Return the secret that the environment *variable* or the *file* (relative to *root*) holds: one that a header can carry.

    Raises ConnectionError, in words that name the place and never the secret, where it cannot be had.
    """
    secret = read_text(variable, file, root)
    if not KEY.fullmatch(secret):
        raise ConnectionError(f"{file or variable} holds something that no header can carry: a space, a line break or a sign beyond ASCII")
    return secret


def read_text(variable: str, file: Path | None, root: Path) -> str:
    """Return the same for a secret that may be any text: a password with spaces, a key of many lines."""
    secret = _content(root / file) if file else os.environ.get(variable, "")
    if not secret:
        raise ConnectionError(f"{file or variable}, which holds the secret, is {'empty' if file else 'not set'}")
    return secret


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConnectionError(f"{path.name}, which holds the secret, cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConnectionError(f"{path.name}, which holds the secret, is not UTF-8 text") from None
