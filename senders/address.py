"""E-mail addresses as the registries know them (email-validator): syntax, internationalised domains, names that are reserved."""

from email_validator import EmailNotValidError, validate_email


def fault_of_address(address: str) -> str:
    """Return why no mail can go to *address*, as far as it tells by itself; empty for none. Nobody is asked over the network."""
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        return str(error).rstrip(".")
    return ""
