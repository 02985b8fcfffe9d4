"""HTML pages: sound, complete, harmless, and linked."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from klderive.derivation import Derivation, by
from klderive.render.html import html_page, html_piece, html_step
from klderive.render.site import html_site
from klderive.render.summary import tag
from klderive.verify import verify

from .reports import BAD, SHIPPED, hostile, shipped

VOID = {"meta"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "main", "nav", "article", "header"),
    *("section", "h1", "h2", "h3", "p", "span", "div", "ol", "ul", "li", "a", "del", "strong"),
    *("figure", "svg", "desc", "path", "circle", "text"),
    *("details", "summary", "table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd"),
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msub", "msup", "msubsup"),
    *("munder", "munderover", "mover", "msqrt", "mroot", "mtable", "mtr", "mtd"),
}


class Page(HTMLParser):
    """Reads a page, and complains of what is not closed or not expected."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.headings: list[str] = []
        self.language = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, tag
        given = dict(attrs)
        assert not any(name.startswith("on") or name in ("src", "srcset") for name in given)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        self.language = given.get("lang", self.language)
        self.headings += [tag] if tag in ("h1", "h2", "h3") else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def all_reports():
    return [*map(shipped, SHIPPED), hostile()]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_derivation_is_a_sound_page(name):
    report = shipped(name)
    page = Page(html_page([report]))
    assert page.language == "en"
    assert page.headings[0] == "h1"
    for line in report.lines():
        assert line.line.label.replace(" ", "-") in page.ids
        assert tag(line.line) in page.text


def test_ids_are_unique_and_links_lead_somewhere():
    for text in (*(html_page([report]) for report in all_reports()), html_page(all_reports())):
        page = Page(text)
        assert len(set(page.ids)) == len(page.ids)
        targets = {unquote(link[1:]) for link in page.links}
        assert all(link.startswith("#") for link in page.links)
        assert targets <= set(page.ids)
        assert not any(re.search(r"\s", name) for name in page.ids)


def test_nothing_is_asked_of_the_network():
    for text in html_site(all_reports()).values():
        assert "default-src 'none'" in text
        style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
        assert "url(" not in style
        assert "@import" not in style
        assert not any(":" in link or "//" in link for link in Page(text).links)


def test_hostile_words_stay_words():
    page = Page(html_page([hostile()]))
    assert BAD.partition("\ue000")[0].strip() in page.text
    assert "<i>b</i>" in page.text
    assert "<1>" in page.text
    assert "src=http://example.org/x" in page.text


def test_statuses_are_said_in_words():
    text = html_page([hostile()])
    for words in ("proved: ", "erratum: ", "refuted: ", "assumed: "):
        assert f'<span class="spoken">{words}</span>' in text


def test_an_erratum_is_struck_and_explained():
    text = html_page([shipped("jensen-shannon")])
    assert text.count("<del>") == 1
    [erratum] = re.findall(r'<li id="[^"]*" class="line erratum.*?</li>\n', text, re.DOTALL)
    assert "<details open>" in erratum
    assert "the second term must be the divergence of" in erratum
    assert 'right: <a href="#6">line (6)</a>' in erratum


def test_conditions_unfold():
    text = html_page([shipped("gaussian-l2")])
    assert '<details><summary>2 conditions<span class="spoken"> at gauss:18</span>' in text
    assert "converges" in text


def test_reasons_link_to_lines_and_lemmas():
    text = html_page([shipped("gaussian-l2")])
    assert '<a href="#lemma-T1">lemma T1</a>' in text
    assert re.search(r'<a href="#T1\.\d+">line gauss:19</a>', text)
    assert 'id="gauss-8"' in text


def test_supports_link_to_the_lines_that_need_them():
    text = html_page([shipped("gaussian-l2")])
    supports = text.partition('<section class="supports">')[2]
    assert re.search(r'needed by <a href="#[^"]+">gauss:\d+', supports)
    assert '<mi>σ</mi><mi>gt</mi></msub></mrow><mrow><mo form="infix">&gt;</mo>' in supports


def test_numbers_that_look_alike_have_anchors_of_their_own():
    d = Derivation("clash")
    d.symbols(a="real")
    d.chain("a").eq("a + 0", by.algebra, number="doc:1").eq("a", by.algebra, number="doc-1")
    page = Page(html_page([verify(d)]))
    assert {"1", "2", "doc-1", "doc-1-2"} <= set(page.ids)


def test_a_lemma_alone():
    page = Page(html_page([shipped("gaussian-l2")], lemma="T1"))
    assert "gauss:9" in page.text
    assert "gauss:22" not in page.text
    for lemma in ("T1", "T2"):
        page = Page(html_page([shipped("gaussian-l2")], lemma=lemma))
        assert {link[1:] for link in page.links} <= set(page.ids)
        assert f"lemma-{lemma}" in page.ids


def test_the_index_lists_all():
    reports = all_reports()
    pages = html_site(reports)
    index = Page(pages["index.html"])
    for report in reports:
        assert report.derivation.title.partition("\ue000")[0] in index.text
    assert "errata.html" in index.links
    linked = {unquote(link) for link in index.links}
    assert linked <= set(pages)
    assert linked | {"index.html"} == set(pages)
    assert len(pages) == len(reports) + 2
    assert all(re.fullmatch(r"[\w-]+\.html", name) for name in pages)


def test_pages_of_a_site_link_to_each_other_only():
    pages = html_site(all_reports())
    ids = {name: set(Page(text).ids) for name, text in pages.items()}
    for name, text in pages.items():
        for link in Page(text).links:
            file, _, anchor = link.partition("#")
            target = unquote(file) or name
            assert target in pages
            assert not anchor or unquote(anchor) in ids[target]


def test_a_page_links_to_where_a_cited_fact_is_derived():
    pages = html_site(all_reports())
    link = '<a href="normal-moments.html">normal-moments</a>'
    assert pages["gaussian-l2.html"].count(f"derived in {link}") > 5
    assert link not in html_page([shipped("gaussian-l2")])


def test_the_errata_are_all_listed():
    reports = all_reports()
    page = Page(html_site(reports)["errata.html"])
    for report in reports:
        for line in report.errata():
            assert tag(line.line) in page.text
    assert "No errata." in html_site([shipped("gaussian-l2")])["errata.html"]


def test_names_that_are_taken():
    first, second = Derivation("index", title="One"), Derivation("INDEX", title="Two")
    assert set(html_site([verify(first), verify(second)])) == {
        "index.html",
        "errata.html",
        "index-2.html",
        "INDEX-3.html",
    }


def test_an_unchecked_derivation_has_no_marks():
    report = shipped("gaussian-l2")
    text = html_piece(report.derivation, None)
    assert "not checked" in text
    for sign in ("✓", "≔", "verified", "proved"):
        assert sign not in text.partition("</style>")[2]
    assert "id=" not in text
    assert "✓" in html_piece(report.derivation, report)


def test_headings_leave_no_level_out():
    pages = [*html_site(all_reports()).values(), html_page(all_reports())]
    for text in pages:
        levels = [int(heading[1]) for heading in Page(text).headings]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_selector_stays_within():
    sheet = Path(html_page.__code__.co_filename).with_name("page.css").read_text("utf-8")
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    for selectors in re.findall(r"([^{};]+)\{", sheet):
        if selectors.strip().startswith("@"):
            continue
        assert all(one.strip().startswith(".klderive") for one in selectors.split(",")), selectors


def test_full_detail_says_what_each_line_uses():
    text = html_page([shipped("gaussian-l2")], detail="full")
    page = Page(text)
    assert "<details>" not in text
    assert "by normalisation of" in page.text
    assert "both sides come to" in page.text
    assert 'by <a href="#lemma-T1">lemma T1</a>' in text
    usual = html_page([shipped("gaussian-l2")])
    assert "both sides come to" not in usual
    assert set(Page(usual).ids) == set(page.ids)


def test_brief_detail_has_no_proofs():
    for report in all_reports():
        text = html_page([report], detail="brief")
        page = Page(text)
        assert "<ol" not in text
        assert page.links == []
        lemmas = [part for part in report.derivation.parts if part.kind == "lemma"]
        assert page.text.count("Lemma ") >= len(lemmas)
        assert all(f"Lemma {part.name}" in page.text for part in lemmas)


def test_a_step_alone():
    for report in all_reports():
        for line in report.lines():
            text = html_step(report, line)
            page = Page(text)
            assert page.headings == ["h1"]
            assert page.links == page.ids == []
            assert text.count('<li class="line ') == 1
            assert tag(line.line) in page.text
    [line] = [line for line in shipped("gaussian-l2").lines() if line.line.number == "gauss:34"]
    text = html_step(shipped("gaussian-l2"), line)
    assert 'class="where"' in text
    assert "Relation to L2 loss" in text
