"""Writes customer-quotes/quotes.csv as Excel does in most of Europe: semicolons, a byte-order mark, decimal commas.

    python examples/makers/quotes.py

What customers of an invented bookkeeping service say, in the languages they say it in. One quote is a speech, one
portrait is not in the folder, and one row has a name and no quote.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

TARGET = Path(__file__).parents[1] / "customer-quotes" / "quotes.csv"

COLUMNS = ("No", "Quote", "Author", "Role", "Company", "Stars", "Portrait", "Language", "Approved")


class Quote(NamedTuple):
    text: str
    author: str
    role: str
    company: str
    stars: str
    portrait: str
    language: str


QUOTES = (
    Quote("I closed the year on a Sunday afternoon, with the cat on my lap. That has never happened before.", "Amara Osei-Lind", "Founder", "Lind Ceramics", "5", "amara", "en"),
    Quote("It found a bill we had paid twice. In the first week.", "Harold Finch-Moore", "Owner", "Moore & Daughters, Booksellers", "5", "harold", "en"),
    Quote("My accountant sent me flowers.", "Noa Brandt", "Head of Everything", "Brandt Bicycle Repairs", "5", "noa", "en"),
    Quote("Three shops, two currencies, one page that I actually read on Monday mornings.", "Kofi Mensah-Clarke", "Managing Director", "Clarke Coffee Roasters", "5", "kofi", "en"),
    Quote("I was told that bookkeeping would always hurt a little. It turns out that it does not have to.", "Priya Raman", "Co-founder", "Saffron Street Kitchens", "4,5", "priya", "en"),
    Quote("Plain words. I did not know that numbers could come in plain words.", "Layla Haddad", "Director", "Haddad Dental Studio", "5", "layla", "en"),
    Quote("Support answered in nine minutes on a bank holiday, and the person who answered had clearly run a business once.", "Yusuf Bhatti", "Partner", "Bhatti Brothers Joinery", "5", "yusuf", "en"),
    Quote("We stopped guessing. That is the whole review.", "Mei Tanaka-Ross", "Operations", "Paper Lantern Studio", "5", "mei", "en"),
    Quote("Seit März weiß ich jeden Freitag, was übrig bleibt. Früher wusste ich es im Juni.", "Lukas Brückner", "Bäckermeister", "Backstube Brückner", "5", "lukas", "de"),
    Quote("Endlich ein Programm, das mich nicht wie einen Steuerberater behandelt, sondern wie einen Menschen mit einem Laden.", "Ingrid Weißmüller", "Inhaberin", "Buchhandlung am Färbergraben", "5", "ingrid", "de"),
    Quote("Die Umstellung hat einen Nachmittag gedauert, den Kuchen eingerechnet.", "Tomas Grünwald", "Geschäftsführer", "Grünwald Gartenbau", "4,5", "tomas", "de"),
    Quote("Belege fotografieren, fertig. Meine Schuhschachtel ist in Rente gegangen.", "Mei-Lin Schäfer", "Goldschmiedin", "Atelier Schäfer", "5", "mei", "de"),
    Quote("Übersichtlich, ehrlich, schnell.", "Rafael Köhler", "Fahrradbauer", "Köhler Rahmenbau", "4,5", "rafael", "de"),
    Quote("Ich habe zum ersten Mal seit der Gründung ohne Bauchweh Urlaub gemacht.", "Amara Böhme", "Gründerin", "Nähcafé Böhme", "5", "amara", "de"),
    Quote("Avant, je passais mes dimanches dans les factures. Maintenant, je les passe au marché.", "Noa Lefèvre", "Fleuriste", "L’Atelier des Pâquerettes", "5", "noa", "fr"),
    Quote("C’est clair, c’est doux, et ça ne plante jamais pendant la déclaration de TVA.", "Rafael Garçon-Dubreuil", "Gérant", "Menuiserie Dubreuil", "4,5", "rafael", "fr"),
    Quote("Ma comptable a dit «\u00a0enfin\u00a0». Elle ne dit jamais rien.", "Layla Benaïssa", "Pâtissière", "Maison Benaïssa", "5", "layla", "fr"),
    Quote("Trois ans de tickets de caisse rangés en une soirée\u00a0: j’ai retrouvé ma table de cuisine.", "Ingrid Châtelain", "Céramiste", "Terre d’Août", "5", "ingrid", "fr"),
    Quote("On a ouvert une deuxième boutique parce que les chiffres disaient oui, et pour une fois je comprenais pourquoi.", "Kofi N’Diaye-Pérault", "Cofondateur", "Cycles Pérault", "5", "kofi", "fr"),
    Quote("Por fin sé cuánto gano antes de gastarlo.", "Rafael Ibáñez Peña", "Propietario", "Taller Ibáñez", "5", "rafael", "es"),
    Quote("Me lo instaló mi hija en diez minutos y desde entonces no le he vuelto a preguntar nada. Bueno, casi nada.", "Harold Muñoz", "Librero", "Librería El Búho", "4,5", "harold", "es"),
    Quote("¿La declaración trimestral? Un café y medio.", "Noa Castañeda", "Diseñadora", "Estudio Castañeda", "5", "noa", "es"),
    Quote("Tengo dos restaurantes y ninguna paciencia. Esto funciona con las dos cosas.", "Priya Núñez", "Chef y socia", "Casa Núñez", "5", "priya", "es"),
    Quote("La primera herramienta que mi equipo abre sin que yo lo pida.", "Layla Zúñiga", "Directora", "Clínica Zúñiga", "4,5", "layla", "es"),
    Quote("Ho capito il mio bilancio. L’ho capito io, che vendo bottoni.", "Ingrid Brambilla", "Titolare", "Merceria Brambilla", "5", "ingrid", "it"),
    Quote("Perché nessuno l’ha fatto prima? Fatture, scadenze, tutto in un posto, e la sera si va a cena.", "Lukas Pellegrò", "Socio", "Falegnameria Pellegrò", "5", "lukas", "it"),
    Quote("Semplice come una ricetta di mia nonna, ma con meno burro.", "Amara Lo Verde", "Pasticciera", "Forno Lo Verde", "5", "amara", "it"),
    Quote("Due clic e so chi non ha ancora pagato. Si chiama tranquillità.", "Tomas Nicolò", "Fotografo", "Studio Nicolò", "4,5", "tomas", "it"),
    Quote("Eindelijk een boekhouding waar ik om drie uur ’s middags al mee klaar ben.", "Tomas de Wijngaert", "Eigenaar", "De Wijngaert Fietsen", "5", "tomas", "nl"),
    Quote("Gewoon duidelijk. Meer hoeft het niet te zijn.", "Mei van Oeveren", "Zelfstandig vertaler", "Van Oeveren Teksten", "4,5", "mei", "nl"),
    Quote("De btw-aangifte deed ik altijd met één oog dicht. Nu met allebei open, en ik slaap beter.", "Harold Coppée", "Meubelmaker", "Atelier Coppée", "5", "harold", "nl"),
    Quote("Een collega die nooit ziek is, nooit zucht en altijd weet waar het bonnetje ligt.", "Noa Koëter", "Mede-oprichter", "Koëter & Zoon", "5", "noa", "nl"),
    Quote("Pela primeira vez, o contabilista elogiou-me. Emoldurei o e-mail.", "Rafael Conceição", "Proprietário", "Oficina Conceição", "5", "rafael", "pt"),
    Quote("Não sou de números, sou de pão. Isto fala a língua do pão.", "Amara Magalhães", "Padeira", "Padaria Sempre-Noiva", "5", "amara", "pt"),
    Quote("Poupa-me uma manhã por semana. Vou ao mar.", "Yusuf Simões", "Sócio-gerente", "Simões Pranchas", "5", "yusuf", "pt"),
    Quote("Äntligen ser jag skillnaden mellan pengar på kontot och pengar som är mina.", "Ingrid Sjöström", "Grundare", "Sjöström Keramik", "5", "ingrid", "sv"),
    Quote("Bokföringen gör sig nästan själv, och det som är kvar går på en kopp kaffe.", "Lukas Åkerblom", "Snickare", "Åkerblom & Söner", "4,5", "lukas", "sv"),
    Quote("Lugnt, snyggt och rättvist prissatt. Så borde allt vara.", "Noa Öberg", "Projektledare", "Öberg Ljud", "5", "noa", "sv"),
    Quote("Jeg troede, at regnskab skulle gøre ondt. Nu gør jeg det i frokostpausen.", "Tomas Nørgård", "Indehaver", "Nørgård Cykler", "5", "tomas", "da"),
    Quote("Få klik, ingen gåder, og en hjælp der faktisk hjælper.", "Ingrid Sørensen-Bæk", "Boghandler", "Bæk Bøger", "4,5", "ingrid", "da"),
    Quote("Kirjanpito on nyt se hetki viikossa, jolloin juon kahvini rauhassa.", "Lukas Mäkinen-Yrjölä", "Yrittäjä", "Yrjölän Puutyö", "5", "lukas", "fi"),
    Quote("Säästän kaksi päivää kuussa. Ne menevät mökille.", "Noa Hämäläinen", "Toimitusjohtaja", "Hämäläinen Design", "5", "noa", "fi"),
    Quote("Wreszcie wiem, ile zarabiam, zanim księgowa do mnie zadzwoni.", "Rafael Wójcik", "Właściciel", "Pracownia Wójcik", "5", "rafael", "pl"),
    Quote("Faktury, paragony, terminy: wszystko w jednym miejscu. Żona mówi, że znowu się uśmiecham.", "Harold Źrebiec", "Stolarz", "Źrebiec i Córki", "5", "harold", "pl"),
    Quote("Proste, ładne i po ludzku napisane.", "Mei Łukasik", "Projektantka", "Studio Łukasik", "4,5", "mei", "pl"),
    Quote("Účetnictví mi dřív bralo víkendy. Teď je mám zase pro sebe a pro děti.", "Tomas Dvořáček", "Majitel", "Truhlářství Dvořáček", "5", "tomas", "cs"),
    Quote("Konečně přehled, kterému rozumím bez kalkulačky a bez slovníku.", "Ingrid Růžičková", "Květinářka", "Květiny Růžička", "4,5", "ingrid", "cs"),
    Quote("Végre tudom, mennyi marad a hónap végén, és ezt előre tudom.", "Rafael Szőke", "Tulajdonos", "Szőke Kerékpár", "5", "rafael", "hu"),
    Quote("Egyszerű, gyors, és sosem hagy magamra a bevallással.", "Amara Győrffy", "Cukrász", "Győrffy Cukrászda", "5", "amara", "hu"),
    Quote("Tri trgovine, jedan pregled i puno manje živaca.", "Layla Đurđević", "Direktorica", "Đurđević Optika", "4,5", "layla", "hr"),
    Quote("În sfârșit înțeleg cifrele mele, și chiar îmi place ce văd în ele.", "Priya Țurcanu", "Fondatoare", "Cofetăria Țurcanu", "5", "priya", "ro"),
    Quote("Ik kreeg mijn zondag terug.", "Yusuf El Amrani", "Kapper", "Salon Amrani", "5", "yusuf", "nl"),
    Quote("We are eleven people and one spreadsheet fewer.", "Kofi Adjei", "Finance Lead", "Adjei & Partners Architects", "4,5", "kofi", "en"),
)  # fmt: skip

SPEECH = (
    "When we started in the back room of my aunt’s laundry, I kept every receipt in a biscuit tin, then in two, and in the "
    "third year in a wardrobe that we had bought for the purpose. Every spring I carried the lot to a man called Mr Penrose, "
    "who sighed, charged by the hour, and returned it in a different order. We tried four programs. The first wanted a "
    "consultant, the second wanted a server, the third wanted to know my cost centres, and the fourth was in the cloud until "
    "the cloud was sold. Then a supplier of ours, who is not a person given to enthusiasm, told me over a pallet of flour that "
    "she had stopped working on Sundays. I asked how. She showed me on her telephone, between two forklifts, and that evening "
    "I photographed the first forty receipts at the kitchen table while the soup was on. It is now three years later. The "
    "wardrobe has clothes in it. Mr Penrose has retired and sends postcards from Madeira, and I know on every Friday at noon "
    "what we earned, what we owe, and whether we can afford the second oven, which, I am happy to say, we could."
)
TROUBLES = {
    11: {"Portrait": "images/portrait-schaefer-final-2.png"},  # the photographer has not sent it yet
    25: {
        "Quote": SPEECH,
        "Author": "Yusuf Pemberton",
        "Role": "Founder",
        "Company": "Pemberton’s Bread",
        "Language": "en",
    },
    37: {"Quote": ""},
}


def rows() -> list[dict[str, str]]:
    found = []
    for number, quote in enumerate(QUOTES):
        row = {
            "No": f"{number + 1:03d}",
            "Quote": quote.text,
            "Author": quote.author,
            "Role": quote.role,
            "Company": quote.company,
            "Stars": quote.stars,
            "Portrait": f"images/{quote.portrait}.png",
            "Language": quote.language,
            "Approved": "yes",
        }
        found.append(row | TROUBLES.get(number, {}))
    return found


def main() -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows())
    print(f"{len(rows())} quotes in {TARGET}")


if __name__ == "__main__":
    main()
