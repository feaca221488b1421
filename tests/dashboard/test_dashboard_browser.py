"""The page in a real browser: no sideways scroll on a phone, charts drawn, scripts of strangers dead, also in dark and print."""

from __future__ import annotations

from pathlib import Path

import pytest

BROWSER = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    if not BROWSER.exists():
        pytest.skip(f"no browser: {BROWSER} is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(BROWSER), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/", "/mentions?last=all&q=refund"])
def test_nothing_scrolls_sideways(browser, address, width, path, tmp_path):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(path=tmp_path / "page.png", full_page=True)
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
