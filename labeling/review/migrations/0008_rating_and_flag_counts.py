"""Counts of ratings and of flags; what was counted before is counted again."""

import django.contrib.postgres.fields
from django.db import migrations, models


NOTE_ALL = """
INSERT INTO review_staleprompt (project_id, prompt_id) SELECT project_id, prompt_id FROM review_promptcount
"""


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0007_kept_answer_text'),
    ]

    operations = [
        migrations.CreateModel(
            name='FlagCount',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('project_id', models.UUIDField(db_index=True)),
                ('prompt_id', models.UUIDField(db_index=True)),
                ('block', models.PositiveSmallIntegerField()),
                ('flag', models.TextField(help_text='Its key in the rubric')),
                ('no', models.PositiveIntegerField()),
                ('yes', models.PositiveIntegerField()),
                ('outputs', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='RatingCount',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('project_id', models.UUIDField(db_index=True)),
                ('prompt_id', models.UUIDField(db_index=True)),
                ('block', models.PositiveSmallIntegerField()),
                ('whole', models.BooleanField()),
                ('pool', models.CharField(choices=[('training', 'Training'), ('held_out', 'Held Out'), ('researcher', 'Researcher')], max_length=10, null=True)),
                ('labelers', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), help_text='In the order of their ids', size=None)),
                ('outputs', models.PositiveIntegerField()),
                ('totals', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), help_text="Each labeler's ratings, summed over these outputs", size=None)),
                ('total', models.FloatField(help_text='All ratings, summed')),
                ('squares', models.FloatField(help_text='All ratings squared and summed')),
                ('means', models.FloatField(help_text="(sum of an output's ratings)^2 / labelers, summed over these outputs")),
            ],
        ),
        migrations.RunSQL(NOTE_ALL, migrations.RunSQL.noop),
        # Made again when somebody asks.
        migrations.RunSQL("DELETE FROM review_keptanswer", migrations.RunSQL.noop),
        migrations.AddField("keptanswer", "made_at", models.DateTimeField()),
        migrations.AddField(
            "keptanswer", "seconds", models.FloatField(help_text="How long it took")
        ),
        migrations.AddField(
            "keptanswer", "asked_at", models.DateTimeField(help_text="When somebody last asked for it, about")
        ),
    ]
