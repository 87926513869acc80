"""The door to Dagster's history, which outlives every row: numbers and words pass, values of people do not."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg

from pipelines.errors import RelanceError, Unforeseen, valueless
from pipelines.privacy.masking import masked_text
from pipelines.warehouse.engine_errors import EngineError, refusal

Result = dg.MaterializeResult[None]


def nameless(results: Iterable[Result]) -> Iterator[Result]:
    """Yield *results* with every address and telephone number in their words masked; rows of people come as `described.shown_people` shows them."""
    for result in results:
        checks = [check._replace(description=_words(check.description), metadata=_shown(check.metadata)) for check in result.check_results or ()]
        yield Result(asset_key=result.asset_key, metadata=_shown(result.metadata or {}), check_results=checks)


def _shown(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in metadata.items()}


def _value(value: Any) -> Any:
    match value:
        case str():
            return masked_text(value)
        case dg.MarkdownMetadataValue(md_str=str(text)):
            return dg.MetadataValue.md(masked_text(text))
        case dg.TextMetadataValue(text=str(text)):
            return dg.MetadataValue.text(masked_text(text))
        case _:
            return value


def _words(text: str | None) -> str | None:
    return masked_text(text) if text else text


@contextmanager
def nameless_errors() -> Iterator[None]:
    """
    Let an error pass without the values that it quotes; nothing of what led to it passes but the stack.

    Our own words quote none, and what the system says names files; other programs quote what they stumbled over.
    """
    try:
        yield
    except Exception as error:
        raise _said(error).with_traceback(error.__traceback__) from None


def _said(error: Exception) -> RelanceError:
    name = type(error).__name__
    match error:
        case RelanceError():
            return RelanceError(masked_text(str(error)))
        case OSError():
            return Unforeseen(f"{name}: {masked_text(str(error))}")
        case EngineError():
            return Unforeseen(f"{name}: {refusal(error).text}")
        case _:
            return Unforeseen(f"{name}: {valueless(str(error))}")
