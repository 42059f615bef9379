"""Writes listings/homes.csv, the week's list of an invented estate agent, as its office software exports it.

python examples/makers/listings.py
"""

from __future__ import annotations

import csv
from pathlib import Path

TARGET = Path(__file__).parents[1] / "listings" / "homes.csv"

COLUMNS = ("Ref", "Street", "Place", "Status", "Asking price", "Living area", "Bedrooms", "Bathrooms", "Picture")

# A price of nothing is a price on request, no bedrooms are a studio, and what was withdrawn is still in the export.
HOMES = (
    ("14 Orchard Lane", "Westerby, ten minutes to the quay", "For sale", "685000", "148", "4", "2", "cottage"),
    ("The Lock Keeper's House", "On the canal, Ostmark", "Coming soon", "420000", "96", "3", "1", ""),
    ("Cornice 2", "Highfield, above the bay", "For sale", "2350000", "312.5", "5", "4", "villa"),
    ("37 Rope Walk", "Old Town, Westerby", "Under offer", "540000", "121", "3", "2", "terrace"),
    ("39 Rope Walk", "Old Town, Westerby", "For sale", "565000", "124", "3", "2", "terrace"),
    ("Apartment 6, The Granary", "Harbour Basin, Westerby", "To let", "1950", "74", "2", "1", "living"),
    ("Apartment 9, The Granary", "Harbour Basin, Westerby", "To let", "1450", "41", "0", "1", "living"),
    ("Mill Farm", "Lower Ostmark, with two acres", "For sale", "890000", "205", "5", "3", "farmhouse"),
    ("3 Saddler's Mews", "Behind the cathedral, Westerby", "For sale", "610000", "98", "2", "2", "mews"),
    ("5 Saddler's Mews", "Behind the cathedral, Westerby", "Withdrawn", "625000", "101", "2", "2", "mews"),
    ("8 Saddler's Mews", "Behind the cathedral, Westerby", "For sale", "598000", "94", "2", "1", "mews"),
    ("The Old Schoolhouse", "Ostmark Green", "For sale", "735000", "176", "4", "2", "schoolhouse"),
    ("22 Orchard Lane", "Westerby, ten minutes to the quay", "Sold", "649000", "139", "4", "2", "cottage"),
    ("Glasshouse", "Cliff Road, Highfield", "By appointment", "", "420", "6", "5", "villa"),
    ("1 Quay", "Westerby", "For sale", "395000", "68", "2", "1", "living"),
    (
        "Flat 3, The Former Customs and Excise Warehouse, 128 North Breakwater Approach Road",
        "Harbour Basin, at the very end of tram line 4",
        "For sale",
        "472500",
        "83.5",
        "2",
        "2",
        "living",
    ),
    ("Plot 11, Kiln Meadow", "Ostmark, ready in spring", "New build", "455000", "118", "3", "2", ""),
    ("Plot 12, Kiln Meadow", "Ostmark, ready in spring", "New build", "455000", "118", "3", "2", ""),
    ("Plot 14, Kiln Meadow", "Ostmark, ready in autumn", "Withdrawn", "479000", "126", "4", "2", ""),
    ("Hill End", "Upper Highfield", "For sale", "980000", "231", "5", "3", "farmhouse"),
    ("51 Rope Walk", "Old Town, Westerby", "For sale", "529000", "117", "3", "1", "terrace"),
    ("Rosemary Cottage", "Lower Ostmark", "Price reduced", "385000", "82", "2", "1", "cottage"),
    ("Teacher's House", "Ostmark Green", "For sale", "510000", "112", "3", "1", "schoolhouse"),
    ("Penthouse, Harbour Light", "Harbour Basin, Westerby", "For sale", "1275000", "164", "3", "3", "living"),
)


def main() -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for number, (*cells, picture) in enumerate(HOMES):
            writer.writerow((f"MH-{4107 + 13 * number}", *cells, f"images/{picture}.jpg" if picture else ""))


if __name__ == "__main__":
    main()
