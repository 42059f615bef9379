"""Before anything is sent: what would fail, by kind and cell."""
