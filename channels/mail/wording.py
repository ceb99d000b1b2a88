"""A message as a mail: plain text, short enough for the list of a phone."""

from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime

from channels.mail.settings import MailSettings
from channels.message import Message
from channels.wording import headline, lines


def mail_of(message: Message, settings: MailSettings, to: str) -> MIMEText:
    """The mail of a message; the same message has the same Message-ID however often it is sent."""
    mail = MIMEText("\n".join(lines(message)), "plain", "utf-8")
    mail["Subject"] = Header(" ".join(headline(message).split()), "utf-8", header_name="Subject").encode()
    mail["From"] = settings.sender
    mail["To"] = to
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{message.id}@{settings.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail
