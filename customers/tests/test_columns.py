"""A field that is added to a customer goes wherever the others go: into edits, imports, merges, forms on paper."""

import pytest
from django.core.validators import URLValidator
from django.db.models import TextField

from customers.importing import columns
from customers.importing.reading.parsers import checked
from customers.importing.unreadable import Unreadable
from customers.mergeable import CHOICES
from customers.models import Customer
from customers.models.customer import EDITABLE

SET_BY_THE_PRODUCT = {
    "id", "organization", "code", "name_key", "identity_index", "bank_index", "folder", "owner", "created_by", "created_at",
    "updated_at", "archived_at", "invalid_reason", "version",
}  # fmt: skip
WRITTEN_BY_EACH_INSERT = {"id", "organization", "created_at", "updated_at", "version", *columns.TEXTS}


def test_each_column_is_typed_by_people_or_set_by_the_product():
    every = {field.name for field in Customer._meta.concrete_fields}
    assert every - set(EDITABLE) == SET_BY_THE_PRODUCT, "editable=False is for what nobody types"


def test_a_merge_chooses_each_column_once():
    chosen = [column for choice in CHOICES if not choice.on_needs for column in choice.columns]
    assert sorted(chosen) == sorted([*EDITABLE, "owner_id"])


def test_texts_of_a_merge_that_may_be_long_are_joined():
    long = {name for name in EDITABLE if type(Customer._meta.get_field(name)) is TextField}
    assert {choice.key for choice in CHOICES if choice.joins and not choice.on_needs} == long


def test_an_import_writes_each_column():
    assert {*columns.TEXTS, *columns.RARE, *columns.SECRETS, "birthday"} >= set(EDITABLE)


def test_what_an_insert_leaves_out_has_a_default_in_the_database():
    """Also for the processes of the release before, while a new one is rolled out."""
    left = [one for one in Customer._meta.concrete_fields if one.name not in WRITTEN_BY_EACH_INSERT]
    assert [one.name for one in left if not one.null and not one.has_db_default()] == [], "give it db_default"


def test_a_cell_is_held_to_what_the_field_of_the_model_asks():
    read = checked(str.strip, [URLValidator(["https"])])
    assert (read(" https://example.com "), read(" ")) == ("https://example.com", "")
    with pytest.raises(Unreadable) as caught:
        read("javascript:alert(1)")
    assert caught.value.code == "bad_value"
