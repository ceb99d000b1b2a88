"""A message as Feishu's robot takes it: a card whose head says the deed, and which mentions one person."""

from typing import Any

from channels.message import Message
from channels.robot import text_of
from channels.wording import headline


def card_of(message: Message, to: str) -> dict[str, Any]:
    """The card; what the house says stands as plain text, so that nothing in it is read as markup."""
    return {
        "header": {"template": "red", "title": {"tag": "plain_text", "content": headline(message)}},
        "elements": [
            {"tag": "div", "text": {"tag": "plain_text", "content": text_of(message)}},
            {"tag": "div", "text": {"tag": "lark_md", "content": f"<at id={to}></at>"}},
        ],
    }
