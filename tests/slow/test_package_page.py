"""The package's page in a real browser, offline: it asks nobody for anything and everybody can read it."""

from __future__ import annotations

import csv
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.slow.desk import CASE, Desk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 700}

# What a screen reader needs, as questions to the page; each answers with the elements that fail.
READABLE = {
    "the page says its language": "document.documentElement.lang ? [] : ['html']",
    "one main heading": "document.querySelectorAll('h1').length === 1 ? [] : ['h1']",
    "one main part": "document.querySelectorAll('main').length === 1 ? [] : ['main']",
    "no heading level is left out": """
        [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter((h, n, all) =>
          n > 0 && Number(h.tagName[1]) > Number(all[n - 1].tagName[1]) + 1).map(h => h.textContent)""",
    "every table has a name, or the part that scrolls it": """
        [...document.querySelectorAll('table')].filter(t => !t.caption && !t.getAttribute('aria-label')
          && !t.getAttribute('aria-labelledby') && !t.closest('[role=region][aria-label]'))
          .map(t => t.outerHTML.slice(0, 80))""",
    "every table has headers": """
        [...document.querySelectorAll('table')].filter(t => !t.querySelector('th'))
          .map(t => t.outerHTML.slice(0, 80))""",
    "every header says what it heads": """
        [...document.querySelectorAll('th')].filter(h => !['row', 'col', 'rowgroup', 'colgroup'].includes(h.scope))
          .map(h => h.textContent)""",
    "links and pictures have words": """
        [...document.querySelectorAll('a, img')].filter(e => !(e.textContent.trim() || e.getAttribute('aria-label')
          || e.alt)).map(e => e.outerHTML)""",
    "links within the page lead somewhere": """
        [...document.querySelectorAll('a[href^="#"]')].filter(a => !document.getElementById(a.hash.slice(1)))
          .map(a => a.hash)""",
    "no id is used twice": """
        [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, n, all) => all.indexOf(id) !== n)""",
    "what scrolls can be reached by key": """
        [...document.querySelectorAll('.scroll')].filter(e => e.tabIndex < 0).map(e => e.outerHTML.slice(0, 80))""",
}


@dataclass(slots=True)
class Heard:
    """What the page said and asked for while it was open."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def package(undisturbed: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample package, unpacked as the person who receives it would."""
    folder = tmp_path_factory.mktemp("package")
    with zipfile.ZipFile(undisturbed.home / "cases" / CASE / f"{CASE}.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """This machine's own Chromium, without a window."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("there is no Chromium on this machine (make slow fetches it, as root)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # --no-sandbox: as root, Chromium starts only so; it opens nothing but our own file
        browser = driver.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, package: Path) -> Iterator[tuple[Page, Heard]]:
    """The page, opened from the disk with no network, and what it said meanwhile."""
    context = browser.new_context(offline=True, viewport=DESKTOP)
    page, heard = context.new_page(), Heard()
    page.on("console", lambda message: heard.complaints.append(message.text))
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    page.on("request", lambda request: heard.requests.append(request.url))
    page.goto((package / "index.html").as_uri())
    yield page, heard
    context.close()


def test_the_page_asks_nobody_and_complains_of_nothing(opened: tuple[Page, Heard], package: Path) -> None:
    page, heard = opened
    page.wait_for_load_state("networkidle")
    assert heard.requests == [(package / "index.html").as_uri()]
    assert heard.complaints == []


def test_the_title_names_the_case_and_every_table_is_to_be_seen(opened: tuple[Page, Heard]) -> None:
    page, _ = opened
    assert CASE in page.title()
    tables = page.locator("table")
    assert tables.count() > 3
    hidden = [nth for nth in range(tables.count()) if not tables.nth(nth).is_visible()]
    assert hidden == []


def test_the_page_shows_her_own_records_and_what_was_looked_through(opened: tuple[Page, Heard], package: Path) -> None:
    text = opened[0].inner_text("body")
    assert "maria.rivera@goldengateflorists.example" in text
    rows = list(csv.reader((package / "coverage.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) > 1
    said = re.sub(r"\s+", " ", text)
    assert [row[0] for row in rows[1:] if re.sub(r"\s+", " ", row[0]) not in said] == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nobody_has_to_scroll_sideways(opened: tuple[Page, Heard], size: ViewportSize) -> None:
    page, _ = opened
    page.set_viewport_size(size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("question", READABLE)
def test_a_screen_reader_finds_its_way(opened: tuple[Page, Heard], question: str) -> None:
    assert opened[0].evaluate(READABLE[question]) == []


def test_every_link_to_a_file_leads_to_one_in_the_package(opened: tuple[Page, Heard], package: Path) -> None:
    links = opened[0].eval_on_selector_all("a[href]", "found => found.map(a => a.getAttribute('href'))")
    files = {link.partition("#")[0] for link in links if not link.startswith(("#", "mailto:", "tel:", "https:"))}
    assert files
    assert sorted(name for name in files if not (package / name).is_file()) == []


def test_the_page_prints(opened: tuple[Page, Heard]) -> None:
    paper = opened[0].pdf(format="A4")
    assert paper.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) > 1
