from typing import Any

from django.db import migrations, models
from django.db.models import Count


def count_what_is_kept(apps: Any, _editor: Any) -> None:
    """Count what is stored already; from now on it is counted as it is stored."""
    source = apps.get_model("knowledge", "Source")
    for model, column in (("Document", "kept_documents"), ("Record", "kept_records")):
        rows = apps.get_model("knowledge", model).objects.order_by()
        for number, kept in rows.values_list("source").annotate(kept=Count("pk")):
            source.objects.filter(pk=number).update(**{column: kept})


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0002_search_and_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="kept_documents",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="source",
            name="kept_records",
            field=models.BigIntegerField(default=0),
        ),
        migrations.RunPython(count_what_is_kept, migrations.RunPython.noop),
    ]
