"""Every setting of Shopclerk, read from the environment (or a ``.env`` file). Nothing else reads the environment.

Profiles are values, not branches: ``embedded`` and ``gpu`` only choose defaults below.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from assistant.bounds import read_bounds

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: prompts/, data/ and locks/ lie here."""

SHOP_FILE = "shop.env"
"""The settings in a shop's folder."""

PLACEHOLDER = "change-me"

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?", re.IGNORECASE)
_HOST = re.compile(r"(\*\.)?[a-z0-9.-]+|[0-9a-f:]+", re.IGNORECASE)


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


_LISTED: dict[str, tuple[Callable[[str], object], str]] = {
    "allowed_origins": (
        _ORIGIN.fullmatch,
        "which is no site: write scheme and host, several separated by commas, like "
        "https://shop.example,https://www.shop.example",
    ),
    "trusted_hosts": (_HOST.fullmatch, "which is no name: write names alone, like shop.example,*.shop.example"),
    "trusted_proxies": (_is_network, "which is no address and no network: write them like 10.0.0.2,192.168.1.0/24"),
}
"""Settings that hold several values: what one of them must be, and how to write it where it is not."""


class PlaceholderSecret(ValueError):
    """A secret still has its placeholder value in production."""


class _ShopFile(DotEnvSettingsSource):
    """The settings of a shop's folder, wherever it has been moved to."""

    def __init__(self, settings_cls: type[BaseSettings], folder: Path) -> None:
        self._folder = folder.absolute()
        if not (self._folder / SHOP_FILE).is_file():
            raise SettingsError(
                f"SHOPCLERK_SHOP={folder}: there is no {SHOP_FILE}; `shopclerk init` makes a shop's folder"
            )
        super().__init__(settings_cls, env_file=self._folder / SHOP_FILE)

    def __call__(self) -> dict[str, Any]:
        values = super().__call__()
        paths = [name for name in values if _is_path(self.settings_cls.model_fields.get(name))]
        return values | {name: self._folder / values[name] for name in paths if values[name]}


def _is_path(field: FieldInfo | None) -> bool:
    return field is not None and (field.annotation is Path or Path in get_args(field.annotation))


class Settings(BaseSettings):
    """Names below are environment variables in upper case with the prefix ``SHOPCLERK_``; the ``LLM_*`` and
    ``CHROMA_*`` ones have none."""

    model_config = SettingsConfigDict(env_prefix="SHOPCLERK_", env_file=".env", extra="ignore", populate_by_name=True)

    environment: Literal["development", "production"] = "development"
    shop: Path | None = Field(
        default=None,
        description="The folder of a shop of one's own, as `shopclerk init` makes it: settings in its shop.env count "
        "before those of .env, and paths in it are relative to the folder.",
    )
    state_dir: Path = Field(default=ROOT / ".shopclerk", description="Databases, vectors, logs, uploads.")
    models_dir: Path = Field(
        default=ROOT / ".shopclerk" / "models",
        description="Language models of our own server, prepared once for every shop that is served from here.",
    )
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite in the state directory.")
    catalogue: Path = ROOT / "data" / "shop" / "products.jsonl"
    faq: Path = ROOT / "data" / "shop" / "faq.jsonl"
    shop_data: Path = Field(default=ROOT / "data" / "shop", description="Demo customers, orders, events, lexicon.")

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535, description="The next free port is taken when this one is in use.")
    public_url: str = Field(default="", description="The address customers see, when behind a proxy.")
    shop_name: str = "Corner & Co."
    languages: Path | None = Field(
        default=None, description="A folder of further languages, one file each (docs/where_to_add.md)."
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Sites whose pages may embed the chat or call the API: https://a.example,https://b.example",
    )

    product_url: str = Field(
        default="",
        description="The shop's own product pages, as https://shop.example/p/{handle}?variant={variant}; empty: the "
        "address that the feed gives, else only the page in the window.",
    )

    checkout: Literal["auto", "demo", "pattern", "shopify", "woocommerce", "webhook", "none"] = Field(
        default="auto",
        description="Where a cart is paid for (docs/shop.md). auto: the connected store's checkout, a pattern's where "
        "checkout_url holds {items}, the demo checkout with the demo shop's goods, else none.",
    )
    checkout_url: str = Field(
        default="",
        description="pattern: https://shop.example/cart?items={items}&code={coupon}; shopify, woocommerce: the store, "
        "where it is not store_url; webhook: who answers with the address.",
    )
    checkout_secret: SecretStr = Field(default=SecretStr(""), description="Signs what the checkout's webhook is sent.")

    store: Literal["auto", "woocommerce", "shopify"] = Field(
        default="auto",
        description="What the connected store runs on. auto: Shopify where its address ends in .myshopify.com, else "
        "WooCommerce.",
    )
    store_url: str = Field(
        default="", description="The store whose catalogue and orders are read (docs/stores.md); empty: none."
    )
    store_key: SecretStr = Field(default=SecretStr(""), description="WooCommerce: the consumer key.")
    store_secret: SecretStr = Field(
        default=SecretStr(""), description="WooCommerce: the consumer secret. Shopify: the Admin API access token."
    )

    session_secret: SecretStr = SecretStr(PLACEHOLDER)
    agent_password: SecretStr = SecretStr(PLACEHOLDER)
    admin_password: SecretStr = SecretStr(PLACEHOLDER)

    encoder: str = Field(
        default="embedded",
        description="embedded: English and, by a dictionary, Chinese; e5: a hundred languages; or a folder with a "
        "text-image model.",
    )
    search_fits: Path | None = Field(default=None, description="Folder of values fitted for that model's vectors.")
    reranker: Path | None = Field(default=None, description="A folder with a cross-encoder that reads the first hits.")
    reranker_weight: float = Field(default=1.0, ge=0, description="Of a standard deviation of its scores.")
    reranker_s: float = Field(default=0.5, gt=0, description="Longest wait for it before the order stays as it was.")

    llm_url: str = Field(
        default="", validation_alias="LLM_URL", description="Any OpenAI-compatible server; empty: our own vLLM child."
    )
    llm_model: str = Field(
        default="",
        validation_alias="LLM_MODEL",
        description="With LLM_URL: one of the models that server lists; empty: the first. Without: the model our own "
        "server serves (docs/model-server.md); empty: the best this machine has room for.",
    )
    llm_api_key: SecretStr = Field(default=SecretStr("none"), validation_alias="LLM_API_KEY")
    llm: Literal["on", "off"] = Field(
        default="on", description="off: never start or call a model; templates word everything."
    )
    llm_first_token_s: float = Field(
        default=4.0, gt=0, description="Longest wait for the first token before the template answers."
    )
    llm_reply_s: float = Field(default=12.0, gt=0, description="Longest time for a whole reply.")
    llm_max_tokens: int = Field(default=160, ge=16)
    model_reads: Literal["auto", "all", "unsure", "off"] = Field(
        default="auto",
        description="Which messages are put to the model: all, with the whole conversation, or those of which the "
        "encoder is unsure. auto: what our own server's model is good enough for; all with LLM_URL.",
    )
    model_read_s: float = Field(
        default=6.0, gt=0, description="Longest wait for its reading before the encoder's stands."
    )
    model_words: Literal["auto", "on", "off"] = Field(
        default="auto", description="Whether the model words replies. auto: unless our own server's model is too slow."
    )

    model_answers: Literal["on", "off"] = Field(
        default="on",
        description="Whether a model that reads all messages may put a direct answer in its own words, checked against "
        "the lines it rests on, before what code says. off: only the shop's own words.",
    )

    tool_loop: bool = Field(
        default=False,
        description="Requests on orders go to the model with the shop's tools first. Needs a model that calls tools.",
    )
    tool_loop_calls: int = Field(default=6, ge=1, description="Most model calls for one request.")
    tool_loop_s: float = Field(default=20.0, gt=0, description="Longest time for one request.")

    chroma_url: str = Field(
        default="", validation_alias="CHROMA_URL", description="A Chroma server; empty: files in the state directory."
    )
    chroma_token: SecretStr = Field(default=SecretStr(""), validation_alias="CHROMA_TOKEN")
    chroma_tenant: str = Field(default="", validation_alias="CHROMA_TENANT")
    chroma_database: str = Field(default="", validation_alias="CHROMA_DATABASE")

    exposure_days: int = Field(
        default=90, ge=1, description="How long lists as shown, and what came of them, are kept."
    )
    retrain_at: str = Field(
        default="03:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="UTC time at which the ranker is trained every night; empty: never.",
    )

    hours: str = Field(
        default="",
        description='When people answer: "Mo-Fr 09:00-17:00; Sa 10:00-14:00; 2026-12-25 off"; empty: whenever somebody '
        "is signed in at the desk.",
    )
    time_zone: str = Field(default="UTC", description='Of the hours ("Europe/Berlin").')

    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="smtp://user:password@host:587 (with STARTTLS wherever the server has it) or smtps://…:465; empty: "
        "no mail.",
    )
    mail_from: str = Field(default="", description='Who mails come from: "Corner & Co. <help@shop.example>".')
    team_mail: str = Field(default="", description="Who hears of tickets by mail, with commas between.")
    team_language: str = Field(default="en", description="Of mails to the team.")
    webhook_url: str = Field(default="", description="What is told of tickets by signed POST (docs/api.md).")
    webhook_secret: SecretStr = SecretStr("")
    chatwoot_url: str = Field(default="", description="A Chatwoot where people answer too (docs/agents.md).")
    chatwoot_account: int = 0
    chatwoot_inbox: int = Field(default=0, description="An inbox of the kind API channel.")
    chatwoot_token: SecretStr = Field(default=SecretStr(""), description="The access token of an agent or agent bot.")
    chatwoot_secret: SecretStr = Field(default=SecretStr(""), description="What its webhooks' addresses end in.")
    zendesk_url: str = Field(default="", description="A Zendesk where people answer too: https://shop.zendesk.com.")
    zendesk_user: str = Field(default="", description="The e-mail address of the agent that the API token is used as.")
    zendesk_token: SecretStr = SecretStr("")
    zendesk_secret: SecretStr = Field(default=SecretStr(""), description="Its webhook's signing secret.")

    first_reply_minutes: int = Field(
        default=5, ge=1, description="Within how many minutes a handed-over shopper is to have a person's first answer."
    )
    message_limit: int = Field(default=2000, description="Characters of one message.")
    picture_limit_mb: int = 10
    bounds: str = Field(
        default="",
        description="How much one client may ask, where it is not as docs/security.md lists it: "
        "conversations.address=60/minute;500/hour tickets.shop=off; off alone: no bounds.",
    )
    turns_at_once: int = Field(default=16, ge=1, description="Turns answered at the same time; later ones wait.")
    turns_waiting: int = Field(default=200, ge=0, description="Turns that may wait; more are refused, and say so.")
    streams_of_conversation: int = Field(
        default=5, ge=1, description="Event streams of one conversation; the newest takes the place of the oldest."
    )
    streams_of_address: int = Field(default=300, ge=1, description="Event streams that one address may hold open.")
    streams_in_all: int = Field(default=5000, ge=1, description="Event streams of all shoppers together.")
    operations_token: SecretStr = Field(
        default=SecretStr(""),
        description="Who reads /metrics, and details of /readyz, sends it as a bearer token; empty: only this machine.",
    )
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Names that the shop is asked under: shop.example,*.shop.example; requests for others are refused. "
        "Empty: that of SHOPCLERK_PUBLIC_URL and this machine's own; without that setting, any.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Addresses or networks of the proxies in front, whose X-Forwarded-For is believed: "
        "10.0.0.2,192.168.1.0/24.",
    )
    visitor_days: int = Field(
        default=30, ge=1, description="Anonymous visitors' interactions are deleted after so many days."
    )
    transcript_days: int = Field(
        default=90, ge=1, description="Anonymous visitors' conversations are deleted after so many days without a word."
    )
    model_tokens_per_day: int = Field(default=2_000_000, description="Spend cap; past it, templates word everything.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        said = (source() for source in (init_settings, env_settings, dotenv_settings))
        folder = next((values["shop"] for values in said if "shop" in values), None)
        own = (_ShopFile(settings_cls, Path(folder)),) if folder else ()
        return (init_settings, env_settings, *own, dotenv_settings)

    @field_validator("product_url")
    @classmethod
    def _fillable(cls, pattern: str) -> str:
        names = {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}
        if unknown := names - {"handle", "product", "variant"}:
            raise ValueError(f"there is no {{{min(unknown)}}}; there are {{handle}}, {{product}} and {{variant}}")
        if pattern and not pattern.startswith(("https://", "http://", "/")):
            raise ValueError("begin it with https://")
        return pattern

    @field_validator(*_LISTED, mode="before")
    @classmethod
    def _as_one_writes_it(cls, value: object, about: ValidationInfo) -> object:
        """Separated by commas, spaces or both."""
        if not isinstance(value, str):
            return value
        listed = tuple(one.rstrip("/") if "//" in one else one for one in value.replace(",", " ").split())
        fits, how = _LISTED[str(about.field_name)]
        for one in listed:
            if not fits(one):
                raise ValueError(f"SHOPCLERK_{str(about.field_name).upper()} holds {one!r}, {how}")
        return listed

    @field_validator("bounds")
    @classmethod
    def _bounds(cls, text: str) -> str:
        read_bounds(text)
        return text

    @model_validator(mode="after")
    def refuse_placeholders(self) -> Self:
        if self.environment == "production":
            for name in ("session_secret", "agent_password", "admin_password"):
                if getattr(self, name).get_secret_value() == PLACEHOLDER:
                    raise PlaceholderSecret(f"SHOPCLERK_{name.upper()} must be set in production")
        return self

    @property
    def catalogue_folder(self) -> Path:
        """What the catalogue's pictures are relative to."""
        return self.catalogue if self.catalogue.is_dir() else self.catalogue.parent

    @property
    def sql_url(self) -> str:
        return self.database_url or f"sqlite:///{self.state_dir / 'shop.sqlite3'}"
