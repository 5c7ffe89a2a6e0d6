"""Small shops of several trades as their systems export them, for the tests: none has a lexicon."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

Row = dict[str, str]


def _csv(path: Path, rows: Sequence[Row], delimiter: str = ",") -> Path:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=delimiter, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _woo(id: int, name: str, price: str, category: str, **more: str) -> Row:
    fixed = {"ID": str(id), "Type": "simple", "SKU": f"w{id}", "Name": name, "Published": "1", "In stock?": "1"}
    more = {key.replace("_", " "): value for key, value in more.items()}
    return {**fixed, "Stock": "9", "Regular price": price, "Categories": category, **more}


def _varied(id: int, name: str, category: str, variants: Sequence[tuple[str, ...]], names: Sequence[str]) -> list[Row]:
    """``variants``: the options' values in the order of ``names``, then the price."""
    parent = _woo(id, name, "", category, Type="variable")
    rows = [parent]
    for at, name_ in enumerate(names, 1):
        parent[f"Attribute {at} name"] = name_
        parent[f"Attribute {at} value(s)"] = ", ".join(dict.fromkeys(each[at - 1] for each in variants))
    for at, (*values, price) in enumerate(variants, 1):
        row = _woo(id * 100 + at, f"{name} - {', '.join(values)}", price, "", Type="variation", Parent=f"w{id}")
        for place, (name_, value) in enumerate(zip(names, values, strict=True), 1):
            row |= {f"Attribute {place} name": name_, f"Attribute {place} value(s)": value}
        rows.append(row)
    return rows


def clothing(folder: Path) -> Path:
    """WooCommerce: hoodies, tees, shoes and accessories of a harbour town. Dollars."""
    tees, hoodies, shoes = "Clothing > T-shirts", "Clothing > Hoodies", "Clothing > Footwear"
    sizes = ("38", "40", "42", "44")
    rows = [
        *_varied(1, "V-Neck Tee", tees, [("Red", "20"), ("Green", "20"), ("Blue", "15")], ["Color"]),
        _woo(2, "T-Shirt", "18", tees),
        _woo(3, "T-Shirt with Anchor", "19", tees),
        _woo(4, "Longsleeve", "25", tees),
        *_varied(
            5, "Hoodie", hoodies, [("Blue", "S", "42"), ("Blue", "L", "42"), ("Green", "S", "45")], ["Color", "Size"]
        ),
        _woo(6, "Hoodie with Anchor", "45", hoodies),
        _woo(7, "Hoodie with Pocket", "35", hoodies),
        _woo(8, "Beanie", "20", "Clothing > Accessories"),
        _woo(9, "Beanie with Bobble", "18", "Clothing > Accessories"),
        _woo(10, "Belt", "65", "Clothing > Accessories"),
        _woo(11, "Cap", "16", "Clothing > Accessories"),
        _woo(12, "Sunglasses", "90", "Clothing > Accessories"),
        *_varied(13, "Pier Sneaker", shoes, [("White", size, "70") for size in sizes], ["Color", "Size"]),
        *_varied(
            14,
            "Dock Boot",
            shoes,
            [(colour, size, "120") for colour in ("Red", "Black") for size in sizes],
            ["Color", "Size"],
        ),
        *_varied(15, "Storm Boot", shoes, [("Red", size, "140") for size in sizes], ["Color", "Size"]),
        _woo(16, "Shanties", "15", "Music"),
        _woo(17, "Shanties Live", "12", "Music"),
        _woo(18, "Harbour Pennant", "11", "Decor"),
    ]
    return _csv(folder / "clothing.csv", rows)


def _shopify(handle: str, title: str, kind: str, options: Sequence[tuple[str, str, str]], tags: str = "") -> list[Row]:
    """``options``: name, value, price of each variant."""
    rows = []
    for at, (name, value, price) in enumerate(options):
        first = {"Title": title, "Body (HTML)": f"<p>{title}, made by hand.</p>", "Vendor": "Lune", "Type": kind}
        rows.append(
            {
                "Handle": handle,
                **({**first, "Tags": tags, "Published": "TRUE"} if at == 0 else {}),
                "Option1 Name": name,
                "Option1 Value": value,
                "Variant SKU": f"{handle}-{at}",
                "Variant Inventory Qty": "5",
                "Variant Price": price,
            }
        )
    return rows


def jewellery(folder: Path) -> Path:
    """Shopify: rings in sizes, necklaces and earrings in metals. To be loaded in euros."""
    ring_sizes = ("50", "52", "54", "56")
    metals = (("Metal", "Gold", "240.00"), ("Metal", "Silver", "90.00"))
    rows = [
        *_shopify("aurora", "Aurora Ring", "Rings", [("Ring size", size, "129.00") for size in ring_sizes]),
        *_shopify("signet", "Signet Ring", "Rings", [("Ring size", size, "189.00") for size in ring_sizes]),
        *_shopify("halo", "Halo", "Rings", [("Ring size", size, "999.00") for size in ring_sizes]),
        *_shopify("pearl-necklace", "Pearl Necklace", "Necklaces", metals),
        *_shopify("moon-necklace", "Moon Pendant Necklace", "Necklaces", metals),
        *_shopify("hoops", "Big Hoops", "Earrings", metals),
        *_shopify("studs", "Star Studs", "Earrings", [("Title", "Default Title", "45.00")]),
        *_shopify("chain", "Anchor Chain Bracelet", "Bracelets", [("Title", "Default Title", "75.00")]),
        *_shopify("cuff", "Hammered Cuff Bracelet", "Bracelets", [("Title", "Default Title", "1050.00")]),
        *_shopify("brooch", "Brooch", "Other", [("Title", "Default Title", "60.00")]),
    ]
    return _csv(folder / "jewellery.csv", rows)


def _google(id: str, title: str, kind: str, price: str, **more: str) -> Row:
    fixed = {"id": id, "title": title, "description": f"{title}.", "link": f"https://x.test/{id}"}
    return {**fixed, "availability": "in_stock", "price": price, "product_type": kind, **more}


def electronics(folder: Path) -> Path:
    """Google, tab-separated: everything in one category. Pounds."""
    rows = [
        _google("l1", "Nimbus Air 13 Laptop", "Electronics", "899.00 GBP", brand="Nimbus", color="silver"),
        _google("l2", "Nimbus Pro 15 Laptop", "Electronics", "1499.00 GBP", brand="Nimbus", color="black"),
        _google("l3", "Okto Chromebook Laptop", "Electronics", "349.00 GBP", brand="Okto", color="black"),
        _google("p1", "Okto Phone 5", "Electronics", "499.00 GBP", brand="Okto", color="blue"),
        _google("p2", "Okto Phone 5 Mini", "Electronics", "399.00 GBP", brand="Okto", color="black"),
        _google("h1", "Quietly Headphones", "Electronics", "129.00 GBP", brand="Quietly", color="black"),
        _google("h2", "Quietly Sport Headphones", "Electronics", "79.00 GBP", brand="Quietly", color="red"),
        _google("t1", "Vista 43 inch TV", "Electronics", "379.00 GBP", brand="Vista"),
        _google("t2", "Vista 55 inch TV", "Electronics", "579.00 GBP", brand="Vista"),
        _google("c1", "USB-C Charger 65W", "Electronics", "29.00 GBP", brand="Okto", color="white"),
        _google("c2", "Travel Charger", "Electronics", "19.00 GBP", brand="Okto", color="white"),
        _google("b1", "Laptop Bag", "Electronics", "39.00 GBP", brand="Nimbus", color="grey"),
    ]
    return _csv(folder / "electronics.tsv", rows, "\t")


def furniture(folder: Path) -> Path:
    """Google, tab-separated: sofas and tables by colour and material. Dollars."""
    seats, tables = "Furniture > Living room > Seating", "Furniture > Dining room > Tables"
    rows = [
        *(
            _google(f"oslo-{colour}", f"Oslo Sofa - {colour}", seats, "799 USD", item_group_id="oslo", color=colour)
            for colour in ("Grey", "Forest Green", "Navy")
        ),
        _google("bergen", "Bergen Corner Sofa", seats, "1299 USD", material="leather", color="Brown"),
        _google("malmo", "Malmo Armchair", seats, "349 USD", material="velvet", color="Mustard"),
        _google("lund", "Lund Armchair", seats, "399 USD", material="leather", color="Black"),
        _google("ribe", "Ribe Dining Table", tables, "650 USD", material="oak"),
        _google("vejle", "Vejle Extending Table", tables, "720 USD", material="walnut"),
        _google("fano", "Fano Bookcase", "Furniture > Living room > Storage", "210 USD", material="oak"),
        _google("romo", "Romo Bookcase", "Furniture > Living room > Storage", "260 USD", material="pine"),
        _google("skagen", "Skagen Floor Lamp", "Furniture > Lighting", "120 USD", color="Black"),
        _google("anholt", "Anholt Table Lamp", "Furniture > Lighting", "60 USD", color="White"),
    ]
    return _csv(folder / "furniture.tsv", rows, "\t")


def groceries(folder: Path) -> Path:
    """A table of a corner shop's own. Yuan."""
    fresh, dairy, dry = "Fruit & Vegetables", "Dairy", "Pantry"
    rows = [
        {"id": str(at), "title": title, "category": kind, "price": price, "currency": "CNY", "stock": "20", **more}
        for at, (title, kind, price, more) in enumerate(
            [
                ("Bananas", fresh, "12", {"organic": "yes"}),
                ("Gala Apples", fresh, "18", {"organic": "no"}),
                ("Pink Lady Apples", fresh, "24", {"organic": "yes"}),
                ("Cherry Tomatoes", fresh, "15", {"organic": "no"}),
                ("Whole Milk 1 l", dairy, "14", {"organic": "no"}),
                ("Oat Milk 1 l", dairy, "22", {"organic": "yes", "diet": "vegan"}),
                ("Goat Cheese", dairy, "38", {"organic": "no"}),
                ("Cheddar Cheese", dairy, "32", {"organic": "no"}),
                ("Salted Butter", dairy, "26", {"organic": "no"}),
                ("Basmati Rice 1 kg", dry, "28", {"diet": "gluten free"}),
                ("Spaghetti", dry, "16", {}),
                ("Olive Oil 500 ml", dry, "68", {"organic": "yes"}),
                ("Dark Chocolate", dry, "20", {"diet": "vegan"}),
                ("Milk Chocolate", dry, "18", {}),
                ("Ground Coffee", dry, "310", {"organic": "yes"}),
            ],
            1,
        )
    ]
    return _csv(folder / "groceries.csv", rows)


def garden(folder: Path) -> Path:
    """A German garden shop's table. Euros."""
    rows = [
        {
            "id": f"g{at}",
            "title": title,
            "category": kind,
            "brand": brand,
            "price": price,
            "currency": "EUR",
            "stock": "8",
        }
        for at, (title, kind, brand, price) in enumerate(
            [
                ("Gartenschere Profi", "Scheren", "Falk", "34.90"),
                ("Rosenschere", "Scheren", "Falk", "27.50"),
                ("Heckenschere", "Scheren", "Wald", "49.00"),
                ("Spaten Edelstahl", "Spaten & Schaufeln", "Wald", "39.00"),
                ("Klappspaten", "Spaten & Schaufeln", "Falk", "22.00"),
                ("Gießkanne 10 l", "Bewässerung", "Quell", "14.90"),
                ("Gartenschlauch 20 m", "Bewässerung", "Quell", "39.90"),
                ("Rasenmäher Akku", "Rasenmäher", "Wald", "329.00"),
                ("Handrasenmäher", "Rasenmäher", "Falk", "119.00"),
                ("Tomatensamen", "Samen", "Quell", "2.90"),
                ("Blumentopf Terrakotta", "Töpfe", "Quell", "8.50"),
                ("Pflanzkübel", "Töpfe", "Quell", "1049.00"),
            ],
            1,
        )
    ]
    return _csv(folder / "garden.csv", rows)


def nursery(folder: Path) -> Path:
    """WooCommerce in German: watering cans, hoses by length, gloves by size; what is said of them stands in texts."""
    water, tools = "Garten > Bewässerung", "Garten > Werkzeug"
    hose = _varied(
        3, "Gartenschlauch Elba", water, [("15 m", "24.90"), ("25 m", "36.90"), ("50 m", "64.90")], ["Länge"]
    )
    hose[-1] |= {"In stock?": "0", "Stock": "0"}
    sale = {"Sale price": "29.90", "Date sale price ends": "2999-12-31"}
    cordless = {"Weight (kg)": "1.5", "Attribute 1 name": "Laufzeit", "Attribute 1 value(s)": "45 Minuten"}
    rows = [
        _woo(
            1, "Gießkanne Zink 5 l", "34.90", water, Description="Fasst 5 Liter. Die Brause ist abnehmbar. Frostfest."
        ),
        _woo(2, "Gießkanne Kunststoff 10 l", "12.50", water, Description="Leicht, aus recyceltem Kunststoff."),
        *hose,
        _woo(5, "Spaten Birkenhof", "49.00", tools, Description="Blatt aus gehärtetem Stahl, Stiel aus Esche."),
        _woo(6, "Astschere Kranich", "39.90", tools, Description="Schneidet Äste bis 40 mm.", **sale),
        _woo(9, "Akku-Grasschere Igel", "79.00", tools, Description="Mit zwei Messern.", **cordless),
        _woo(7, "Tomatendünger Bio 1 kg", "11.90", "Garten > Dünger", Description="Reicht für 20 Pflanzen."),
        *_varied(8, "Gartenhandschuhe Distel", "Garten > Kleidung", [("S", "22.90"), ("M", "22.90")], ["Größe"]),
    ]
    rows[-3]["Description"] = "Handschuhe aus Ziegenleder. Für Rosen und Brombeeren."
    return _csv(folder / "nursery.csv", rows)


def roastery(folder: Path) -> Path:
    """Shopify: coffee by the bag, and what one makes it with. To be loaded in dollars."""
    bags = (("Size", "250 g", "9.50"), ("Size", "1 kg", "34.20"))
    rows = [
        *_shopify("espresso", "Lighthouse Espresso", "Coffee", bags, "espresso,dark"),
        *_shopify("filter", "Fog Bell Filter", "Coffee", bags, "filter,light"),
        *_shopify("decaf", "Night Watch", "Coffee", bags, "decaf,medium"),
        *_shopify("kettle", "Gooseneck Kettle", "Kettles", [("Title", "Default Title", "79.00")]),
        *_shopify("grinder", "Hand Grinder Burr 38", "Grinders", [("Title", "Default Title", "64.00")]),
    ]
    rows[6]["Variant Compare At Price"] = "99.00"
    rows[4]["Body (HTML)"] = "<p>Caramel and hazelnut. Less than 0.1% caffeine.</p>"
    return _csv(folder / "roastery.csv", rows)


def bookshop(folder: Path) -> Path:
    """A French bookshop's table, whose kinds are genres. Euros."""
    rows = [
        {"Référence": name, "Titre": title, "Genre": genre, "Prix": price, "Devise": "EUR", "Stock": "4"}
        for name, title, genre, price in (
            ("L1", "Cuisine du jardin", "Cuisine", "24.90"),
            ("L2", "La Nuit des tanneurs", "Policier", "9.90"),
            ("L3", "Histoire de la Méditerranée", "Histoire", "32.00"),
        )
    ]
    return _csv(folder / "bookshop.csv", rows)
