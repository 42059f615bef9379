"""A ZIP of pictures from anybody: what is served, and that nothing else happens."""

from __future__ import annotations

import random
import stat
import zipfile
from pathlib import Path

import pytest

from bulkgen.errors import MappingError
from bulkgen.mapping import picture_archive
from bulkgen.mapping.picture_archive import PictureArchive
from bulkgen.mapping.picture_kinds import SCREEN_PICTURE
from bulkgen.mapping.pictures import Pictures
from bulkgen.mapping.problems import Refused

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
# What packs no further, as pictures do.
NOISE = random.Random(7).randbytes(200_000)


def packed(path: Path, members: dict[str, bytes], *, links: tuple[str, ...] = ()) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name in links:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, body)
    return path


def refused(pictures: Pictures, cell: str) -> Refused:
    with pytest.raises(Refused) as found:
        pictures.named(cell)
    return found.value


def opened(tmp_path: Path, archive: Path) -> Pictures:
    (tmp_path / "sheet").mkdir(exist_ok=True)
    return Pictures(tmp_path / "sheet", images=archive, kept=tmp_path / "kept")


def test_only_what_is_used_is_unpacked_and_it_is_kept_by_content(tmp_path: Path) -> None:
    """A run that was killed finds its pictures again when the archive is long gone."""
    members = {"shop/one.png": PNG, "shop/same.png": PNG, "shop/unused.png": PNG + b"x", "__MACOSX/shop/._one.png": b""}
    archive = packed(tmp_path / "a.zip", members)
    pictures = opened(tmp_path, archive)
    one, same = pictures.named("ONE"), pictures.named("C:\\me\\same.png")
    assert (one, one.called) == (same, "'shop/one.png' in a.zip")
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [f"{one.digest}.png"]
    archive.unlink()
    assert one.path.read_bytes() == PNG
    assert pictures.named("ONE") is one


def test_a_kept_picture_that_was_damaged_is_mended(tmp_path: Path) -> None:
    """A power cut leaves a file of the right length and no content; it would be refused at every run to come."""
    archive = packed(tmp_path / "a.zip", {"one.png": PNG})
    kept = opened(tmp_path, archive).named("one.png").path
    kept.write_bytes(bytes(len(PNG)))
    assert opened(tmp_path, archive).named("one.png").path.read_bytes() == PNG


@pytest.mark.parametrize(
    ("member", "cell", "reason"),
    [
        ("../evil.png", "evil.png", "a path that leads out"),
        ("/etc/evil.png", "evil.png", "a path that leads out"),
        ("C:/evil.png", "evil.png", "a path that leads out"),
        ("a/../../evil.png", "a/../../evil.png", "a path that leads out"),
        ("link.png", "link.png", "a link to another file"),
    ],
)
def test_a_member_that_leads_elsewhere_is_not_read(tmp_path: Path, member: str, cell: str, reason: str) -> None:
    pictures = opened(tmp_path, packed(tmp_path / "a.zip", {member: PNG}, links=("link.png",)))
    found = refused(pictures, cell)
    assert (found.code, reason in found.message) == ("picture_unreadable", True), found.message
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "sheet"]


def test_members_are_bounded_before_and_while_they_are_unpacked(tmp_path: Path) -> None:
    big = SCREEN_PICTURE.max_bytes + 1
    archive = packed(tmp_path / "a.zip", {"big.png": PNG + bytes(big), "noise.bin": NOISE})
    with zipfile.ZipFile(archive) as found:
        assert sum(info.file_size for info in found.infolist()) / archive.stat().st_size < picture_archive.MAX_RATIO
    pictures = opened(tmp_path, archive)
    assert refused(pictures, "big.png").code == "picture_too_big"
    # A member that says less than it holds is cut off, and then refused by its checksum or its bound.
    body = archive.read_bytes().replace((big + len(PNG)).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    (tmp_path / "lies.zip").write_bytes(body)
    assert refused(opened(tmp_path, tmp_path / "lies.zip"), "big.png").code in ("picture_unreadable", "not_a_picture")
    assert not (tmp_path / "kept").exists()


def test_a_single_member_that_packs_like_a_bomb_is_refused(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", {"bomb.svg": b"<svg>" + b" " * 4_000_000, "noise.bin": NOISE})
    found = refused(opened(tmp_path, archive), "bomb.svg")
    assert (found.code, "times what is stored" in found.message) == ("picture_unreadable", True)


@pytest.mark.parametrize("kind", ["bomb", "not a zip", "missing", "cut", "many"])
def test_an_archive_that_cannot_be_read_is_refused_in_words_before_anything_is_sent(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.zip"
    if kind == "bomb":
        packed(path, {f"{at}.png": bytes(2_000_000) for at in range(5)})
    elif kind == "not a zip":
        path.write_bytes(PNG)
    elif kind == "cut":
        packed(path, {"one.png": PNG * 100})
        path.write_bytes(path.read_bytes()[:200])
    elif kind == "many":
        monkeypatch.setattr(picture_archive, "MAX_MEMBERS", 2)
        packed(path, dict.fromkeys(("a.png", "b.png", "c.png"), PNG))
    with pytest.raises(MappingError) as found:
        opened(tmp_path, path)
    words = {"bomb": "times what is stored", "missing": "no such folder or ZIP file", "many": "3 files"}
    assert words.get(kind, "no ZIP file, or a damaged one") in str(found.value)
    assert "--images" in found.value.where
    assert found.value.hint


def test_an_encrypted_member_is_said_to_be(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", {"one.png": PNG})
    body = bytearray(archive.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(mark) + offset] |= 1
    archive.write_bytes(bytes(body))
    assert "is encrypted" in refused(opened(tmp_path, archive), "one.png").message


def test_names_that_a_mac_wrote_are_read_as_it_meant_them(tmp_path: Path) -> None:
    """Its archives hold UTF-8 and do not say so."""
    archive = packed(tmp_path / "a.zip", {"cafe\u0301.png": PNG})
    body = archive.read_bytes()
    for mark, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        at = body.index(mark) + offset
        body = body[:at] + bytes([body[at] & ~0x08]) + body[at + 1 :]
    archive.write_bytes(body)
    assert opened(tmp_path, archive).named("caf\u00e9.png").size_bytes == len(PNG)


def test_the_archive_shows_its_state(tmp_path: Path) -> None:
    archive = PictureArchive(packed(tmp_path / "a.zip", {"one.png": PNG}))
    assert repr(archive) == "<PictureArchive a.zip 1 members>"
