"""Banners for ad networks: a page that moves by style sheet, in a ZIP file with all that it shows."""

from bulkgen.render.html5.pack import Packed, pack_html5

__all__ = ["Packed", "pack_html5"]
