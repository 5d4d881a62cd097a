"""Judgments and what stands beside them are append-only, also for code that forgets it.

Only `current` of a judgment may change. TRUNCATE stays possible (tests), and the one audited exception, purging
what a withdrawn person or prompt left, sets `concord.purge` for its transaction.
"""

from django.db import migrations

TABLES = ["collection_demonstration", "collection_comparison", "collection_rating"]

FORWARD = """
CREATE FUNCTION concord_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('concord.purge', true) = 'on' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION concord_judgment_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('concord.purge', true) = 'on' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'current' = to_jsonb(OLD) - 'current' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'collection_judgment is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON collection_judgment
    FOR EACH ROW EXECUTE FUNCTION concord_judgment_change();
""" + "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION concord_refuse_change();\n"
    for table in TABLES
)

BACKWARD = (
    "".join(f"DROP TRIGGER append_only ON {table};\n" for table in ["collection_judgment", *TABLES])
    + "DROP FUNCTION concord_judgment_change();\nDROP FUNCTION concord_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("collection", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
