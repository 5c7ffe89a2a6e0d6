"""Reading catalogues and FAQs that people and shop systems made: good rows load, bad ones are told by line and reason
and kept for fixing."""

from retrieval.feeds.faq import FAQ_COLUMNS, load_faq
from retrieval.feeds.feed import Feed
from retrieval.feeds.formats.own import PRODUCT_COLUMNS
from retrieval.feeds.mapping import SavedColumns, parsed
from retrieval.feeds.names import fields
from retrieval.feeds.proposals import NEEDED
from retrieval.feeds.reading import keep_columns, load_catalogue, propose_columns, read_catalogue
from retrieval.feeds.report import (
    BadRow,
    BadRowWriter,
    FaqReport,
    FeedError,
    LoadReport,
    UnknownFormatError,
    bad_row_files,
    write_bad_rows,
)

__all__ = [
    "FAQ_COLUMNS",
    "NEEDED",
    "PRODUCT_COLUMNS",
    "BadRow",
    "BadRowWriter",
    "FaqReport",
    "Feed",
    "FeedError",
    "LoadReport",
    "SavedColumns",
    "UnknownFormatError",
    "bad_row_files",
    "fields",
    "keep_columns",
    "load_catalogue",
    "load_faq",
    "parsed",
    "propose_columns",
    "read_catalogue",
    "write_bad_rows",
]
