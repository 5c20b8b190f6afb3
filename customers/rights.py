"""The rights over customers, by the codes that roles hold."""

VIEW, ADD, CHANGE = "customers.view_customer", "customers.add_customer", "customers.change_customer"
ASSIGN, HAND_OVER = "customers.assign_customer", "customers.hand_over_customer"
EXCEED = "customers.exceed_cap"
SHARE, MERGE = "customers.share_customer", "customers.merge_customer"
REVEAL = "customers.reveal_contact"
IMPORT, EXPORT = "customers.import_customer", "customers.export_customer"
MANAGE_TAGS = "customers.manage_tags"

VIEW_POOL, CLAIM, MANAGE_POOLS = "customers.view_pool", "customers.claim_customer", "customers.manage_pools"
