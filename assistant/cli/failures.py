"""Which failures are told in one line: those a person can do something about. Others are bugs and keep their
traceback."""

from __future__ import annotations


def told(error: Exception) -> str | None:
    """The line, or None for a bug."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from assistant.access import CredentialsUnavailable
    from assistant.database import DatabaseUnavailable
    from assistant.notify.courier import ChannelUnusable
    from assistant.online.experiments import ExperimentError
    from assistant.online.versions import VersionError
    from assistant.settings import PlaceholderSecret, Settings
    from assistant.setup.demo import DemoInvalid
    from assistant.setup.state import CannotStart
    from assistant.shop.delivery import DeliveryInvalid
    from assistant.shop.hours import HoursUnreadable
    from assistant.shop.retail_files import RetailInvalid
    from assistant.shop.retail_serving import ShopInUse
    from assistant.shop.rules import RulesInvalid
    from assistant.shop.store_order import StoreFailed
    from retrieval.encoders.embedded import ModelFilesMissing
    from retrieval.encoders.pictures import BadPicture
    from retrieval.feeds import FeedError
    from retrieval.fusion.heads import HeadsUnusable
    from retrieval.search.fits import BadFit
    from retrieval.store.rows import StoreError
    from retrieval.text.lexicon import LexiconError

    if isinstance(error, ValidationError):
        if error.title == Settings.__name__:
            return "; ".join(f"{'/'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors())
        return None
    known = (
        BadFit,
        CannotStart,
        ChannelUnusable,
        CredentialsUnavailable,
        DatabaseUnavailable,
        DeliveryInvalid,
        DemoInvalid,
        ExperimentError,
        FeedError,
        HeadsUnusable,
        HoursUnreadable,
        LexiconError,
        ModelFilesMissing,
        PlaceholderSecret,
        RetailInvalid,
        RulesInvalid,
        ShopInUse,
        SettingsError,
        StoreError,
        StoreFailed,
        BadPicture,
        Unusable,
        VersionError,
    )
    if isinstance(error, known):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return None


class Unusable(Exception):
    """What was asked of the command line cannot be done; the message says why."""
