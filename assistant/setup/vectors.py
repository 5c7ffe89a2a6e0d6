"""The vector store that the settings name."""

from __future__ import annotations

from assistant.settings import Settings
from retrieval.store.chroma import Store


def vector_store(settings: Settings) -> Store:
    """Embedded in the state directory, or on a Chroma server with its snapshots there. Nothing is asked of the server
    before it is needed."""
    return Store(
        settings.state_dir / "vectors",
        url=settings.chroma_url or None,
        token=settings.chroma_token.get_secret_value() or None,
        tenant=settings.chroma_tenant or None,
        database=settings.chroma_database or None,
    )
