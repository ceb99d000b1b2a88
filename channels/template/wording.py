"""The words that a template may name: one line for the telephone, and its parts."""

from channels.message import Message
from channels.wording import headline
from words.wording import absolute


def words_of(message: Message, to: str) -> dict[str, str]:
    """Each place of a template with its words; a link stands in the text too, for a telephone to open."""
    return {
        "to": to,
        "text": " ".join(filter(None, (headline(message), message.link))),
        "number": message.number,
        "deed": message.deed,
        "due": absolute(message.due_at) if message.due_at else "",
        "link": message.link,
    }
