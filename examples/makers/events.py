"""Writes event-tickets/events.csv, the spring programme of an invented house by the water.

python examples/makers/events.py
"""

from __future__ import annotations

import csv
from pathlib import Path

TARGET = Path(__file__).parents[1] / "event-tickets" / "events.csv"
SITE = "https://harbourhall.example/e"

COLUMNS = ("number", "date", "doors", "title", "venue", "price", "picture", "link")

EVENTS = (
    ("2027-03-05", "19:30", "Night of the Accordions", "Harbour Hall, Pier 4", "24.00", "stage"),
    ("2027-03-07", "11:00", "Sunday Soup with the Harbour Choir", "Harbour Hall, Foyer", "12.00", "stage"),
    ("2027-03-12", "20:00", "Low Tide", "Harbour Hall, Pier 4", "28.00", "stage"),
    ("2027-03-14", "06:45", "Yoga at Dawn", "The Roof", "", ""),
    (
        "2027-03-19",
        "18:00",
        "Clay, Salt, Fire: New Work by Four Potters",
        "Gallery on the First Floor",
        "9.00",
        "gallery",
    ),
    ("2027-03-20", "14:00", "Drawing for People Who Say They Cannot", "Gallery on the First Floor", "18.00", "gallery"),
    (
        "2027-03-26",
        "19:00",
        "An Evening of Stories from the Last Lighthouse Keepers of the Northern Coast",
        "Old Customs Quay, Warehouse 2",
        "16.00",
        "",
    ),
    ("2027-04-02", "20:30", "Brass on the Breakwater", "Pier 4, outdoors", "22.00", "stage"),
    ("2027-04-03", "10:00", "Swap Your Seedlings", "The Roof", "", ""),
    ("2027-04-09", "19:30", "The Quiet Piano", "Harbour Hall, Small Room", "26.00", "stage"),
    ("2027-04-11", "11:00", "Sunday Soup with Two Cellos", "Harbour Hall, Foyer", "12.00", "stage"),
    ("2027-04-16", "18:30", "What the Fog Remembers: Photographs", "Gallery on the First Floor", "9.00", "gallery"),
    ("2027-04-17", "05:58", "First Light Walk", "Meet at the Red Crane", "7.50", ""),
    ("2027-04-23", "20:00", "Dance Until the Ferry Leaves", "Harbour Hall, Pier 4", "19.00", "stage"),
    ("2027-04-30", "21:00", "Into May", "Harbour Hall, Pier 4", "32.00", "stage"),
    ("2027-05-01", "09:00", "Mending Café: Bring Something Broken", "Old Customs Quay, Warehouse 2", "", "gallery"),
    ("2027-05-07", "19:30", "Four Hands, One Kitchen", "Harbour Hall, Kitchen", "68.00", ""),
    ("2027-05-14", "20:00", "Songs My Grandmother Denied Knowing", "Harbour Hall, Small Room", "24.00", "stage"),
    ("2027-05-21", "18:00", "A Room of Borrowed Chairs", "Gallery on the First Floor", "9.00", "gallery"),
    ("2027-05-28", "19:00", "Midsummer Rehearsal", "Pier 4, outdoors", "15.00", ""),
)


def main() -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for index, (date, doors, title, venue, price, picture) in enumerate(EVENTS):
            number = f"{2701 + index * 3:06d}"
            path = f"images/{picture}.jpg" if picture else ""
            writer.writerow((number, date, doors, title, venue, price, path, f"{SITE}/{number}"))
    print(f"{len(EVENTS)} events in {TARGET}")


if __name__ == "__main__":
    main()
