"""The page in a real browser: no sideways scroll on a phone, charts drawn, scripts of strangers dead, also in dark and print."""

from __future__ import annotations

from pathlib import Path

import pytest

BROWSER = Path("/usr/bin/chromium")
PAGES = ("/", "/trend", "/trend?figure=complaints", "/service", "/compare", "/coverage", "/topic?topic=refund")
# Text whose contrast with the colour behind it is under what WCAG 2.2 asks for (4.5, or 3 for large text).
PALE = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const said = [...document.querySelectorAll('body *')].filter(one => one.checkVisibility() && !one.closest('.hidden, .skip, option')
    && [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
  return said.map(one => {
    const style = getComputedStyle(one), ink = parse(one.closest('svg') ? style.fill : style.color);
    const [a, b] = [light(ink), light(behind(one))].sort((x, y) => y - x), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    return [(a + .05) / (b + .05) >= (large ? 3 : 4.5), one.tagName, one.textContent.trim().slice(0, 40)];
  }).filter(found => !found[0]);
}"""


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    if not BROWSER.exists():
        pytest.skip(f"no browser: {BROWSER} is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(BROWSER), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("path", [*PAGES, "/mentions?last=all&q=refund"])
def test_nothing_scrolls_sideways_and_everything_can_be_read(browser, address, path):
    page = browser.new_page()
    page.goto(address + path)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # Figures inside the stacked bars stand on the bars, not on what is behind the chart.
        assert [found for found in page.evaluate(PALE) if found[1] != "text"] == [], scheme
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_drawn_in_the_colours_of_the_page(browser, address, scheme):
    page = browser.new_page(color_scheme=scheme)
    page.goto(address)
    marks = page.evaluate(
        "[...document.querySelectorAll('figure.drawing svg')].map(svg => [svg.getBoundingClientRect().width > 250,"
        " new Set([...svg.querySelectorAll('path[fill^=var]')].map(bar => getComputedStyle(bar).fill)).size > 0])"
    )
    assert marks == [[True, True]] * 4
    ink = page.evaluate("getComputedStyle(document.querySelector('figure.drawing svg text')).fill")
    assert (ink == "rgb(231, 234, 238)") == (scheme == "dark")
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_trend_is_drawn_for_the_width_there_is(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{address}/trend?figure=complaints")
    drawn = page.locator("figure.drawing svg:visible")
    assert drawn.count() == 1
    assert (drawn.bounding_box()["width"] > 600) == (width == 1280)
    page.close()


def test_nothing_that_strangers_wrote_runs(browser, address):
    page = browser.new_page()
    ran, complaints = [], []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{address}/?last=all")
    page.goto(f"{address}/mentions?last=all&q=alert")
    assert page.locator("li.mention").count() == 1
    assert (ran, complaints) == ([], [])
    page.close()


def test_it_works_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.fill("#q", "strawber*")
    page.click("header button")
    assert page.locator("li.mention").count() == 1
    context.close()


def test_it_prints_in_black_on_white(browser, address, tmp_path):
    page = browser.new_page(color_scheme="dark")
    page.goto(address)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("header.top").is_hidden()
    page.close()
