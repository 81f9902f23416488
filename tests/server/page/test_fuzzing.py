"""Whatever a page could say is answered: as the document tells, and without anything breaking inside."""

import pytest
import schemathesis
from hypothesis import given
from schemathesis.checks import CHECKS
from tests.server.page.conftest import Page
from tests.server.test_fuzzing import CHECKED, faceless, fuzz, proxy, running_proxy  # noqa: F401 (fixtures)

ONE = "/api/photos/{photo}"
OPERATIONS = [
    "POST /api/sign-in",
    "GET /api/session",
    "DELETE /api/session",
    "GET /api/choices",
    "POST /api/photos",
    f"DELETE {ONE}",
    f"GET {ONE}/view",
    f"POST {ONE}/preview",
    f"POST {ONE}/leaks",
    f"POST {ONE}/seal",
    f"GET {ONE}/payload",
    f"POST {ONE}/audit",
    f"POST {ONE}/words",
    f"POST {ONE}/edits",
    f"POST {ONE}/edits/{{job}}/events",
    f"DELETE {ONE}/edits/{{job}}",
    f"GET {ONE}/result",
    f"POST {ONE}/finish",
    f"GET {ONE}/pictures/{{which}}",
    f"GET {ONE}/download",
    f"POST {ONE}/hand-over",
    f"POST {ONE}/returned",
]


@pytest.fixture(scope="module")
def document(running_proxy):  # noqa: F811
    return schemathesis.openapi.from_url(f"{running_proxy.root}/openapi.json")


def test_the_document_names_every_request_of_the_page(document):
    found = {result.ok().label for result in document.get_all_operations()}
    assert {each for each in found if " /api/" in each} == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_described_is_answered_as_it_says(proxy, document, faceless, name):  # noqa: F811
    operation = next(
        found for result in document.get_all_operations() if (found := result.ok()).label == name
    )
    checks = CHECKS.get_by_names(CHECKED)
    with Page(proxy) as page:
        held = page.opened(faceless)

        @fuzz(25)
        @given(case=operation.as_strategy())
        def asks(case):
            if "photo" in (case.path_parameters or {}) and len(case.path_parameters["photo"]) % 2:
                case.path_parameters["photo"] = held.told["id"]
            key = {"authorization": page.client.headers["authorization"]}
            response = case.call(base_url=proxy.root, headers=key, timeout=30)
            case.validate_response(response, checks=checks, headers=key)

        asks()
        page.delete("/api/session")
