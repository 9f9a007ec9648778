"""What can be done: by kind, whose word it is, for what; and never a link that does harm."""

from __future__ import annotations

import re

import pytest

from noroshi.core.facets import Product, Remedy, RemedyKind
from noroshi.edge.web.vulnerabilities import remedies
from tests.edge.web.vulnerabilities.telling import BAD, DANGEROUS, PAGE, told
from tests.edge.web.vulnerabilities.test_one import part, text
from tests.hub.sector import NOON

GATE = Product("cpe", "a:kasumi:gate")


def remedy(words: str, kind: RemedyKind = RemedyKind.FIX, **more: object) -> Remedy:
    return Remedy(by="redhat", kind=kind, lang="en", text=words, **more)  # type: ignore[arg-type]  # each test names its own


def test_each_says_whose_word_it_is_for_what_and_where_to_read_on(visiting, row):
    link = "https://kasumi.example/KSA-1"
    told(row, "redhat", remedies=(remedy("Take 2.0.", url=link, products=(GATE,)),))
    page = text(visiting.get(PAGE))
    words = part(page, "remedies")
    assert "What can be done" in words
    assert f"Fixes Red Hat: Take 2.0. {link} for: kasumi gate" in words
    assert f'<a class="away" href="{link}" rel="noreferrer noopener nofollow">' in page
    assert 'href="#remedies"' in page


def test_kinds_come_in_an_order_that_helps(visiting, row):
    told(row, "redhat", remedies=tuple(remedy(f"do {kind.value}", kind) for kind in RemedyKind))
    words = part(text(visiting.get(PAGE)), "remedies")
    places = [words.index(f"do {kind.value} ") for kind in remedies.KINDS]
    assert places == sorted(places)
    assert set(remedies.KINDS) == set(RemedyKind)


def test_where_nobody_says_anything_there_is_no_room_for_it(visiting, row):
    told(row, "redhat")
    page = text(visiting.get(PAGE))
    assert 'id="remedies"' not in page
    assert 'href="#remedies"' not in page


def test_what_was_taken_back_is_not_advised(visiting, row):
    told(row, "redhat", withdrawn_at=NOON, remedies=(remedy("Take 2.0."),))
    assert "Take 2.0." not in text(visiting.get(PAGE))


def test_what_one_voice_says_twice_is_said_once_for_all_its_products(visiting, row):
    other = Product("cpe", "a:kasumi:bridge")
    told(row, "redhat", remedies=(remedy("Take 2.0.", products=(GATE,)),))
    told(row, "csaf", "KSA-1", remedies=(remedy("Take 2.0.", products=(other, GATE)),))
    words = part(text(visiting.get(PAGE)), "remedies")
    assert words.count("Take 2.0.") == 1
    assert "for: kasumi bridge, kasumi gate" in words


def test_what_is_for_all_products_names_none(visiting, row):
    told(row, "redhat", remedies=(remedy("Take 2.0.", products=(GATE,)), remedy("Take 2.0.")))
    assert "for:" not in part(text(visiting.get(PAGE)), "remedies")


def test_markup_and_steering_characters_are_shown_not_followed(visiting, row):
    bad = remedy(BAD, products=(Product("cpe", f"a:kasumi:{BAD}"),), url=BAD)
    told(row, "redhat", remedies=(bad, Remedy(BAD, RemedyKind.FIX, BAD, BAD)))
    page = text(visiting.get(PAGE))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("url", DANGEROUS)
def test_only_addresses_of_the_web_become_links(visiting, row, url):
    told(row, "redhat", remedies=(remedy("Read on.", url=url),))
    page = text(visiting.get(PAGE))
    assert "Read on." in page
    assert 'class="away"' not in page
    assert not re.search(r'href="(javascript|data|file|//)', page, re.IGNORECASE)


def test_long_lists_and_texts_are_cut_and_can_be_read(visiting, row):
    many = tuple(Product("cpe", f"a:kasumi:gate-{n}") for n in range(8))
    long = remedy("word " * 200 + "end.", products=many)
    told(row, "redhat", remedies=(long, *(remedy(f"way {n}.") for n in range(9))))
    words = part(text(visiting.get(PAGE)), "remedies")
    assert "3 of 10 are shown." in words
    assert "end." not in words
    assert "kasumi gate-4 and 3 more" in words
    everything = part(text(visiting.get(f"{PAGE}?show=all")), "remedies")
    assert "end." in everything
    assert "way 8." in everything
