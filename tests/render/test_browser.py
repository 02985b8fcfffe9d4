"""The pages in a real browser: nothing runs off the page, no sign is missing, dark is dark, a page prints."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess

import pytest

from klderive.derivation import Derivation, by
from klderive.render.html import html_page
from klderive.render.site import html_site
from klderive.verify import verify

from .reports import SHIPPED, hostile, shipped

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
WIDTHS = (360, 800, 1400)

MEASURE = """
async function measure() {
  const found = [];
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, root = page.documentElement;
    const wide = root.scrollWidth - root.clientWidth;
    const boxes = [...page.querySelectorAll(".formula")];
    const escaping = [...page.querySelectorAll("math")].filter(math => {
      const box = math.closest(".formula, li, p, dd, h1, h2, figure");
      return math.getBoundingClientRect().right > box.getBoundingClientRect().right + 1
        && getComputedStyle(box).overflowX === "visible";
    });
    const broken = new Set([...page.querySelectorAll("math > mrow")].map(
      row => Math.round(row.getBoundingClientRect().top))).size;
    found.push({
      name: frame.title, width: frame.clientWidth, wide, rows: broken,
      lines: page.querySelectorAll(".line").length,
      scrolling: boxes.filter(box => box.scrollWidth > box.clientWidth + 1).length,
      cut: boxes.filter(box => box.scrollHeight > box.clientHeight + 3).length,
      escaping: escaping.map(math => math.textContent),
      paper: page.body ? page.defaultView.getComputedStyle(page.body).backgroundColor : "",
    });
  }
  document.body.textContent = "MEASURED" + JSON.stringify(found) + "END";
}
addEventListener("load", measure);
"""
GLYPHS = """
function drawn(sign) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 48;
  const pen = canvas.getContext("2d");
  pen.font = "32px 'Latin Modern Math', 'STIX Two Math', math, serif";
  pen.fillText(sign, 4, 36);
  return canvas.toDataURL();
}
addEventListener("load", () => {
  const tofu = drawn("\\u{10fffd}"), nothing = drawn(" ");
  const missing = [...SIGNS].filter(sign => [tofu, nothing].includes(drawn(sign)));
  document.body.textContent = "MEASURED" + JSON.stringify(missing) + "END";
});
"""


def opened(document, directory, *options):
    """What the script of a document measured in the browser."""
    path = directory / "harness.html"
    path.write_text(document, "utf-8")
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=20000",
            f"--user-data-dir={directory / 'profile'}",
            "--window-size=1600,1200",
            *options,
            "--dump-dom",
            path.as_uri(),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    found = re.search(r"MEASURED(.*)END", done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    return json.loads(html.unescape(found[1]))


def framed(pages, widths=WIDTHS):
    """A document that shows each page at each width, and measures it."""
    frames = "".join(
        f'<iframe title="{html.escape(name)}" style="width:{width}px;height:900px;border:0"'
        f' srcdoc="{html.escape(text)}"></iframe>'
        for name, text in pages.items()
        for width in widths
    )
    return f"<!DOCTYPE html><meta charset=utf-8><body>{frames}<script>{MEASURE}</script>"


def awkward():
    """A derivation of long formulas that have no place to break, and of long words."""
    d = Derivation("awkward", title="W" * 60)
    names = {f"long_name_{i}": "real" for i in range(9)}
    d.symbols(a="real", **names)
    product = "*".join(f"({name} - a)" for name in names)
    d.chain(product).eq(f"{product} + 0", by.algebra, number="a" * 40 + ":1", note="n" * 90)
    return verify(d)


@pytest.fixture(scope="module")
def pages():
    site = html_site([*map(shipped, SHIPPED), hostile()])
    return {**site, "awkward": html_page([awkward()])}


@pytest.fixture(scope="module")
def measured(pages, tmp_path_factory):
    return opened(framed(pages), tmp_path_factory.mktemp("browser"))


def test_no_page_is_wider_than_the_window(measured, pages):
    assert len(measured) == len(pages) * len(WIDTHS)
    assert {page["width"] for page in measured} == set(WIDTHS)
    too_wide = [(page["name"], page["width"]) for page in measured if page["wide"] > 0]
    assert too_wide == []


def test_formulas_stay_in_their_boxes(measured):
    assert [page for page in measured if page["escaping"] or page["cut"]] == []


def test_no_shipped_formula_scrolls(measured):
    scrolling = {page["name"] for page in measured if page["scrolling"]}
    assert scrolling <= {"awkward", "b-x.html"}


def test_formulas_break_on_a_narrow_screen(measured):
    rows = {page["width"]: page["rows"] for page in measured if page["name"] == "gaussian-l2.html"}
    assert rows[360] > rows[1400]


def test_dark_is_dark(pages, tmp_path):
    page = {"gaussian-l2.html": pages["gaussian-l2.html"]}
    dark = opened(framed(page, (800,)), tmp_path, "--blink-settings=preferredColorScheme=0")
    light = opened(framed(page, (800,)), tmp_path, "--blink-settings=preferredColorScheme=1")
    assert dark[0]["paper"] == "rgb(22, 24, 28)"
    assert light[0]["paper"] == "rgb(253, 253, 251)"


def test_no_sign_is_missing(pages, tmp_path):
    texts = [re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL) for text in pages.values()]
    invisible = set("\u2060\u2061\u2062\u00a0\ue000\ue001")
    signs = {sign for text in texts for sign in html.unescape(text) if not sign.isascii()}
    shown = json.dumps(sorted(signs - invisible))
    script = f"const SIGNS = {shown};{GLYPHS}"
    document = f"<!DOCTYPE html><meta charset=utf-8><body><script>{script}</script>"
    assert opened(document, tmp_path) == []


def test_a_page_prints(pages, tmp_path):
    (tmp_path / "page.html").write_text(pages["jensen-shannon.html"], "utf-8")
    target = tmp_path / "page.pdf"
    subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            (tmp_path / "page.html").as_uri(),
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert target.read_bytes().startswith(b"%PDF")
