import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0003_kept_counts"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cursor", models.JSONField(default=dict)),
                ("marks", models.JSONField(default=dict)),
                ("attempted_at", models.DateTimeField(null=True)),
                ("succeeded_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("failures", models.IntegerField(default=0)),
                ("error_code", models.CharField(blank=True, max_length=40)),
                ("error_facts", models.JSONField(default=dict)),
                ("error_where", models.CharField(blank=True, max_length=500)),
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feed",
                        to="knowledge.source",
                    ),
                ),
            ],
        ),
    ]
