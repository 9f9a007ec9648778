import datetime as dt
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

AT_ONCE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

# Every character of a token is one; only the space divides. Tokens are folded before.
_FTS5 = """
CREATE VIRTUAL TABLE knowledge_entry_text USING fts5(
    terms, content = 'knowledge_entry', content_rowid = 'vulnerability_id',
    tokenize = "ascii tokenchars '!#$%&()+,-./:;<=>?@[]^_`{|}~'"
)
"""
_TRIGGERS = (
    """
CREATE TRIGGER knowledge_entry_added AFTER INSERT ON knowledge_entry BEGIN
    INSERT INTO knowledge_entry_text(rowid, terms) VALUES (new.vulnerability_id, new.terms);
END
""",
    """
CREATE TRIGGER knowledge_entry_gone AFTER DELETE ON knowledge_entry BEGIN
    INSERT INTO knowledge_entry_text(knowledge_entry_text, rowid, terms)
    VALUES ('delete', old.vulnerability_id, old.terms);
END
""",
    """
CREATE TRIGGER knowledge_entry_changed AFTER UPDATE ON knowledge_entry
WHEN old.terms <> new.terms BEGIN
    INSERT INTO knowledge_entry_text(knowledge_entry_text, rowid, terms)
    VALUES ('delete', old.vulnerability_id, old.terms);
    INSERT INTO knowledge_entry_text(rowid, terms) VALUES (new.vulnerability_id, new.terms);
END
""",
)
_GIN = """
CREATE INDEX knowledge_entry_text ON knowledge_entry
 USING gin (array_to_tsvector(string_to_array(btrim(terms), ' ')))
"""


def make_index(_apps: Any, editor: Any) -> None:
    """Each database has its own kind of index over the same tokens."""
    if editor.connection.vendor == "postgresql":
        editor.execute(_GIN)
        return
    for statement in (_FTS5, *_TRIGGERS):
        editor.execute(statement, params=None)


def drop_index(_apps: Any, editor: Any) -> None:
    """The triggers go with their table."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX knowledge_entry_text")
        return
    editor.execute("DROP TABLE knowledge_entry_text")
    for name in ("added", "gone", "changed"):
        editor.execute(f"DROP TRIGGER knowledge_entry_{name}")


def ask_for_entries(apps: Any, _editor: Any) -> None:
    """The next run of the stage "assess" makes what is stored already findable."""
    todo = apps.get_model("todo", "Todo")
    numbers = apps.get_model("knowledge", "Vulnerability").objects.values_list("pk", flat=True)
    rows = (
        todo(stage="assess", object_id=number, not_before=AT_ONCE) for number in numbers.iterator()
    )
    todo.objects.bulk_create(rows, batch_size=5000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0005_catalogue_at"),
        ("todo", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "vulnerability",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="entry",
                        serialize=False,
                        to="knowledge.vulnerability",
                    ),
                ),
                ("terms", models.TextField()),
                ("shown", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("query", models.TextField(blank=True)),
                ("mine", models.BooleanField(default=False)),
                ("order", models.CharField(max_length=10)),
                ("made_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "name"), name="saved_search_once")
                ],
            },
        ),
        migrations.RunPython(make_index, drop_index),
        migrations.RunPython(ask_for_entries, migrations.RunPython.noop),
    ]
