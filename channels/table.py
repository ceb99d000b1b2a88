"""The channels by their names: how each reads its settings and a person's address, and how it sends."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from channels.dingtalk import settings as dingtalk_settings
from channels.dingtalk import transport as dingtalk
from channels.feishu import settings as feishu_settings
from channels.feishu import transport as feishu
from channels.mail import settings as mail_settings
from channels.mail import transport as mail
from channels.message import BadSettings, Message, NotTaken, Taken
from channels.outgoing import Outgoing
from channels.template import settings as template_settings
from channels.template import transport as template
from channels.webhook import settings as webhook_settings
from channels.webhook import transport as webhook
from channels.wecom import settings as wecom_settings
from channels.wecom import transport as wecom

AT_ONE_TIME: Final = 8  # messages of one channel under way in one process


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingChannel:
    """One way out: `fields` are the names of its settings,
    `secrets` those of them that are shown to nobody again.

    `apart` puts secrets in their own places that were typed in another; raises BadSettings. `is_robot` is one
    that speaks to a group.
    """

    name: str
    fields: tuple[str, ...]
    secrets: frozenset[str]
    read: Callable[[Mapping[str, str]], Any]
    address: Callable[[str], str]
    send: Callable[[Message, Any, str, Outgoing], Taken]
    apart: Callable[[Mapping[str, str]], dict[str, str]] = dict
    is_robot: bool = False


CHANNELS: Final[Mapping[str, OutgoingChannel]] = {
    "mail": OutgoingChannel(
        name="mail",
        fields=("host", "port", "security", "sender", "user", "password"),
        secrets=frozenset({"password"}),
        read=mail_settings.read,
        address=mail_settings.address,
        send=mail.send,
    ),
    "webhook": OutgoingChannel(
        name="webhook",
        fields=("url", "secret"),
        secrets=frozenset({"secret"}),
        read=webhook_settings.read,
        address=webhook_settings.address,
        send=webhook.send,
    ),
    "wecom": OutgoingChannel(
        name="wecom",
        fields=("url", "key"),
        secrets=frozenset({"key"}),
        read=wecom_settings.read,
        address=wecom_settings.address,
        send=wecom.send,
        apart=wecom_settings.taken_apart,
        is_robot=True,
    ),
    "dingtalk": OutgoingChannel(
        name="dingtalk",
        fields=("url", "key", "secret"),
        secrets=frozenset({"key", "secret"}),
        read=dingtalk_settings.read,
        address=dingtalk_settings.address,
        send=dingtalk.send,
        apart=dingtalk_settings.taken_apart,
        is_robot=True,
    ),
    "feishu": OutgoingChannel(
        name="feishu",
        fields=("url", "key", "secret"),
        secrets=frozenset({"key", "secret"}),
        read=feishu_settings.read,
        address=feishu_settings.address,
        send=feishu.send,
        apart=feishu_settings.taken_apart,
        is_robot=True,
    ),
    **{
        name: OutgoingChannel(
            name=name,
            fields=("url", "kind", "body", "header", "secret", "success"),
            secrets=frozenset({"secret"}),
            read=template_settings.read,
            address=template_settings.address,
            send=template.send,
        )
        for name in ("sms", "voice")
    },
}


class Sender:
    """Sends messages in threads of each channel's own, so that a slow provider holds up nothing else;
    `close` it at the end.
    """

    def __init__(self, out: Outgoing) -> None:
        self._out = out
        self._places = {name: asyncio.Semaphore(AT_ONE_TIME) for name in CHANNELS}
        self._threads = {name: ThreadPoolExecutor(AT_ONE_TIME, thread_name_prefix=name) for name in CHANNELS}

    async def take_place(self, channel: str, seconds: float) -> bool:
        """Have one of a channel's threads before a message begins, which would else wait for one;
        False where none was free in time.

        Whoever has one gives it back.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self._places[channel].acquire()
        except TimeoutError:
            return False

    def give_back(self, channel: str) -> None:
        """Leave a place to others."""
        self._places[channel].release()

    async def send(self, channel: str, settings: Mapping[str, str], to: str, message: Message) -> Taken:
        """Have a channel's provider take a message; raises NotTaken, of which Rejected is one."""
        way = CHANNELS[channel]
        try:
            work = partial(way.send, message, way.read(settings), way.address(to), self._out)
        except BadSettings as bad:
            raise NotTaken(f"bad_{bad.field}") from None
        return await asyncio.get_running_loop().run_in_executor(self._threads[channel], work)

    def close(self) -> None:
        """Take no more messages; those under way end by themselves."""
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)
