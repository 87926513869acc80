"""The command line as a person meets it, in this process: starting one takes longer than most commands."""

from tests.cli.conftest import _own_environment, relance

__all__ = ["_own_environment", "relance"]
