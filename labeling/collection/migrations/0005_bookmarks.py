"""Bookmarks of labelers in the queue; and slots that come free again are news to those who have passed them.

By a trigger, so that it holds for whatever frees a slot: also for a change of a free slot's pools or place.
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION concord_slot_freed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.freed_in := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;

CREATE TRIGGER slot_freed BEFORE UPDATE ON collection_slot
    FOR EACH ROW WHEN (NEW.state = 'free' AND OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION concord_slot_freed();
"""

BACKWARD = "DROP TRIGGER slot_freed ON collection_slot; DROP FUNCTION concord_slot_freed();"


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0004_keys'),
        ('projects', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bookmark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('demonstration', 'Demonstration'), ('comparison', 'Comparison')], max_length=20)),
                ('pool', models.CharField(choices=[('training', 'Training'), ('held_out', 'Held Out'), ('researcher', 'Researcher')], help_text='For another pool other slots are, so it is void', max_length=10)),
                ('cluster', models.BigIntegerField(help_text='Transaction ids mean something in one database cluster only')),
                ('batch_number', models.PositiveIntegerField(default=0)),
                ('number', models.PositiveSmallIntegerField(default=0)),
                ('position', models.PositiveIntegerField(default=0)),
                ('freed_in', models.BigIntegerField(default=0, help_text='The same for slots that came free again')),
                ('freed_slot', models.BigIntegerField(default=0, help_text='Within one transaction, by id')),
            ],
        ),
        migrations.AddField(
            model_name='slot',
            name='freed_in',
            field=models.BigIntegerField(help_text='The transaction in which it came free again, if it did', null=True),
        ),
        migrations.AddIndex(
            model_name='slot',
            index=models.Index(condition=models.Q(('freed_in__isnull', False), ('state', 'free')), fields=['project', 'kind', 'freed_in', 'id'], name='slot_freed_queue'),
        ),
        migrations.AddField(
            model_name='bookmark',
            name='membership',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bookmarks', to='projects.membership'),
        ),
        migrations.AddConstraint(
            model_name='bookmark',
            constraint=models.UniqueConstraint(fields=('membership', 'kind'), name='bookmark_once'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
