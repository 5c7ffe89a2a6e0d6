"""The application tells people who are not on a page, while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial

from assistant.access import RETURN_LIFETIME_S, Access
from assistant.bootstrap import Shopclerk
from assistant.notify.chatwoot import Chatwoot
from assistant.notify.courier import Channel, ChannelUnusable, Courier
from assistant.notify.letters import Letters
from assistant.notify.links import Links
from assistant.notify.lookout import Lookout, Sight
from assistant.notify.mail import Mail, MailServer
from assistant.notify.mirror import HelpDesk, Mirror
from assistant.notify.webhook import Webhook
from assistant.notify.zendesk import Zendesk
from assistant.service.person import PersonService
from assistant.service.presence import Presence, Side
from assistant.settings import Settings

RETURN_DAYS = timedelta(seconds=RETURN_LIFETIME_S).days


def way_back(app: Shopclerk, access: Access, conversation_id: str) -> str:
    """The signed link, behind "#": neither proxies nor logs see it."""
    return f"{app.commerce.notifications.base_url}/chat/#return={access.sign_return(conversation_id)}"


def channels(app: Shopclerk, access: Access) -> list[Channel]:
    """Those that the settings name. Raises ``ChannelUnusable``."""
    settings, found = app.settings, list[Channel]()
    if url := settings.smtp_url.get_secret_value():
        team = tuple(each.strip() for each in settings.team_mail.split(",") if each.strip())
        letters = Letters(
            app.commerce.records,
            settings.shop_name,
            team,
            settings.team_language,
            partial(way_back, app, access),
            RETURN_DAYS,
        )
        found.append(Mail(MailServer.read(url), settings.mail_from, letters.of))
    if settings.webhook_url:
        secret = settings.webhook_secret.get_secret_value()
        if not secret:
            raise ChannelUnusable("SHOPCLERK_WEBHOOK_SECRET is not set: receivers could not tell us from anybody else")
        found.append(Webhook(settings.webhook_url, secret))
    return [*found, *(_mirror(app, desk) for desk in help_desks(settings))]


def help_desks(settings: Settings) -> Iterator[HelpDesk]:
    """Raises ``ChannelUnusable``."""
    if settings.chatwoot_url:
        if not settings.chatwoot_secret.get_secret_value():
            raise ChannelUnusable("SHOPCLERK_CHATWOOT_SECRET is not set: anybody could write to shoppers")
        token = settings.chatwoot_token.get_secret_value()
        yield Chatwoot(settings.chatwoot_url, settings.chatwoot_account, settings.chatwoot_inbox, token)
    if settings.zendesk_url:
        if not settings.zendesk_secret.get_secret_value():
            raise ChannelUnusable("SHOPCLERK_ZENDESK_SECRET is not set: anybody could write to shoppers")
        yield Zendesk(settings.zendesk_url, settings.zendesk_user, settings.zendesk_token.get_secret_value())


def _mirror(app: Shopclerk, desk: HelpDesk) -> Mirror:
    records, notifications = app.commerce.records, app.commerce.notifications
    links = Links(app.commerce.database, records.changes)
    return Mirror(desk, records, links, notifications.name_of, notifications.base_url)


def sight(presence: Presence, settings: Settings) -> Sight:
    def here(side: Side, conversation_id: str) -> bool:
        return any(each.side == side for each in presence.of(conversation_id))

    first_reply_in = timedelta(minutes=settings.first_reply_minutes)
    return Sight(partial(here, "shopper"), partial(here, "agent"), first_reply_in)


@asynccontextmanager
async def telling(app: Shopclerk, told_on: Sequence[Channel], person: PersonService) -> AsyncIterator[None]:
    """Sees what is to be told and tells it, while the block runs."""
    notifications = app.commerce.notifications
    courier = Courier(notifications.outbox, told_on)
    lookout = Lookout(app.commerce.database, app.commerce.records, notifications, sight(person.presence, app.settings))
    await asyncio.to_thread(notifications.outbox.sweep)
    tasks = [asyncio.create_task(work) for work in (lookout.run(), courier.run(), person.follow_queue())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
