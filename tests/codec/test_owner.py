import pytest
from codec_samples import exif, heic, picture, saved
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from privateedit.codec import Metadata, Owners, decode, encode_final, owners_of

XMP = """<?xpacket begin="x" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description aux:OwnerName="Olga O&apos;Neil"
 photoshop:AuthorsPosition="Boss" photoshop:CaptionWriter='Carla'>
<dc:creator><rdf:Seq><rdf:li>Ada &amp; Bob</rdf:li><rdf:li>Zoë</rdf:li></rdf:Seq></dc:creator>
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Maria</rdf:li></rdf:Alt></dc:rights>
<dc:title><rdf:Alt><rdf:li>Untold</rdf:li></rdf:Alt></dc:title>
<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Lena</rdf:li><rdf:li>Tom</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>
</rdf:Description></rdf:RDF></x:xmpmeta>""".encode()


def iptc(**fields):
    numbers = {"by_line": 80, "city": 90, "notice": 116, "writer": 122}
    parts = [(numbers[name], text.encode()) for name, text in fields.items()]
    return b"".join(bytes([0x1C, 2, number]) + len(text).to_bytes(2, "big") + text for number, text in parts)


def camera_owner(name):
    block = Image.Exif()
    block[ExifTags.IFD.Exif] = {0xA430: name, 0xA431: "serial 4711"}
    return block.tobytes()


def test_exif_names_artist_and_owner():
    block = exif(Artist="Ada", Copyright="Maria", XPAuthor="Zoë".encode("utf-16-le") + b"\0\0", Make="Canon")
    found = owners_of(decode(saved("JPEG", exif=block)).metadata)
    assert (found.artists, found.owners, found.persons) == (("Ada", "Zoë"), ("Maria",), ())
    found = owners_of(decode(saved("JPEG", exif=camera_owner("Olga"))).metadata)
    assert (found.artists, found.owners) == ((), ("Olga",))


def test_utf8_in_exif_is_read_as_such():
    for written in ("Jürgen".encode(), "Jürgen".encode("latin-1")):
        stand_in = "J" * len(written)
        block = exif(Artist=stand_in).replace(stand_in.encode(), written)
        assert owners_of(Metadata(exif=block)).artists == ("Jürgen",)


@pytest.mark.parametrize(
    "data",
    [
        saved("JPEG", xmp=XMP),
        saved("WEBP", xmp=XMP),
        saved("TIFF", tiffinfo={700: XMP}),
        saved("AVIF", xmp=XMP),
        heic(picture(), xmp=XMP),
    ],
    ids=["JPEG", "WebP", "TIFF", "AVIF", "HEIC"],
)
def test_xmp_names_people_in_every_format(data):
    found = owners_of(decode(data).metadata)
    assert found.artists == ("Ada & Bob", "Zoë", "Carla")
    assert found.owners == ("© Maria", "Olga O'Neil")
    assert found.persons == ("Lena", "Tom")


def test_xmp_in_a_png():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    assert owners_of(decode(saved("PNG", pnginfo=info)).metadata).persons == ("Lena", "Tom")


def photoshop_segment(block):
    body = (
        b"Photoshop 3.0\x008BIM\x04\x04\0\0"
        + len(block).to_bytes(4, "big")
        + block
        + b"\0" * (len(block) % 2)
    )
    return b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body


def test_iptc_names_people():
    block = iptc(by_line="Ada", city="Paris", notice="Maria", writer="Carla")
    plain = saved("JPEG")
    found = owners_of(decode(plain[:2] + photoshop_segment(block) + plain[2:]).metadata)
    assert (found.artists, found.owners) == (("Ada", "Carla"), ("Maria",))
    found = owners_of(decode(saved("TIFF", tiffinfo={33723: block})).metadata)
    assert (found.artists, found.owners) == (("Ada", "Carla"), ("Maria",))


def test_a_plain_picture_names_nobody():
    assert owners_of(decode(saved("JPEG")).metadata) == Owners()
    assert owners_of(Metadata()) == Owners()


def test_names_are_not_shown():
    opened = decode(saved("JPEG", xmp=XMP))
    assert repr(owners_of(opened.metadata)) == "Owners()"
    assert "Ada" not in repr(opened)
    assert repr(opened.metadata) == f"Metadata(exif=none, icc=none, xmp={len(XMP)} bytes)"


def test_xmp_and_iptc_never_reach_a_result():
    metadata = Metadata(exif=exif(Artist="Ada"), xmp=XMP, iptc=iptc(by_line="Zora"))
    for suffix in (".jpg", ".png", ".webp", ".tiff"):
        data = encode_final(picture(), suffix, metadata=metadata)
        assert b"Ada" in data
        assert b"Lena" not in data
        assert b"Zora" not in data


@pytest.mark.parametrize(
    "metadata",
    [
        Metadata(exif=b"Exif\0\0nonsense"),
        Metadata(exif=exif(Artist="Ada")[:30]),
        Metadata(xmp=b"<dc:creator><rdf:li>Ada"),
        Metadata(xmp=b"<dc:creator" * 50_000),
        Metadata(iptc=b"\x1c\x02\x50\xff\xff" + b"Ada"),
        Metadata(iptc=b"\x1c\x02"),
    ],
)
def test_damaged_metadata_names_nobody(metadata):
    assert owners_of(metadata) == Owners()


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=300))
def test_nothing_in_metadata_is_an_error(block, xmp, data):
    found = owners_of(Metadata(exif=b"Exif\0\0" + block, xmp=xmp, iptc=data))
    assert all(isinstance(text, str) and len(text) <= 1024 for text in found.artists + found.owners)
