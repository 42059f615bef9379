"""Spreadsheet in, creatives out, spreadsheet back."""

import logging

# The custom of libraries: what is logged is heard by those who ask for it, never printed by default.
logging.getLogger(__name__).addHandler(logging.NullHandler())
