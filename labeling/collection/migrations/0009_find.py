"""Words of prompts, outputs and demonstrations, so that one of a million is found without reading them all.

The `simple` configuration: the words as they stand, for texts of any language. The embedded PostgreSQL has no
extensions, so these are not trigrams. selectors/find_text.py asks by the same expressions.
"""

from django.db import migrations

FORWARD = """
CREATE INDEX prompt_words ON collection_prompt
    USING gin (to_tsvector('simple', jsonb_path_query_array(messages, '$[*].content')));
CREATE INDEX candidate_words ON collection_candidate USING gin (to_tsvector('simple', text));
CREATE INDEX demonstration_words ON collection_demonstration USING gin (to_tsvector('simple', response));
"""

BACKWARD = "DROP INDEX prompt_words; DROP INDEX candidate_words; DROP INDEX demonstration_words;"


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0008_batch_withdrawn'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
