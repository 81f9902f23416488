"""One server for all tests of the page, one browser a module; a fresh page and fresh records for each."""

import cv2
import pytest
from playwright.sync_api import expect
from tests.server.conftest import file_of, running
from tests.server.page.browser.screen import CHROMIUM, SOON, Screen, chromium

from privateedit.settings import STATE_VARIABLE

expect.set_options(timeout=SOON)


@pytest.fixture(scope="module")
def browser():
    """Chromium, for one module at a time: while it is driven, no other test can run an event loop."""
    if CHROMIUM is None:
        pytest.skip("Debian's chromium is not installed")
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STATE_VARIABLE, str(tmp_path_factory.mktemp("server") / "records"))
        with running(upstream="studio") as found:
            yield found


@pytest.fixture
def opened(browser, server, service):
    """Makes pages that are open already; all are clean at the end."""
    screens = []

    def make(**how):
        screens.append(Screen(browser, server, **how))
        return screens[-1].enter()

    yield make
    try:
        for each in screens:
            each.require_clean()
    finally:
        for each in screens:
            each.close()


@pytest.fixture
def screen(opened):
    return opened()


@pytest.fixture(scope="session")
def portrait(astronaut):
    """Small, so that many tests can open it."""
    return file_of(cv2.resize(astronaut.pixels, (360, 360), interpolation=cv2.INTER_AREA))
