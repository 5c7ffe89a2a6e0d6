"""When people answer is what the settings say, whatever help pages say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.shop.hours import Hours
from assistant.wording.opening import answered, back, told_with
from retrieval.models import FaqEntry

HOURS = Hours.read("Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-14:00", "Europe/Berlin")
OFFICE = Hours.read("Mo-Fr 09:00-17:00", "Europe/Berlin")


def page(answer: str, language: str = "en", question: str = "How do I reach you?") -> FaqEntry:
    return FaqEntry(id="page", language=language, topic="contact", question=question, answer=answer)


def test_hours_are_said_in_the_shops_own_time() -> None:
    assert answered(HOURS, "en") == (
        "Colleagues answer Monday to Friday, 9:00 AM to 12:00 PM and 1:00 PM to 5:00 PM, Saturday, 10:00 AM to 2:00 PM"
        " (Berlin time)."
    )
    assert answered(OFFICE, "zh") == "同事的答复时间：星期一至星期五09:00至17:00（柏林时间）。"
    assert "täglich, rund um die Uhr" in answered(Hours.read("Mo-Su 00:00-24:00"), "de")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 11, 28, 20, tzinfo=UTC), "on Monday at 9:00 AM"),
        (datetime(2026, 11, 29, 20, tzinfo=UTC), "tomorrow at 9:00 AM"),
        (datetime(2026, 11, 29, 23, 30, tzinfo=UTC), "later today at 9:00 AM"),  # in Berlin it is Monday already
    ],
)
def test_outside_the_hours_it_is_said_when_people_are_back(now: datetime, said: str) -> None:
    assert said in back(HOURS, now, "en")
    assert back(HOURS, datetime(2026, 11, 30, 10, tzinfo=UTC), "en") == ""


def test_after_a_long_holiday_the_date_is_said() -> None:
    closed = "; ".join(f"2026-12-{day} off" for day in range(21, 32))
    hours = Hours.read(f"Mo-Fr 09:00-17:00; {closed}")
    assert "on Friday, January 1, 2027" in back(hours, datetime(2026, 12, 21, 10, tzinfo=UTC), "en")


@pytest.mark.parametrize(
    ("written", "language", "told"),
    [
        ("Our team answers from Monday to Saturday, 7 am to 9 pm.", "en",
         "Our team answers Monday to Friday, 9:00 AM to 5:00 PM (Berlin time)."),
        ("Call +1 555 0199 Mon–Sat 8am-8pm. Parcels leave daily.", "en",
         "Call +1 555 0199 Monday to Friday, 9:00 AM to 5:00 PM (Berlin time). Parcels leave daily."),
        ("Call +1 555 0199, Mon-Fri 9am-9pm, Sat 9am-5pm (not on holidays).", "en",
         "Call +1 555 0199, Monday to Friday, 9:00 AM to 5:00 PM (Berlin time)."),
        ("Support is there 24/7. We are closed on Sundays.", "en", answered(OFFICE, "en")),
        ("Telefonisch erreichen Sie uns werktags von 8:00 bis 18:00 Uhr unter 030 123.", "de",
         "Telefonisch erreichen Sie uns Montag bis Freitag, 09:00 bis 17:00 Uhr (Ortszeit Berlin) unter 030 123."),
        ("周一至周六上午8点至晚上9点致电021-5550199。", "zh",
         "星期一至星期五09:00至17:00（柏林时间）致电021-5550199。"),
    ],
)  # fmt: skip
def test_pages_that_say_other_hours_are_told_with_the_shops(written: str, language: str, told: str) -> None:
    assert told_with(page(written, language), OFFICE).answer.strip() == told
    assert told_with(page(written, language), Hours.read("")) == page(written, language)


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("Notre équipe support vous répond du lundi au samedi, de 9h à 20h.", "fr"),
        ("Мы отвечаем с понедельника по пятницу, 9:00–18:00.", "ru"),
    ],
)
def test_in_a_language_that_is_not_read_they_are_said_beside(written: str, language: str) -> None:
    told = told_with(page(written, language), OFFICE).answer
    assert told == f"{written} Colleagues answer Monday to Friday, 9:00 AM to 5:00 PM (Berlin time)."
    assert told_with(page(written, language), Hours.read("")) == page(written, language)


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("La livraison prend 3 à 5 jours.", "fr"),
        ("Notre support répond sous 24 h.", "fr"),
        ("Envíos los lunes.", "es"),
        ("9:00-18:00", "x-nobody"),
    ],
)
def test_what_tells_no_hours_stays_in_a_language_that_is_not_read(written: str, language: str) -> None:
    assert told_with(page(written, language), OFFICE) == page(written, language)


def test_the_question_says_whose_hours_they_are() -> None:
    asked = page("周一至周日早上8点至晚上10点。其他时间请留言。", "zh", "人工客服几点上班？")
    assert told_with(asked, OFFICE).answer == "星期一至星期五09:00至17:00（柏林时间）。其他时间请留言。"


@pytest.mark.parametrize(
    "written",
    [
        "Our store in Mill Lane is open from Monday to Saturday, 10 am to 8 pm.",
        "Couriers deliver from Monday to Friday, 8 am to 6 pm; call us if nobody came.",
        "Support replies within 2 business days.",
        "A colleague needs 9-12 minutes for it.",
        "Orders placed by noon leave the same day.",
    ],
)
def test_other_times_stay(written: str) -> None:
    assert told_with(page(written), OFFICE) == page(written)
