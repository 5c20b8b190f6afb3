import io
import os
import stat
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenancy.context import organization_context
from workspace import files, upkeep
from workspace.encryption import FRAME, DamagedFile, decrypting, encrypted
from workspace.files import FileTooLarge
from workspace.models import StoredFile

pytestmark = pytest.mark.django_db
SECRET = "姓名,电话\n王小明,13800138000\n".encode()


@pytest.fixture
def stored(inside_ours) -> StoredFile:
    return files.store(io.BytesIO(SECRET), name="客户.csv")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.sampled_from([0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 2 * FRAME + 7]),
    step=st.integers(1, 700_000),
)
def test_what_comes_out_is_what_went_in(size, step):
    content = os.urandom(size)
    chunks = [content[at : at + step] for at in range(0, size, step)]
    sealed = b"".join(encrypted(chunks, b"here"))
    with decrypting(io.BytesIO(sealed), b"here") as stream:
        assert stream.read() == content
        assert stream.seek(max(0, size - 5)) == max(0, size - 5)
        assert stream.read() == content[-5:]


def damaged(sealed: bytes) -> dict[str, bytes]:
    frame = FRAME + 16
    start = len(sealed) - 2 * frame - 16 - 3
    swapped = sealed[:start] + sealed[start + frame : start + 2 * frame] + sealed[start : start + frame]
    return {
        "a bit turned": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "cut within the last frame": sealed[:-2],
        "cut between two frames": sealed[: start + frame],
        "frames swapped": swapped + sealed[start + 2 * frame :],
        "one byte more": sealed + b"\x00",
        "nothing": b"",
        "only a header": sealed[:start],
    }


@pytest.mark.parametrize("how", list(damaged(b"\x00" * (3 * FRAME))))
def test_a_damaged_file_is_refused(how):
    sealed = b"".join(encrypted([os.urandom(2 * FRAME + 3)], b"here"))
    with pytest.raises(DamagedFile):
        decrypting(io.BytesIO(damaged(sealed)[how]), b"here").read()


def test_a_file_opens_only_where_it_belongs():
    sealed = b"".join(encrypted([SECRET], b"here"))
    with pytest.raises(DamagedFile):
        decrypting(io.BytesIO(sealed), b"there")


def test_nothing_lies_plain_on_the_disk(stored, media):
    (path,) = (path for path in media.rglob("*") if path.is_file())
    assert b"13800138000" not in path.read_bytes()
    assert "客户" not in str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.relative_to(media).parts[0] == stored.organization.uid.hex


def test_it_is_read_by_line_after_the_context_has_closed(ours):
    with organization_context(ours):
        stream = files.store(io.BytesIO(SECRET), name="客户.csv").open()
    with stream:
        assert [line.decode() for line in stream] == ["姓名,电话\n", "王小明,13800138000\n"]


def test_size_digest_and_name_are_kept(stored):
    found = StoredFile.objects.get(pk=stored.pk)
    assert (found.name, found.size, bytes(found.sha256)) == ("客户.csv", len(SECRET), stored.sha256)


def test_a_zip_can_be_read_in_place(inside_ours):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "x" * 300_000)
    buffer.seek(0)
    with files.store(buffer, name="a.xlsx").open() as stream, zipfile.ZipFile(stream) as archive:
        assert len(archive.read("xl/workbook.xml")) == 300_000


def test_a_temporary_copy_is_private_and_goes_away(stored):
    with stored.as_temporary_file(".csv") as path:
        assert (path.read_bytes(), path.suffix, stat.S_IMODE(path.stat().st_mode)) == (SECRET, ".csv", 0o600)
    assert not path.exists()


def test_too_large_leaves_nothing(inside_ours, media):
    with pytest.raises(FileTooLarge):
        files.store(io.BytesIO(b"x" * 100), limit=99)
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert StoredFile.objects.count() == 0


def test_another_organisations_copy_does_not_decrypt(stored, theirs):
    """Somebody moves the file on the disk and names it in a row of their own."""
    source = files.path_of(stored)
    with organization_context(theirs):
        mine = files.store(io.BytesIO(b"mine"), name="mine.csv")
        files.path_of(mine).write_bytes(source.read_bytes())
        with pytest.raises(DamagedFile):
            mine.open()


def test_a_missing_file_says_so(stored):
    files.path_of(stored).unlink()
    with pytest.raises(DamagedFile, match="not on the disk"):
        stored.open()


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\报价.xlsx", "报价.xlsx"),
        ("a\x00b\u202egnp.exe", "abgnp.exe"),
        ("x" * 300 + ".csv", "x" * 120 + ".csv"),
        ('a"b<c>.txt', "abc.txt"),
        ("...", ""),
    ],
)
def test_names_cannot_mislead(given_name, kept):
    assert files.clean_name(given_name) == kept


def test_destroyed_after_the_commit(stored, django_capture_on_commit_callbacks):
    path = files.path_of(stored)
    with django_capture_on_commit_callbacks(execute=True):
        files.destroy(stored)
        assert path.exists()
    assert not path.exists()


def test_the_night_removes_contents_without_a_row(stored, ours):
    path = files.path_of(stored)
    orphan = path.with_name("0" * 32)
    orphan.write_bytes(b"left by a rolled back upload")
    for one in (path, orphan):
        os.utime(one, (0, 0))
    upkeep.clear_files(ours.pk)
    assert (path.exists(), orphan.exists()) == (True, False)
