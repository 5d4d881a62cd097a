"""Words of written prompts, as 0009_find has those of other texts; the values of their pairs are texts, too."""

from django.db import migrations

FORWARD = """
CREATE INDEX written_words ON collection_writtenprompt
    USING gin ((to_tsvector('simple', text) || to_tsvector('simple', pairs)));
"""


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0014_time_spent'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, "DROP INDEX written_words;"),
    ]
