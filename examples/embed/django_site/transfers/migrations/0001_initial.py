from django.db import migrations, models

from transfers.campaign import create


class Migration(migrations.Migration):
    initial = True
    dependencies = []  # noqa: RUF012
    operations = [  # noqa: RUF012
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("reference", models.CharField(max_length=40, unique=True)),
                ("branch", models.CharField(max_length=80)),
                ("event", models.PositiveIntegerField()),
                ("allowed", models.BooleanField()),
            ],
        ),
        migrations.RunPython(create),
    ]
