"""Uploads wait on the disk only in a form that tells nothing."""

import io

from django.core.files.uploadhandler import MemoryFileUploadHandler
from hypothesis import given
from hypothesis import strategies as st

from workspace.uploads import SealedFile, SealedUploadHandler


@given(
    pieces=st.lists(st.binary(max_size=70), max_size=8),
    reads=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 90)), max_size=6),
)
def test_it_reads_like_any_file(pieces, reads):
    sealed, plain = SealedFile(), io.BytesIO(b"".join(pieces))
    for piece in pieces:
        sealed.append(piece)
    stream = io.BufferedReader(sealed, buffer_size=32)
    assert stream.read() == plain.getvalue()
    for place, length in reads:
        assert (stream.seek(place), stream.read(length)) == (plain.seek(place), plain.read(length))
    stream.close()


def test_what_lies_on_the_disk_is_not_what_was_uploaded():
    sealed = SealedFile()
    sealed.append(b"13800138000" * 1000)
    sealed._file.seek(0)
    stored = sealed._file.read()
    assert (len(stored), b"138001" in stored) == (11_000, False)


def test_it_stands_behind_the_handler_for_small_files(settings):
    assert [
        f"{MemoryFileUploadHandler.__module__}.MemoryFileUploadHandler",
        f"{SealedUploadHandler.__module__}.SealedUploadHandler",
    ] == settings.FILE_UPLOAD_HANDLERS
