"""Consents and their wordings are only ever added to: the database itself refuses anything else."""

from django.db import migrations

INSTALL = """
-- A change of keys writes the evidence anew under another key (blob = length of the key's name | name | …): the one
-- change that a consent sees.
CREATE FUNCTION customers_consent_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF to_jsonb(NEW) - 'note' <> to_jsonb(OLD) - 'note' OR (NEW.note IS NULL) <> (OLD.note IS NULL)
        OR substring(NEW.note for 1 + get_byte(NEW.note, 0)) = substring(OLD.note for 1 + get_byte(OLD.note, 0))
    THEN
        RAISE EXCEPTION 'A consent is never changed: add another one.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_consent_stays';
    END IF;
    RETURN NEW;
END $$;

-- It ends with its customer alone: erased in the same transaction, or emptied because something must stay.
CREATE FUNCTION customers_consent_goes_with_customer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM customers_customer c WHERE c.organization_id = OLD.organization_id
        AND c.id = OLD.customer_id AND c.code <> 'X' || right(replace(c.id::text, '-', ''), 16))
    THEN
        RAISE EXCEPTION 'A consent goes with its customer alone.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_consent_goes_with_customer';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION customers_consentwording_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'A wording is never changed: add another one.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_consentwording_stays';
END $$;
REVOKE ALL ON FUNCTION customers_consent_stays(), customers_consent_goes_with_customer(),
    customers_consentwording_stays() FROM PUBLIC;

CREATE TRIGGER stays BEFORE UPDATE ON customers_consent
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION customers_consent_stays();
CREATE CONSTRAINT TRIGGER goes_with_customer AFTER DELETE ON customers_consent DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION customers_consent_goes_with_customer();
CREATE TRIGGER stays BEFORE UPDATE ON customers_consentwording
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION customers_consentwording_stays();
"""

REMOVE = """
DROP TRIGGER stays ON customers_consent;
DROP TRIGGER goes_with_customer ON customers_consent;
DROP TRIGGER stays ON customers_consentwording;
DROP FUNCTION customers_consent_stays(), customers_consent_goes_with_customer(), customers_consentwording_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0028_handovers")]

    operations = [migrations.RunSQL(INSTALL, REMOVE)]
