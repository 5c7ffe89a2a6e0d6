"""FAQs in the shapes that people keep them in: what each becomes, and what is said of what was left out."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.feeds import FaqReport, FeedError, load_faq
from retrieval.feeds.answers import answer_of, good_link
from retrieval.feeds.faq import made_id
from tests.retrieval.test_feeds_sheets import _workbook as workbook


def load(folder: Path, name: str, data: str | bytes, **options: str) -> FaqReport:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return load_faq(path, **options)


def pairs(report: FaqReport) -> list[tuple[str, str]]:
    return [(entry.question, entry.answer) for entry in report.entries]


@pytest.mark.parametrize(
    ("data", "language"),
    [
        ("question,answer\nWhere do you ship from?,From our store in Leeds.\n", "en"),
        ("QUESTION;ANSWER\nWhere do you ship from?;From our store in Leeds.\n", "en"),
        ("Question\tAnswer\nWhere do you ship from?\tFrom our store in Leeds.\n", "en"),
        ("Frage;Antwort\nWoher kommen die Pakete?;Aus unserem Lager in Kassel.\n", "de"),
        ("Pregunta,Respuesta\n¿Desde dónde se envían los pedidos?,Desde nuestra tienda de Sevilla.\n", "es"),
        ("Domanda;Risposta\nDa dove spedite i vostri ordini?;Dal nostro negozio di Torino.\n", "it"),
        ("Réponse;Question\nDepuis notre magasin de Lyon.;D'où partent les colis ?\n", "fr"),
        ("问题,答案\n从哪里发货？,从我们的杭州仓库发货。\n", "zh"),
        ("質問,回答\nどこから発送しますか？,福岡の店から発送します。\n", "ja"),
        ("질문,답변\n어디에서 발송하나요?,부산 매장에서 발송합니다.\n", "ko"),
        ("Вопрос;Ответ\nОткуда вы отправляете заказы?;Из нашего магазина в Казани.\n", "ru"),
        ("Pytanie;Odpowiedź\nSkąd wysyłacie paczki?;Z naszego sklepu w Gdańsku.\n", "pl"),
        ("Otázka;Odpověď\nOdkud posíláte balíky?;Z našeho obchodu v Brně.\n", "cs"),
        ("السؤال,الجواب\nمن أين ترسلون الطلبات؟,من متجرنا في عمان.\n", "ar"),
        ("Soru;Cevap\nSiparişler nereden gönderiliyor?;İzmir'deki mağazamızdan.\n", "tr"),
        ("Title,Body\nWhere do you ship from?,From our store in Leeds.\n", "en"),
        ("Instruction,Response\nWhere do you ship from?,From our store in Leeds.\n", "en"),
    ],
)
def test_columns_in_any_language_case_and_order(tmp_path: Path, data: str, language: str) -> None:
    (entry,) = load(tmp_path, "faq.csv", data).entries
    assert entry.language == language
    assert entry.topic == "general"
    assert entry.question.endswith(("?", "？", "؟")) and not entry.answer.endswith(("?", "？", "؟"))


def test_a_workbook(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Nr", "Frage", "Antwort"], [1, "Wer liefert?", "Die Post."], [2, "Wann?", "Werktags."]]
    report = load_faq(workbook(tmp_path / "faq.xlsx", {"Hilfe": rows}))
    assert [(entry.id, entry.question) for entry in report.entries] == [("1", "Wer liefert?"), ("2", "Wann?")]


def test_other_columns_are_a_topic_or_noted(tmp_path: Path) -> None:
    table = "Nr;Kategorie;Frage;Antwort;Zuletzt geändert\n7;Versand;Wer liefert?;Die Post liefert.;2024-05-01\n"
    report = load(tmp_path, "faq.csv", table)
    (entry,) = report.entries
    assert (entry.id, entry.topic) == ("7", "Versand")
    assert any("Zuletzt geändert" in note for note in report.notes)


def test_columns_for_each_language_are_an_entry_each(tmp_path: Path) -> None:
    table = "id,question_en,answer_en,question_de,answer_de\n"
    table += "from,Where from?,From Leeds.,Woher?,Aus Leeds.\nto,To where?,UK.,,\n"
    entries = load(tmp_path, "faq.csv", table).entries
    assert [(entry.id, entry.language) for entry in entries] == [("from", "en"), ("from", "de"), ("to", "en")]


def test_columns_of_unknown_names_are_told_by_what_is_in_them(tmp_path: Path) -> None:
    table = "kysym,vast,n\nMistä lähetätte?,Lähetämme Turun kaupasta.,1\nKuka toimittaa?,Posti toimittaa paketit.,2\n"
    report = load(tmp_path, "faq.csv", table)
    assert pairs(report)[1] == ("Kuka toimittaa?", "Posti toimittaa paketit.")
    assert any("'kysym'" in note and "'vast'" in note for note in report.notes)


def test_a_table_without_a_header_loses_no_line(tmp_path: Path) -> None:
    report = load(tmp_path, "faq.csv", "Who delivers?,The post does.\nWhen?,On weekdays from nine to five.\n")
    assert [question for question, _ in pairs(report)] == ["Who delivers?", "When?"]
    assert any("no header" in note for note in report.notes)


def test_a_table_of_something_else_is_refused_with_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"faq\.csv.*question and answer.*colour, size"):
        load(tmp_path, "faq.csv", "colour,size\nred,4\n")
    with pytest.raises(FeedError, match="columns missing"):
        load(tmp_path, "faq.csv", "id,question\n1,Who delivers?\n")
    with pytest.raises(FeedError, match="looks like a catalogue"):
        load(tmp_path, "faq.csv", "sku,name,description,price\n1,Cup,A cup,5\n")
    with pytest.raises(FeedError, match="no text"):
        load(tmp_path, "faq.pdf", "%PDF-1.7 …")


SHAPES = [
    [{"question": "Who delivers?", "answer": "The post does."}],
    [{"id": 3, "Q": "Who delivers?", "A": "The post does."}],
    {"faqs": [{"question": "Who delivers?", "answer": "The post does."}]},
    {"questions": [{"question": "Who delivers?", "answer": "The post does."}]},
    {"categories": [{"name": "Delivery", "questions": [{"q": "Who delivers?", "a": "The post does."}]}]},
    {"Delivery": [{"question": "Who delivers?", "answer": ["The post does."]}]},
    {"Who delivers?": "The post does."},
    {
        "intents": [
            {"tag": "Delivery", "patterns": ["Who delivers?", "Which carrier?"], "responses": ["The post does.", "-"]}
        ]
    },
    {"faq": [{"question": {"en": "Who delivers?"}, "answer": {"en": "The post does."}}]},
    {"en": [{"title": "Who delivers?", "content": "<p>The post does.</p>"}]},
]


@pytest.mark.parametrize("value", SHAPES, ids=range(len(SHAPES)))
def test_json_in_many_shapes(tmp_path: Path, value: object) -> None:
    report = load(tmp_path, "faq.json", json.dumps(value))
    assert pairs(report) == [("Who delivers?", "The post does.")]
    assert report.entries[0].language == "en"
    if "Delivery" in json.dumps(value):
        assert report.entries[0].topic == "Delivery"
    if "patterns" in json.dumps(value):
        assert report.entries[0].also_asked == ("Which carrier?",)


def faq_page(name: str, text: str) -> dict[str, object]:
    question = {"@type": "Question", "name": name, "acceptedAnswer": {"@type": "Answer", "text": text}}
    return {"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": [question]}


def test_faq_pages_of_schema_org_alone_in_a_graph_and_in_pages(tmp_path: Path) -> None:
    page = faq_page("Wer liefert?", "<p>Die <b>Post</b> liefert.</p>")
    expected = [("Wer liefert?", "Die Post liefert.")]
    assert pairs(load(tmp_path, "faq.json", json.dumps(page))) == expected
    assert pairs(load(tmp_path, "faq.jsonld", json.dumps({"@graph": [{"@type": "WebSite"}, page]}))) == expected
    html = f'<!doctype html><html lang="de"><script type="application/ld+json">{json.dumps(page)}</script>'
    html += "<h2>Wer?</h2><p>x</p>"
    report = load(tmp_path, "faq.html", html)
    assert pairs(report) == expected
    assert report.entries[0].language == "de"


@pytest.mark.parametrize(
    "body",
    [
        "<dl><dt>Who delivers?</dt><dd>The post.</dd><dt>When is that?</dt><dd>On weekdays.</dd></dl>",
        "<details><summary>Who delivers?</summary>The post.</details><details><summary>When is that?</summary>"
        "<p>On weekdays.</p></details><p>Write to us.</p>",
        "<h1>Help</h1><p>Ours.</p><h3>Who delivers?</h3><p>The post.</p><h3>When is that?</h3><div>On weekdays.</div>",
        "<p><strong>Who delivers?</strong></p><p>The post.</p><p><b>When is that?</b><br>On weekdays.</p>",
        "<table><tr><th>Question</th><th>Answer</th></tr><tr><td>Who delivers?</td><td><p>The post.</p></td></tr>"
        "<tr><td>When is that?</td><td>On weekdays.</td></tr></table>",
        "<button>Who delivers?</button><div>The post.</div><button>When is that?</button><div>On weekdays.</div>",
        "<p>Q: Who delivers?<br>A: The post.</p><p>Q: When is that?<br>A: On weekdays.</p>",
        "<ul><li>Who delivers?</li></ul><p>The post.</p><p>When is that?</p><p>On weekdays.</p>",
    ],
)
def test_help_pages(tmp_path: Path, body: str) -> None:
    page = "<!DOCTYPE html><html lang='en-GB'><head><title>Any?</title></head><body><nav>Home?</nav>"
    page += body + "<footer>© Any?</footer>"
    report = load(tmp_path, "help.html", page)
    assert pairs(report) == [("Who delivers?", "The post."), ("When is that?", "On weekdays.")]
    assert not report.bad_rows


@pytest.mark.parametrize(
    "text",
    [
        "# Help\n\nIntro.\n\n## Who delivers?\n\nThe post.\n\n## When is that?\n\nOn weekdays.\n",
        "**Q: Who delivers?**\n\nA: The post.\n\n**Q: When is that?**\n\nA: On weekdays.\n",
        "**Q:** Who delivers?\n**A:** The post.\n\n**Q:** When is that?\n**A:** On weekdays.\n",
        "**Who delivers?**\nThe post.\n\n**When is that?**\nOn weekdays.\n",
        "Q1. Who delivers?\nA1. The post.\n\nQ2. When is that?\nA2. On weekdays.\n",
        "| Question | Answer |\n|---|---|\n| Who delivers? | The post. |\n| When is that? | On weekdays. |\n",
    ],
)
def test_markdown(tmp_path: Path, text: str) -> None:
    assert pairs(load(tmp_path, "faq.md", text)) == [("Who delivers?", "The post."), ("When is that?", "On weekdays.")]


def test_headings_over_questions_are_topics_and_lists_stay_lists(tmp_path: Path) -> None:
    text = "# FAQ\n## Delivery\n### Who delivers?\nThe post:\n\n- parcels\n- letters\n\n"
    text += "## Returns\n### How?\nBy [form](/form).\n### Open?\n"
    report = load(tmp_path, "faq.md", text)
    assert [(entry.topic, entry.answer) for entry in report.entries] == [
        ("Delivery", "The post:\n- parcels\n- letters"),
        ("Returns", "By form (/form)."),
    ]
    assert [row.reason for row in report.bad_rows] == ["answer: is empty"]


@pytest.mark.parametrize(
    ("encoding", "table"),
    [
        ("cp1252", "Frage;Antwort\nKostet die Rücksendung etwas?;Für Österreich 4,90 €, sonst nichts.\n"),
        ("cp1250", "Pytanie;Odpowiedź\nCzy zwrot coś kosztuje?;Nie, zwrot jest bezpłatny przez miesiąc.\n"),
        ("cp1251", "Вопрос;Ответ\nСколько стоит возврат?;Возврат ничего не стоит.\n"),
        ("koi8_r", "Вопрос;Ответ\nСколько стоит возврат?;Возврат ничего не стоит.\n"),
        ("cp1253", "Ερώτηση;Απάντηση\nΠόσο κοστίζει η επιστροφή;Η επιστροφή είναι δωρεάν.\n"),
        ("cp1254", "Soru;Cevap\nİade ücreti ne kadar?;İade ücretsizdir, kargoyu biz öderiz.\n"),
        ("cp1255", "שאלה;תשובה\nכמה עולה ההחזרה?;ההחזרה היא בחינם.\n"),
        ("cp1256", "السؤال;الجواب\nكم تكلفة الإرجاع؟;الإرجاع مجاني خلال شهر.\n"),
        ("cp874", "คำถาม;คำตอบ\nค่าส่งคืนเท่าไร?;ส่งคืนได้ฟรีภายในหนึ่งเดือน\n"),
        ("gb18030", "问题,答案\n退货要付运费吗？,不用，运费由我们承担。\n"),
        ("big5", "問題,答案\n退貨要付運費嗎？,不用，運費由我們負擔。\n"),
        ("cp932", "質問,回答\n返品の送料はいくらですか？,無料です。\n"),
        ("euc_jp", "質問,回答\n返品の送料はいくらですか？,無料です。\n"),
        ("cp949", "질문,답변\n반품 배송비는 얼마인가요?,무료입니다.\n"),
        ("utf-16", "Frage\tAntwort\nKostet die Rücksendung etwas?\tFür Österreich 4,90 €.\n"),
        ("utf-8-sig", "Frage;Antwort\nKostet die Rücksendung etwas?;Für Österreich 4,90 €.\n"),
    ],
)
def test_encodings_are_found_and_said(tmp_path: Path, encoding: str, table: str) -> None:
    report = load(tmp_path, "faq.csv", table.encode(encoding))
    assert report.entries == load(tmp_path, "utf8.csv", table).entries
    doubtful = not encoding.startswith("utf")
    assert any("is read as" in note and "faq.csv" in note for note in report.notes) is doubtful
    assert load(tmp_path, "faq.csv", table.encode(encoding), encoding=encoding).entries == report.entries


def test_a_row_in_another_encoding_than_its_file_is_bad(tmp_path: Path) -> None:
    good = "".join(f"Was kostet Größe {size}?;Größe {size} kostet nichts extra.\n" for size in range(9))
    data = ("Frage;Antwort\n" + good).encode() + "Für wen?;Für alle.\n".encode("cp1252")
    report = load(tmp_path, "faq.csv", data)
    assert len(report.entries) == 9
    assert [row.line for row in report.bad_rows] == [11]


def test_ids_stay_when_the_file_is_put_in_another_order(tmp_path: Path) -> None:
    rows = [f"What about matter {n} of them all?,It is settled in paragraph {n}.\n" for n in range(12)]
    first = load(tmp_path, "a.csv", "question,answer\n" + "".join(rows))
    random.Random(3).shuffle(rows)
    second = load(tmp_path, "b.csv", "question,answer\n" + "".join(rows))
    assert {e.id: e.answer for e in first.entries} == {e.id: e.answer for e in second.entries}
    assert len({e.id for e in first.entries}) == 12
    assert any("ids were made" in note for note in first.notes)


@given(st.text(min_size=1, max_size=300))
def test_made_ids_are_made_the_same_and_are_not_empty(question: str) -> None:
    assert made_id(question) == made_id(question) != ""
    assert len(made_id(question)) < 80


def test_the_same_question_twice(tmp_path: Path) -> None:
    report = load(tmp_path, "faq.csv", "question,answer\nWho?,The post.\nwho,The post.\nWHO?,A courier.\nWhen?,Now.\n")
    assert [entry.answer for entry in report.entries] == ["The post.", "Now."]
    assert [(row.line, "line 2" in row.reason) for row in report.bad_rows] == [(4, True)]
    assert any("line 3" in note for note in report.notes)


def test_the_language_is_what_the_file_or_the_caller_says_before_the_texts(tmp_path: Path) -> None:
    said = load(tmp_path, "a.csv", "Sprache,Frage,Antwort\nDeutsch,OK?,OK.\nen-GB,OK?,OK.\n")
    assert [entry.language for entry in said.entries] == ["de", "en"]
    assert load(tmp_path, "b.csv", "question,answer\nOK?,OK.\n", language="nl-BE").entries[0].language == "nl"
    bad = load(tmp_path, "c.csv", "language,question,answer\nKlingon,OK?,OK.\nen,OK?,OK.\n")
    assert "Klingon" in bad.bad_rows[0].reason
    with pytest.raises(FeedError, match="no language"):
        load(tmp_path, "d.csv", "question,answer\nOK?,OK.\n", language="Klingon")


def test_short_entries_are_in_the_language_of_the_others(tmp_path: Path) -> None:
    rows = "Wie lange dauert die Lieferung nach Hause?;Zwei bis drei Werktage.\nRetoure?;Online.\nApple Pay?;Ja.\n"
    assert {entry.language for entry in load(tmp_path, "faq.csv", "Frage;Antwort\n" + rows).entries} == {"de"}


def test_two_languages_in_a_file_are_told_apart(tmp_path: Path) -> None:
    rows = "".join(
        f"How long does delivery number {n} take?,It takes two to three working days.\n"
        f"Wie lange dauert die Lieferung Nummer {n}?,Sie dauert zwei bis drei Werktage.\n"
        for n in range(4)
    )
    report = load(tmp_path, "faq.csv", "question,answer\n" + rows)
    assert [entry.language for entry in report.entries] == ["en", "de"] * 4


@pytest.mark.parametrize(
    ("written", "text", "link"),
    [
        ('See <a href="https://x.test/r">returns</a>.', "See returns (https://x.test/r).", "https://x.test/r"),
        ('<a href="JaVaScRiPt:alert(1)">Click</a> me', "Click me", None),
        ('<a href="java\tscript:alert(1)">Click</a>', "Click", None),
        ('<a href="data:text/html;base64,AAAA">Click</a>', "Click", None),
        ('<a href="//evil.test/x">Click</a>', "Click", None),
        ("[This](/r), [that](javascript:alert(1)).", "This (/r), that.", "/r"),
        ("Paste javascript:alert(1) here", "Paste  here", None),
        ('Ask <a href="mailto:a@x.test?subject=hi">a@x.test</a>', "Ask a@x.test", "mailto:a@x.test?subject=hi"),
        ("<script>alert(1)</script>Yes<style>p{}</style><img src=x onerror=alert(1)>", "Yes", None),
        ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two", None),
        ("Fish &amp; chips<br>at 5 < 6 &lt; 7", "Fish & chips\nat 5 < 6 < 7", None),
        ("Sizes: S < M, 2 > 1", "Sizes: S < M, 2 > 1", None),
        ("**Yes**, within 2*3 days", "Yes, within 2*3 days", None),
        ("First.\nSecond.", "First.\nSecond.", None),
    ],
)  # fmt: skip
def test_answers_are_plain_and_keep_good_links(written: str, text: str, link: str | None) -> None:
    assert (answer_of(written).text, answer_of(written).link) == (text, link)


@given(st.text(alphabet="javscript:dt/hl ,;\t\n\x00()[]<>a\"='#", max_size=60))
def test_no_address_that_runs_something_is_a_link(address: str) -> None:
    link = good_link(address)
    assert link is None or link.startswith(("/", "http", "tel:", "mailto:"))


@given(st.binary(max_size=200), st.sampled_from(["faq.csv", "faq.json", "faq.html", "faq.md", "faq.txt"]))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    path = tmp_path_factory.mktemp("faq") / name
    path.write_bytes(data)
    try:
        assert load_faq(path).entries
    except FeedError as error:
        assert name in str(error) or "cut short" in str(error)
