from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0005_halts"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="parts",
            field=models.JSONField(
                null=True, help_text="A reward model's accuracy by parts of the pairs, and calibration"
            ),
        ),
    ]
