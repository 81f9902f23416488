"""The page is self-contained, strict, and tells a layman what was found."""

import base64
import io
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image
from tests.doubles.scenes import box_face, scenery

from privateedit.audit.attacks import ATTACKS
from privateedit.audit.html_report import EXPLANATIONS, html_report
from privateedit.audit.photo_audit import SEARCH, FaceAudit, Outcome, PhotoAudit
from privateedit.codec import PixelEncoder

EVIL = "<script>alert('x')</script>\"'&"
VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """Collects tags and attributes, and checks that tags close in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words, self.open = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def pictures(self):
        return [value for tag, name, value in self.attributes if (tag, name) == ("img", "src")]


def outcome(attack="stretch", distance=0.82, matched=False):
    return Outcome(attack, distance, matched, 12.0, scenery(40, 40))


def face(*outcomes, hidden=True, recognizable=True, number=0):
    return FaceAudit(number, hidden, 0.7, recognizable, 0.6, scenery(40, 40), outcomes)


def page(*faces, unhidden=(), settings=None, sealed=True, size=(60, 80)):
    audit = PhotoAudit(faces, unhidden, 0.6, scenery(*size), scenery(*size))
    return html_report(audit, settings or {}, sealed, PixelEncoder())


def test_nothing_comes_from_outside_and_nothing_runs():
    text = page(face(*map(outcome, EXPLANATIONS)))
    found = Page(text)
    assert not {"script", "link", "iframe", "object", "embed", "form", "a", "base"} & set(found.tags)
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]
    assert "default-src 'none'" in text
    assert "http:" not in text
    assert "https:" not in text
    assert "url(" not in text
    assert "@import" not in text
    assert all(source.startswith("data:image/jpeg;base64,") for source in found.pictures())


def test_pictures_are_inside_and_can_be_read():
    found = Page(page(face(outcome()), size=(1200, 2000)))
    pictures = [Image.open(io.BytesIO(base64.b64decode(each.split(",")[1]))) for each in found.pictures()]
    assert [max(picture.size) for picture in pictures] == [900, 900, 220, 220]
    assert np.asarray(pictures[0]).std() > 10


def test_texts_are_escaped():
    text = page(face(outcome()), settings={EVIL: EVIL})
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    Page(text)


def test_it_warns_that_it_holds_the_face():
    assert "This report holds the face." in Page(page(face(outcome()))).text


def test_a_safe_picture_says_so():
    found = Page(page(face(outcome())))
    assert "No attack got a face that was recognized." in found.text
    assert "The same person:" not in found.text
    assert "Sealed" in found.text


def test_a_match_is_told_and_drawn():
    text = page(face(outcome(distance=0.3, matched=True)), face(outcome(), number=1), sealed=False)
    found = Page(text)
    assert "This picture tells who face 0 is." in found.text
    assert "Exposed: the face shows through the mask." in found.text
    assert "The same person : distance 0.30, the same person below 0.60" in found.text
    assert 'class="fill told" style="width:25.0%"' in text
    assert 'class="limit" style="left:50.0%"' in text


def test_several_people_are_listed():
    told = [face(outcome(distance=0.1, matched=True), number=number) for number in range(3)]
    assert "tells who face 0, face 1 and face 2 is" in Page(page(*told)).text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (page(face(outcome(SEARCH, None))), "Found no face"),
        (page(face(outcome(), hidden=False)), "left visible because you chose so"),
        (page(face(outcome(), recognizable=False)), "hardly tell this face from an empty picture"),
        (page(unhidden=(box_face(1, 2, 30, 40),)), "A detector sees a face at 1,2 to 30,40"),
        (page(unhidden=(box_face(1, 2, 30, 40),)), "A face that was not hidden was found in it."),
    ],
)
def test_the_rest_is_said(text, words):
    assert words in Page(text).text


def test_bars_end_at_the_end():
    assert "width:100.0%" in page(face(outcome(distance=9.0)))


def test_every_attack_is_explained():
    assert set(EXPLANATIONS) == {SEARCH, *ATTACKS}
    text = Page(page(face(*map(outcome, EXPLANATIONS)))).text
    assert all(words in text for words in EXPLANATIONS.values())
