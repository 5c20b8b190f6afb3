import base64

from launch import environment


def test_secrets_are_drawn_once_and_never_replaced(tmp_path):
    path = tmp_path / "env"
    environment.ensure_secrets(path)
    drawn = environment.read(path)
    assert set(drawn) == {"SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "AUDIT_KEY"}
    assert len(base64.b64decode(drawn["BLIND_INDEX_KEY"])) == 32
    assert len(base64.b64decode(drawn["FIELD_KEYS"].removeprefix("k1:"))) == 32

    environment.save(path, {"REDIS_URL": "redis://elsewhere"})
    environment.ensure_secrets(path)
    assert environment.read(path) == {**drawn, "REDIS_URL": "redis://elsewhere"}


def test_only_the_missing_secrets_are_drawn(tmp_path):
    path = tmp_path / "env"
    path.write_text("# my own\nFIELD_KEYS=k9:mine\n")
    environment.ensure_secrets(path)
    assert environment.read(path)["FIELD_KEYS"] == "k9:mine"
    assert path.read_text().startswith("# my own\n")


def test_the_file_is_readable_by_its_owner_only(tmp_path):
    path = tmp_path / "env"
    environment.ensure_secrets(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["env"]


def test_saving_replaces_values_and_keeps_every_other_line(tmp_path):
    path = tmp_path / "env"
    path.write_text("# comment = kept\nA=1\nB=x=y\n")
    environment.save(path, {"A": "2", "C": None})
    assert path.read_text() == "# comment = kept\nB=x=y\nA=2\n"
