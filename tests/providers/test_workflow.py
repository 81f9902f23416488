"""Workflows of ComfyUI: their places, and what is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.errors import InputError
from privateedit.providers.workflow import PLACES, Workflow, shipped_workflow

WORDS = st.text(max_size=60)


def graph(**inputs):
    return json.dumps({"1": {"class_type": "LoadImage", "inputs": inputs}})


def test_the_shipped_workflow_has_every_place_and_no_link_into_nothing():
    workflow = Workflow.parse(shipped_workflow())
    assert workflow.places == set(PLACES)
    links = [
        value[0]
        for node in workflow.nodes.values()
        for value in node["inputs"].values()
        if isinstance(value, list)
    ]
    assert links
    assert set(links) <= set(workflow.nodes)


def test_the_shipped_workflow_keeps_no_result_beyond_the_session():
    kinds = {node["class_type"] for node in Workflow.parse(shipped_workflow()).nodes.values()}
    assert "PreviewImage" in kinds
    assert "SaveImage" not in kinds


@given(WORDS, WORDS, st.integers(0, 1 << 32))
def test_filling_puts_values_into_places_as_they_are(prompt, name, seed):
    text = graph(image="{{image}}", text="{{ prompt }}", deep=[{"x": "{{seed}}"}], other="a {{prompt}}", n=1)
    filled = Workflow.parse(text).filled({"image": name, "prompt": prompt, "seed": seed})
    assert filled["1"]["inputs"] == {
        "image": name, "text": prompt, "deep": [{"x": seed}], "other": "a {{prompt}}", "n": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not json", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "API format"),
        ("{}", "API format"),
        ('{"nodes": [], "links": []}', "API format"),
        ('{"1": {"class_type": "LoadImage"}}', "API format"),
        (graph(image="{{image}}"), "needs"),
        (graph(image="{{image}}", prompt="{{prompt}}", other="{{face}}"), "nothing fills"),
    ],
)
def test_what_is_no_workflow_is_told(text, words):
    with pytest.raises(InputError, match=words):
        Workflow.parse(text)
