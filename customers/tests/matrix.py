"""Where each address of customers stands in the matrix of rights. See `tenancy/tests/matrix.py`."""

from customers.completeness import fields_for
from customers.fields import OPTIONAL
from customers.forms.quality_policy import QualityPolicyForm
from customers.tests.factories import purpose_of
from customers.tests.import_files import import_batches
from customers.tests.matrix_rows import (
    a_cap,
    a_cell,
    a_collaborator,
    a_customer,
    a_field,
    a_gift,
    a_handover,
    a_merge,
    a_pool,
    a_removal,
    a_run,
    a_share,
    a_tag,
    a_tag_group,
    a_view_of_customers,
    about_to_return,
    an_export,
    archived_batch,
    claimed,
    employed,
    merged_name,
    new_owner,
    one_left,
    overdue,
    paired,
    paired_name,
    put_off,
    scant,
    settled,
    shared_with,
    suggested,
    two_related,
    unrelated,
    verified,
    waiting_name,
    with_number,
    with_person,
    with_point,
    with_time,
)
from tenancy.tests.matrix import Case

VIEW, ADD, CHANGE = "customers.view_customer", "customers.add_customer", "customers.change_customer"
ASSIGN, REVEAL = "customers.assign_customer", "customers.reveal_contact"
SHARE = "customers.share_customer"
EXPORT = "customers.export_customer"
TAGS, CONSENTS = "customers.manage_tags", "customers.manage_consents"
HAND_OVER = "customers.hand_over_customer"
FIELDS = "customers.change_customfield"
OWNERSHIP = "customers.change_ownershippolicy"
IMPORT = "customers.import_customer"
POLICY = "customers.change_qualitypolicy"
WEIGHTS = {
    QualityPolicyForm.name_of(kind, field.key): "1"
    for kind in ("person", "company")
    for field in fields_for(kind)
}
UPLOADED, STAGED, APPLIED = import_batches()
MERGE = "customers.merge_customer"
POOLS, SEE_POOLS, CLAIM = "customers.manage_pools", "customers.view_pool", "customers.claim_customer"
PUT, KEEP = "customers.pool_customer", "customers.keep_customer"
NUMBERS = {"cool_off_days": "30", "keep_days": "90", "keep_most": "5"}


CASES = {
    "customers:pools": Case(SEE_POOLS, shows=waiting_name),
    "customers:pool": Case(SEE_POOLS, row=a_pool),
    "customers:pool_returning": Case(VIEW, whose="scoped", shows=about_to_return),
    "customers:pool_claim": Case(CLAIM, row=a_pool, get=405, post=302),
    "customers:pool_assign": Case(ASSIGN, row=a_pool, get=405, post=302),
    "customers:pool_undo": Case(SEE_POOLS, row=claimed, whose="personal", get=405, post=302),
    "customers:pool_settings": Case(POOLS, shows=lambda owner: a_pool(owner).label_zh),
    "customers:pool_create": Case(POOLS, post=302, data={"label_zh": "新公海", **NUMBERS}),
    "customers:pool_edit": Case(
        POOLS, row=a_pool, post=302, data=lambda row: {"label_zh": "改名", "version": row.version, **NUMBERS}
    ),
    "customers:pool_preview": Case(POOLS, row=a_pool),
    "customers:pool_move": Case(POOLS, row=a_pool, get=405, post=302),
    "customers:pool_archive": Case(POOLS, row=a_pool, get=405, post=302),
    "customers:pool_restore": Case(POOLS, row=a_pool, get=405, post=302),
    "customers:pool_put_back": Case(PUT, row=a_customer, whose="scoped", post=422),
    "customers:pool_keep": Case(KEEP, row=a_customer, whose="scoped", post=422),
    "customers:bulk_pool": Case(PUT, get=405, post=302),
    "customers:duplicate_queue": Case(MERGE, whose="scoped", shows=paired_name),
    "customers:not_the_same": Case(MERGE, row=paired, whose="scoped", get=405, post=302),
    "customers:same_after_all": Case(MERGE, row=settled, whose="scoped", get=405, post=302),
    "customers:pair_later": Case(MERGE, row=paired, whose="scoped", get=405, post=302),
    "customers:pair_now": Case(MERGE, row=put_off, whose="scoped", get=405, post=302),
    "customers:duplicate_scan": Case(MERGE, get=405, post=302),
    "customers:merge": Case(MERGE, post=302),
    "customers:merges": Case(VIEW, whose="scoped", shows=merged_name),
    "customers:merge_detail": Case(VIEW, row=a_merge, whose="scoped"),
    "customers:merge_undo": Case(MERGE, row=a_merge, whose="scoped", get=405, post=302),
    "customers:imports": Case(IMPORT, whose="scoped", shows=lambda owner: UPLOADED(owner).file_name),
    "customers:import_upload": Case(IMPORT, post=422),
    "customers:import_map": Case(IMPORT, row=UPLOADED, whose="scoped", post=422),
    "customers:import_preview": Case(IMPORT, row=STAGED, whose="scoped", post=302),
    "customers:import_progress": Case(IMPORT, row=STAGED, whose="scoped", get=302),
    "customers:import_result": Case(IMPORT, row=APPLIED, whose="scoped"),
    "customers:import_rejected": Case(IMPORT, row=APPLIED, whose="scoped"),
    "customers:import_revert": Case(IMPORT, row=APPLIED, whose="scoped", post=302),
    "customers:import_discard": Case(IMPORT, row=UPLOADED, whose="scoped", get=405, post=302),
    "customers:list": Case(VIEW, whose="scoped", shows=lambda owner: a_customer(owner).name),
    "customers:filters": Case(VIEW),
    "customers:count": Case(VIEW, post=405),
    "customers:columns": Case(VIEW, post=302),
    "customers:first_view": Case(VIEW, get=405, post=302),
    "customers:view_counts": Case(VIEW, shows=a_view_of_customers, whose="personal"),
    "customers:create": Case(
        ADD,
        post=302,
        data={"kind": "person", "relationship": "customer", "tier": "ordinary", "name": "新客户",
              "points-TOTAL_FORMS": "0", "points-INITIAL_FORMS": "0"},
    ),
    "customers:quick_create": Case(ADD, post=302, data={"kind": "person", "name": "新客户"}),
    "customers:duplicates": Case(ADD, get=405, post=200),
    "customers:bulk_archive": Case(CHANGE, get=405, post=302),
    "customers:bulk_restore": Case(CHANGE, get=405, post=302),
    "customers:bulk_assign": Case(ASSIGN, get=405, post=302),
    "customers:bulk_edit": Case(CHANGE, get=405, post=302),
    "customers:bulk_invalid": Case(CHANGE, get=405, post=302),
    "customers:bulk_tag": Case(CHANGE, get=405, post=302),
    "customers:bulk_share": Case(SHARE, get=405, post=302),
    "customers:shared_with_me": Case(VIEW),
    "customers:share": Case(SHARE, row=a_customer, whose="scoped", post=302, data=lambda row: a_share(row)),
    "customers:collaborator_edit": Case(
        SHARE, row=a_collaborator, whose="scoped", post=302, data={"level": "2", "until": "", "reason": ""}
    ),
    "customers:collaborator_remove": Case(SHARE, row=a_collaborator, whose="scoped", get=405, post=302),
    "customers:share_leave": Case(VIEW, row=shared_with, whose="personal", get=405, post=302),
    "customers:share_unleave": Case(VIEW, row=one_left, whose="personal", get=405, post=302),
    "customers:share_again": Case(SHARE, row=a_removal, whose="scoped", get=405, post=302),
    "customers:bulk_untag": Case(CHANGE, get=405, post=302),
    "customers:export": Case(EXPORT, post=302),
    "customers:exports": Case(EXPORT),
    "customers:export_download": Case(EXPORT, row=an_export, whose="personal"),
    "customers:print": Case(EXPORT),
    "customers:bulk_run": Case(VIEW, row=a_run, whose="personal"),
    "customers:tags": Case(TAGS, shows=lambda owner: str(a_tag(owner))),
    "customers:tag_create": Case(TAGS, post=302, data={"label_zh": "新标签", "tone": "green"}),
    "customers:tag_edit": Case(
        TAGS, row=a_tag, post=302,
        data=lambda row: {"label_zh": "改名", "tone": "red", "version": row.version},
    ),
    "customers:tag_groups": Case(TAGS, shows=lambda owner: str(a_tag_group(owner))),
    "customers:tag_group_create": Case(TAGS, post=302, data={"label_zh": "新分组", "tone": "green", "position": 1}),
    "customers:tag_group_edit": Case(
        TAGS, row=a_tag_group, post=302,
        data={"label_zh": "客户来源", "label_en": "Origin", "tone": "blue", "position": 2, "version": 1},
    ),
    "customers:tag_group_delete": Case(TAGS, row=a_tag_group, get=405, post=302),
    "customers:tag_merge": Case(TAGS, row=a_tag, post=422),
    "customers:tag_archive": Case(TAGS, row=a_tag, get=405, post=302),
    "customers:tag_restore": Case(TAGS, row=a_tag, get=405, post=302),
    "customers:cell": Case(CHANGE, row=a_cell, whose="scoped", post=302, data={"version": "1", "city": "杭州"}),
    "customers:consent_purposes": Case(CONSENTS, shows=lambda owner: str(purpose_of())),
    "customers:consent_purpose_create": Case(CONSENTS, post=422),
    "customers:consent_purpose": Case(
        CONSENTS, row=lambda owner: purpose_of(), post=302, data={"label_zh": "新用途", "version": "1"}
    ),
    "customers:consent_wording_create": Case(CONSENTS, row=lambda owner: purpose_of(), post=422),
    "customers:consent_purpose_archive": Case(CONSENTS, row=lambda owner: purpose_of(), get=405, post=302),
    "customers:consent_purpose_restore": Case(CONSENTS, row=lambda owner: purpose_of(), get=405, post=302),
    "customers:consents": Case(VIEW, row=a_customer, whose="scoped"),
    "customers:consent_record": Case(CHANGE, row=a_customer, whose="scoped", post=422),
    "customers:customer_tags": Case(CHANGE, row=a_customer, whose="scoped", post=302),
    "customers:undo": Case(VIEW, row=archived_batch, whose="personal", get=405, post=302),
    "customers:field_policy": Case(
        "customers.change_fieldpolicy", post=302, data={f"use-{key}": "collected" for key in OPTIONAL}
    ),
    "customers:code_pattern": Case(
        "customers.change_fieldpolicy", post=302, data={"version": "1", "prefix": "KH-", "digits": "5"}
    ),
    "customers:custom_fields": Case(FIELDS),
    "customers:custom_field_create": Case(
        FIELDS, post=302,
        data={"label_en": "Size", "type": "text", "choices-TOTAL_FORMS": "0", "choices-INITIAL_FORMS": "0"},
    ),
    "customers:custom_field_edit": Case(FIELDS, row=a_field, post=422, data={"version": "1"}),
    "customers:custom_field_archive": Case(FIELDS, row=a_field, get=405, post=302),
    "customers:custom_field_restore": Case(FIELDS, row=a_field, get=405, post=302),
    "customers:custom_field_move": Case(FIELDS, row=a_field, get=405, post=302),
    "customers:custom_field_destroy": Case(FIELDS, row=a_field, get=405, post=302),
    "customers:collection": Case(VIEW),
    "customers:quality": Case(VIEW),
    "customers:handovers": Case(VIEW, whose="personal", shows=lambda owner: str(a_handover(owner).giver)),
    "customers:hand_over": Case(HAND_OVER, get=302, post=302),
    "customers:handover": Case(VIEW, row=a_handover, whose="scoped"),
    "customers:handover_notes": Case(HAND_OVER, row=a_gift, whose="scoped", post=302),
    "customers:handover_note_remove": Case(HAND_OVER, row=a_gift, whose="scoped", get=405, post=302),
    "customers:ownership_history": Case(VIEW, row=a_customer, whose="scoped"),
    "customers:handover_accept": Case(VIEW, row=a_handover, whose="scoped", get=405, post=302),
    "customers:handover_send_back": Case(
        VIEW, row=a_handover, whose="scoped", get=405, post=302, data={"answer": "太远"}
    ),
    "customers:handover_withdraw": Case(VIEW, row=a_handover, whose="scoped", get=405, post=302),
    "customers:handover_undo": Case(VIEW, row=a_handover, whose="scoped", get=405, post=302),
    "customers:customer_hand_over": Case(HAND_OVER, row=a_customer, whose="scoped", get=302),
    "customers:owners": Case(ASSIGN),
    "customers:ownership_policy": Case(OWNERSHIP, post=302, data={"version": "1", "most": "100"}),
    "customers:cap_create": Case(OWNERSHIP, post=422),
    "customers:cap_remove": Case(OWNERSHIP, row=a_cap, get=405, post=302),
    "customers:quality_policy": Case(
        POLICY, post=302,
        data={"version": "1", "key_months": "3", "ordinary_months": "12", "potential_months": "0", **WEIGHTS},
    ),
    "customers:quality_recount": Case(POLICY, get=405, post=302),
    "customers:worklist": Case(VIEW, row=scant),
    "customers:verification": Case(VIEW, whose="scoped", shows=overdue),
    "customers:verify": Case(CHANGE, row=a_customer, whose="scoped", post=422),
    "customers:verification_undo": Case(CHANGE, row=verified, whose="personal", get=405, post=302),
    "customers:detail": Case(VIEW, row=a_customer, whose="scoped"),
    "customers:needs": Case(VIEW, row=a_customer, whose="scoped"),
    "customers:needs_edit": Case(CHANGE, row=a_customer, whose="scoped", post=302),
    "customers:credit_edit": Case(CHANGE, row=a_customer, whose="scoped", post=409, data={"version": "9"}),
    "customers:customer_collection": Case(VIEW, row=a_customer, whose="scoped"),
    "customers:unsuitable_create": Case(CHANGE, row=a_customer, whose="scoped", post=422),
    "customers:unsuitable_remove": Case(CHANGE, row=with_time, whose="scoped", get=405, post=302),
    "customers:timeline": Case(VIEW, row=a_customer, whose="scoped"),
    "customers:relations": Case(VIEW, row=a_customer, whose="scoped"),
    "customers:relation_create": Case(CHANGE, row=a_customer, whose="scoped", post=422),
    "customers:relation_edit": Case(CHANGE, row=two_related, whose="scoped", post=302),
    "customers:relation_remove": Case(CHANGE, row=two_related, whose="scoped", get=405, post=302),
    "customers:relation_restore": Case(CHANGE, row=unrelated, whose="scoped", get=405, post=302),
    "customers:employment_create": Case(CHANGE, row=a_customer, whose="scoped", post=422),
    "customers:employment_leave": Case(CHANGE, row=employed, whose="scoped", get=405, post=302),
    "customers:employment_return": Case(CHANGE, row=employed, whose="scoped", get=405, post=302),
    "customers:person_register": Case(CHANGE, row=with_person, whose="scoped", get=405, post=302),
    "customers:suggestion_postpone": Case(VIEW, row=suggested, whose="scoped", get=405, post=302),
    "customers:suggestion_recall": Case(VIEW, row=suggested, whose="scoped", get=405, post=302),
    "customers:files": Case(VIEW, row=a_customer, whose="scoped"),
    "customers:edit": Case(CHANGE, row=a_customer, whose="scoped", post=422, data={"version": "1"}),
    "customers:assign": Case(ASSIGN, row=a_customer, whose="scoped", post=302, data=new_owner),
    "customers:invalid": Case(CHANGE, row=a_customer, whose="scoped", post=302, data={"reason": "closed"}),
    "customers:valid": Case(CHANGE, row=a_customer, whose="scoped", get=405, post=302),
    "customers:archive": Case(CHANGE, row=a_customer, whose="scoped", get=405, post=302),
    "customers:restore": Case(CHANGE, row=a_customer, whose="scoped", get=405, post=302),
    "customers:reveal_point": Case(REVEAL, row=with_point, whose="scoped", get=405, post=200),
    "customers:reveal_number": Case(REVEAL, row=with_number, whose="scoped", get=405, post=200),
    "customers:person_create": Case(CHANGE, row=a_customer, whose="scoped", post=422),
    "customers:person_edit": Case(CHANGE, row=with_person, whose="scoped", post=422),
    "customers:person_remove": Case(CHANGE, row=with_person, whose="scoped", get=405, post=302),
}  # fmt: skip
