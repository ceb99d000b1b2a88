"""The settings of this machine, as commands of the terminal need them."""

from pydantic import ValidationError

from settings import Settings
from terminal.outcome import refuse_usage

# A system that listens at every address is asked at its own.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  what is listened at, by nobody here


def read_settings() -> Settings:
    """The settings of this environment; wrong ones end the program."""
    try:
        return Settings()
    except ValidationError as error:
        raise refuse_usage("设置有误。", str(error)) from None


def own_address() -> str:
    """Where the system of these settings answers; wrong ones end the program."""
    settings = read_settings()
    host = _EVERYWHERE.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.web_port}"
