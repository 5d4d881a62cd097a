from pathlib import Path

from django.db import migrations

TEXTS = Path(__file__).resolve().parents[1] / "default_guidelines"


def give_default_texts(apps, schema_editor):
    """Projects that are older than prompt writing get the guideline that new ones begin with."""
    guidelines = apps.get_model("projects", "Guideline")
    for project in apps.get_model("projects", "Project").objects.exclude(guidelines__kind="prompt"):
        text = (TEXTS / f"prompt_{project.purpose}.md").read_text(encoding="utf-8")
        guidelines.objects.create(project=project, kind="prompt", version=1, text=text)


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_sensitive")]
    operations = [migrations.RunPython(give_default_texts, migrations.RunPython.noop)]
