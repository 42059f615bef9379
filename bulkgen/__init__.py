"""Spreadsheet in, creatives out, spreadsheet back.

    import bulkgen

    result = bulkgen.run_sync("products.xlsx", design="product-card")

What is named here is the library; it is loaded when it is asked for, so that the command line starts without it.
"""

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bulkgen.errors import BulkgenError
    from bulkgen.library import BannerResult, Result, RowResult, run, run_sync

__all__ = ["BannerResult", "BulkgenError", "Result", "RowResult", "run", "run_sync"]

# The custom of libraries: what is logged is heard by those who ask for it, never printed by default.
logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module("bulkgen.errors" if name == "BulkgenError" else "bulkgen.library"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
