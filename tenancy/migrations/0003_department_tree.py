"""A department cannot lie below itself, however it is written and whoever writes at the same time."""

from django.db import migrations

GUARD = """
CREATE FUNCTION tenancy_department_is_a_tree() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- One mover at a time in an organisation: two moves, each harmless alone, can close a ring.
    PERFORM pg_advisory_xact_lock(hashtext('tenancy_department'), hashtext(NEW.organization_id::text));
    IF EXISTS (
        WITH RECURSIVE above AS (
            SELECT NEW.parent_id AS id
            UNION
            SELECT d.parent_id FROM public.tenancy_department d JOIN above ON d.id = above.id
            WHERE d.organization_id = NEW.organization_id
        )
        SELECT 1 FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'A department cannot lie below itself.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tenancy_department_is_a_tree';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tenancy_department_is_a_tree BEFORE INSERT OR UPDATE OF parent_id ON tenancy_department
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION tenancy_department_is_a_tree();
"""

UNDO = """
DROP TRIGGER tenancy_department_is_a_tree ON tenancy_department;
DROP FUNCTION tenancy_department_is_a_tree();
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_walls")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
