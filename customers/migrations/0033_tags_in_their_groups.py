"""The groups that tags were given by name become rows, and the tags point to them."""

from django.db import migrations

FILL = """
DO $$
DECLARE
    one bigint;
BEGIN
    FOR one IN SELECT id FROM tenancy_organization LOOP
        PERFORM set_config('app.organization_id', one::text, true), set_config('app.actor_id', '', true),
            set_config('app.request_id', '', true), set_config('app.origin', '', true);
        INSERT INTO customers_taggroup (organization_id, id, label_zh, label_en, tone, position, version)
        SELECT one, gen_random_uuid(), CASE WHEN chinese THEN group_name ELSE '' END,
            CASE WHEN chinese THEN '' ELSE group_name END, 'neutral', least(row_number() OVER (ORDER BY group_name), 100), 1
        FROM (SELECT DISTINCT group_name, group_name ~ '[\u4e00-\u9fff]' AS chinese FROM customers_tag
            WHERE organization_id = one AND group_name <> '') named;
        UPDATE customers_tag t SET group_id = g.id FROM customers_taggroup g
        WHERE t.organization_id = one AND g.organization_id = one AND t.group_name <> ''
            AND t.group_name IN (g.label_zh, g.label_en);
    END LOOP;
    PERFORM set_config('app.organization_id', '', true);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0032_tag_groups")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
